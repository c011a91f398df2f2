/*
 * TURNS: threads go strictly by turns, each for so many of its own steps. Where a failure needs a long regular
 * alternation, a choice by chance at each point hardly ever makes it: two threads that have to change places 20 times do so
 * once in a million runs, and this does it in one.
 *
 * What counts as a step is said by the plan: each, or those alone that change something, or that release. A turn ends
 * behind its last step that counts, or goes on to right before the next one (late).
 */
#include "explore/runtime/strategies.h"

static bool counts(const struct wire_plan *plan, const struct wire_step *step)
{
    if (step->op < WIRE_READ || step->op >= WIRE_OUTSIDE || step->op == WIRE_FENCE ||
        step->op == WIRE_YIELD || step->op == WIRE_SLEEP || step->op == WIRE_CLOCK)
        return false;
    if (plan->interest_from < plan->interest_to &&
        !(step->object >= plan->interest_from && step->object < plan->interest_to))
        return false;
    switch (plan->unit) {
    case WIRE_BY_CHANGES:
        return (wire_effect(step->op) & (WIRE_WRITES | WIRE_RELEASES)) != 0;
    case WIRE_BY_RELEASES:
        return (wire_effect(step->op) & WIRE_RELEASES) != 0;
    default:
        return true;
    }
}

static uint32_t length_of_turn(const struct strategy *strategy, uint16_t thread)
{
    const struct wire_plan *plan = strategy->plan;
    uint32_t length = plan->weight[thread] ? plan->weight[thread] : plan->quantum;
    if (!strategy->turned && plan->first)
        length = plan->first;
    return length ? length : 1;
}

static void give_turn(struct strategy *strategy, uint16_t thread)
{
    strategy->turn_of = thread;
    strategy->left = length_of_turn(strategy, thread);
    strategy->turn_over = false;
}

void turns_begin(struct strategy *strategy)
{
    strategy->turn_of = WIRE_NO_THREAD;
}

void turns_passed(struct strategy *strategy, const struct candidate *candidate)
{
    enum wire_op op = candidate->next->op;
    bool gives_way = op == WIRE_YIELD || op == WIRE_SLEEP;
    if (!gives_way && !counts(strategy->plan, candidate->next))
        return;
    if (strategy->turn_of != candidate->thread)
        give_turn(strategy, candidate->thread);
    if (candidate->thread != 0)
        strategy->turned = true;
    strategy->left -= strategy->left > 0;
    if (gives_way || (strategy->left == 0 && !strategy->plan->late))
        strategy->turn_over = true;
}

/* Whoever comes behind the last that had the turn. */
static unsigned next_turn(const struct strategy *strategy, const struct choice *choice)
{
    unsigned last = choice->opens - 1;
    if (strategy->plan->reversed) {
        for (unsigned i = choice->opens; i-- > 0;)
            if (choice->candidates[choice->open[i]].thread < strategy->turn_of)
                return choice->open[i];
        return choice->open[last];
    }
    for (unsigned i = 0; i < choice->opens && strategy->turn_of != WIRE_NO_THREAD; i++)
        if (choice->candidates[choice->open[i]].thread > strategy->turn_of)
            return choice->open[i];
    return choice->open[0];
}

unsigned turns_choose(struct strategy *strategy, struct choice *choice)
{
    if (strategy->plan->focus_count && strategy_narrow(strategy, choice, true) &&
        choice->opens == 1)
        return choice->open[0];
    for (unsigned i = 0; i < choice->opens; i++) {
        const struct candidate *one = &choice->candidates[choice->open[i]];
        if (one->thread != strategy->turn_of || strategy->turn_over)
            continue;
        if (strategy->left > 0 || !counts(strategy->plan, one->next))
            return choice->open[i];
    }
    unsigned next = next_turn(strategy, choice);
    give_turn(strategy, choice->candidates[next].thread);
    return next;
}
