#include "explore/runtime/strategies.h"

static struct strategy the;

unsigned strategy_find(uint16_t thread, const struct candidate *candidates, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (candidates[i].thread == thread)
            return i;
    return STRATEGY_NONE;
}

unsigned strategy_any(struct strategy *strategy, const struct choice *choice)
{
    return choice->open[random_below(&strategy->random, choice->opens)];
}

void strategy_begin(const struct wire_plan *plan, const struct wire_segment *guide)
{
    /* A wait with a time limit is mostly long enough: in one half of the runs no time passes too soon. */
    static const uint32_t early[4] = {0, 0, 16, 96};
    the = (struct strategy){
        .plan = plan,
        .guide = guide,
        .random = {.state = plan->seed},
        .held = WIRE_NO_THREAD,
    };
    the.early = early[random_below(&the.random, 4)];
    if (plan->strategy == WIRE_PCT)
        pct_begin(&the);
    else if (plan->strategy == WIRE_FOCUS)
        focus_begin(&the);
    else if (plan->strategy == WIRE_SURW)
        surw_begin(&the);
    else if (plan->strategy == WIRE_TURNS)
        turns_begin(&the);
    else if (plan->strategy == WIRE_WINDOWS)
        windows_begin(&the);
}

/* The current thread while it can go on, else the lowest index; by a time limit only where nobody else can. */
static unsigned stay(uint16_t current, const struct candidate *candidates, unsigned count)
{
    unsigned own = strategy_find(current, candidates, count);
    if (own != STRATEGY_NONE && !candidates[own].late && current != the.held)
        return own;
    for (unsigned i = 0; i < count; i++)
        if (!candidates[i].late && candidates[i].thread != the.held)
            return i;
    return own != STRATEGY_NONE ? own : 0;
}

static uint32_t points_of(uint16_t thread, const struct candidate *candidates, unsigned count)
{
    unsigned own = strategy_find(thread, candidates, count);
    if (own != STRATEGY_NONE)
        return candidates[own].points;
    return thread < WIRE_THREADS ? the.points[thread] : 0;
}

static bool has_ended(uint16_t thread)
{
    return thread >= WIRE_THREADS || the.ended[thread];
}

static void note_divergence(void)
{
    if (!the.diverged)
        the.diverged = the.segment + 1;
}

/* Whether the hold that is the guide's next part still stands: it is told in the.held who may not go. */
static bool hold(const struct candidate *candidates, unsigned count)
{
    const struct wire_segment *back = &the.guide[the.segment];
    the.held = WIRE_NO_THREAD;
    if (the.segment + 1 >= the.plan->segments)
        return false;
    const struct wire_segment *first = back + 1;
    uint32_t points = points_of(back->thread, candidates, count);
    if (points_of(first->thread, candidates, count) >= first->until)
        return false;
    if (points > back->until || has_ended(first->thread)) {
        note_divergence();
        return false;
    }
    bool others = false;
    for (unsigned i = 0; i < count; i++)
        others = others || (candidates[i].thread != back->thread && !candidates[i].late &&
                            !candidates[i].set_back);
    if (points == back->until && !others &&
        strategy_find(back->thread, candidates, count) != STRATEGY_NONE) {
        note_divergence();
        return false;
    }
    if (points == back->until)
        the.held = back->thread;
    return true;
}

/*
 * What the guide says, or STRATEGY_NONE where it leaves the choice to the strategy. A late candidate is as good as any
 * here: where the guide was made from a run's steps, that run went the same way with it.
 */
static unsigned follow(uint16_t current, const struct candidate *candidates, unsigned count)
{
    while (the.segment < the.plan->segments) {
        const struct wire_segment *segment = &the.guide[the.segment];
        the.waited = false;
        if (segment->kind == WIRE_HOLD) {
            if (hold(candidates, count))
                return STRATEGY_NONE;
            the.segment += 2;
            continue;
        }
        unsigned own = strategy_find(segment->thread, candidates, count);
        if (points_of(segment->thread, candidates, count) < segment->until) {
            if (own != STRATEGY_NONE) {
                the.begun = true;
                return own;
            }
            if (!the.begun && !has_ended(segment->thread)) {
                the.waited = true;
                return stay(current, candidates, count);
            }
            if (!the.begun)
                note_divergence();
        }
        the.segment++;
        the.begun = false;
    }
    the.held = WIRE_NO_THREAD;
    return STRATEGY_NONE;
}

/* Whether a wait may end before anything else has: drawn for each wait, so that asking again does not help. */
static bool may_be_early(const struct candidate *candidate)
{
    uint64_t event = (uint64_t)candidate->thread << 32 | candidate->points;
    return (random_mix(the.plan->seed ^ random_mix(event)) & 255) < the.early;
}

static void open_candidates(struct choice *choice)
{
    for (unsigned i = 0; i < choice->count; i++) {
        const struct candidate *one = &choice->candidates[i];
        if (one->thread != the.held && (!one->late || may_be_early(one)))
            choice->open[choice->opens++] = (uint16_t)i;
    }
    if (choice->opens)
        return;
    for (unsigned i = 0; i < choice->count; i++)
        if (choice->candidates[i].thread != the.held || choice->count == 1)
            choice->open[choice->opens++] = (uint16_t)i;
}

static unsigned decide(uint16_t current, const struct candidate *candidates, unsigned count)
{
    unsigned own = follow(current, candidates, count);
    if (own != STRATEGY_NONE)
        return own;
    if (count == 1)
        return 0;
    own = strategy_find(current, candidates, count);
    if (own != STRATEGY_NONE && candidates[own].filtered && current != the.held &&
        !candidates[own].set_back)
        return own;
    struct choice choice;
    choice.current = current;
    choice.candidates = candidates;
    choice.count = count;
    choice.opens = 0;
    choice.open[0] = 0;
    open_candidates(&choice);
    if (choice.opens <= 1)
        return choice.open[0];
    the.decisions++;
    /* From here on nobody is starved for ever. */
    bool fair = the.decisions > (uint64_t)10 * the.plan->length + 1000;
    switch (fair && the.plan->strategy != WIRE_STAY ? WIRE_RANDOM : the.plan->strategy) {
    case WIRE_STAY:
        return stay(current, candidates, count);
    case WIRE_PCT:
        return pct_choose(&the, &choice);
    case WIRE_POS:
        return pos_choose(&the, &choice);
    case WIRE_SURW:
        return surw_choose(&the, &choice);
    case WIRE_FOCUS:
        return focus_choose(&the, &choice);
    case WIRE_TURNS:
        return turns_choose(&the, &choice);
    case WIRE_WINDOWS:
        return windows_choose(&the, &choice);
    default:
        return strategy_any(&the, &choice);
    }
}

unsigned strategy_choose(uint16_t current, const struct candidate *candidates, unsigned count)
{
    unsigned chosen = decide(current, candidates, count);
    const struct candidate *one = &candidates[chosen];
    if (one->thread < WIRE_THREADS) {
        the.points[one->thread] = one->points + 1;
        if (one->next->op == WIRE_END)
            the.ended[one->thread] = true;
        if (the.plan->strategy == WIRE_SURW)
            surw_passed(&the, one);
        else if (the.plan->strategy == WIRE_TURNS)
            turns_passed(&the, one);
        else if (the.plan->strategy == WIRE_WINDOWS)
            windows_passed(&the, one);
    }
    return chosen;
}

unsigned strategy_diverged(void)
{
    return the.diverged || !the.waited ? the.diverged : the.segment + 1;
}
