/*
 * WINDOWS: a thread is held right before an atomic update, when it has mostly read what the update goes by, while
 * others go on for some complete operations on the same object; then it goes on at once. Several threads can be held,
 * one within the other's window. What a compare-exchange takes for unchanged, because the old value is back,
 * needs just this: few preemptions, all of them at such places, and switches back that are just as exact. The change points of
 * PCT are rarely that near, and its threads do not come back.
 */
#include "explore/runtime/strategies.h"

enum { OPERATIONS_MOST = 4, FOR_LONG = 1000 };

void windows_begin(struct strategy *strategy)
{
    struct random_source *random = &strategy->random;
    strategy->turn_of = WIRE_NO_THREAD;
    strategy->hold_chances = 2u << random_below(random, 3);
    strategy->windows_most = 1 + random_below(random, WINDOWS_MOST);
    strategy->any_object = random_once_in(random, 2);
    strategy->loads_too = random_once_in(random, 3);
    strategy->mixed = random_once_in(random, 2);
}

static bool is_update(const struct wire_step *step)
{
    return step->op == WIRE_ATOMIC_UPDATE || step->op == WIRE_ATOMIC_STORE;
}

static bool is_window(const struct strategy *strategy, const struct wire_step *step)
{
    return is_update(step) ||
           (strategy->loads_too && (step->op == WIRE_ATOMIC_LOAD || step->op == WIRE_READ ||
                                    step->op == WIRE_WRITE || step->op == WIRE_LOCK));
}

static bool is_held(const struct strategy *strategy, uint16_t thread)
{
    for (unsigned i = 0; i < strategy->window_count; i++)
        if (strategy->windows[i].thread == thread)
            return true;
    return false;
}

void windows_passed(struct strategy *strategy, const struct candidate *candidate)
{
    if (!is_update(candidate->next))
        return;
    for (unsigned i = 0; i < strategy->window_count; i++) {
        struct window *window = &strategy->windows[i];
        if (window->thread != candidate->thread && window->left > 0 &&
            (strategy->any_object || window->object == candidate->next->object))
            window->left--;
    }
    if (strategy->mixed && random_once_in(&strategy->random, 4))
        strategy->turn_of = WIRE_NO_THREAD;
}

/* One that is open and not held, other than `but`, each as likely; STRATEGY_NONE: there is none. */
static unsigned any_free(struct strategy *strategy, const struct choice *choice, uint16_t but)
{
    uint16_t free[WIRE_THREADS];
    unsigned count = 0;
    for (unsigned i = 0; i < choice->opens; i++) {
        uint16_t thread = choice->candidates[choice->open[i]].thread;
        if (thread != but && !is_held(strategy, thread))
            free[count++] = choice->open[i];
    }
    return count ? free[random_below(&strategy->random, count)] : STRATEGY_NONE;
}

/* The last window whose time is over, or any where `over` is not asked for: its thread goes on. */
static unsigned close_window(struct strategy *strategy, const struct choice *choice, bool over)
{
    for (unsigned i = strategy->window_count; i-- > 0;) {
        if (over && strategy->windows[i].left > 0)
            continue;
        unsigned at = strategy_find(strategy->windows[i].thread, choice->candidates, choice->count);
        if (at == STRATEGY_NONE)
            continue;
        strategy->let_go = strategy->windows[i].thread;
        strategy->let_go_at = choice->candidates[at].points;
        strategy->window_count--;
        for (unsigned j = i; j < strategy->window_count; j++)
            strategy->windows[j] = strategy->windows[j + 1];
        return at;
    }
    return STRATEGY_NONE;
}

static bool opens_window(struct strategy *strategy, const struct candidate *one)
{
    bool again = strategy->let_go == one->thread && strategy->let_go_at == one->points;
    return !again && strategy->window_count < strategy->windows_most &&
           is_window(strategy, one->next) &&
           random_once_in(&strategy->random, strategy->hold_chances);
}

static void open_window(struct strategy *strategy, const struct candidate *one)
{
    struct random_source *random = &strategy->random;
    strategy->windows[strategy->window_count++] = (struct window){
        .thread = one->thread,
        .object = one->next->object,
        .left = random_once_in(random, 5) ? FOR_LONG : 1 + random_below(random, OPERATIONS_MOST),
    };
}

unsigned windows_choose(struct strategy *strategy, const struct choice *choice)
{
    unsigned chosen = close_window(strategy, choice, true);
    for (unsigned i = 0; i < choice->opens && chosen == STRATEGY_NONE; i++)
        if (choice->candidates[choice->open[i]].thread == strategy->turn_of)
            chosen = choice->open[i];
    if (chosen == STRATEGY_NONE)
        chosen = any_free(strategy, choice, WIRE_NO_THREAD);
    while (chosen != STRATEGY_NONE && opens_window(strategy, &choice->candidates[chosen])) {
        unsigned other = any_free(strategy, choice, choice->candidates[chosen].thread);
        if (other == STRATEGY_NONE)
            break;
        open_window(strategy, &choice->candidates[chosen]);
        chosen = other;
    }
    if (chosen == STRATEGY_NONE)
        chosen = close_window(strategy, choice, false);
    if (chosen == STRATEGY_NONE)
        chosen = choice->open[0];
    /* Who gives way does not go on at once. */
    const struct candidate *one = &choice->candidates[chosen];
    bool gives_way = one->set_back || one->next->op == WIRE_YIELD || one->next->op == WIRE_SLEEP;
    strategy->turn_of = gives_way ? WIRE_NO_THREAD : one->thread;
    return chosen;
}
