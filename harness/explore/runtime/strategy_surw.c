/*
 * SURW (Zhao, Wolff, Mathur and Roychoudhury, "Selectively Uniform Concurrency Testing", ASPLOS 2025): the orders of the
 * interesting events are to be equally likely. The thread that has the next of them is drawn in proportion to how many
 * each thread has left; until it has come, no other thread passes an interesting event, but all go on freely up
 * to one. What a thread makes counts as its own until it is made.
 */
#include "explore/runtime/strategies.h"

static bool interesting(const struct wire_plan *plan, const struct wire_step *step)
{
    return (step->object >= plan->interest_from && step->object < plan->interest_to) ||
           (step->second >= plan->interest_from && step->second < plan->interest_to);
}

void surw_begin(struct strategy *strategy)
{
    strategy->intended = WIRE_NO_THREAD;
    for (unsigned i = 0; i < WIRE_THREADS; i++)
        strategy->remaining[i] = strategy->plan->weight[i];
}

void surw_passed(struct strategy *strategy, const struct candidate *candidate)
{
    uint32_t *remaining = &strategy->remaining[candidate->thread];
    if (interesting(strategy->plan, candidate->next)) {
        *remaining -= *remaining > 0;
        if (strategy->intended == candidate->thread)
            strategy->intended = WIRE_NO_THREAD;
    }
    if (candidate->next->op == WIRE_CREATE && candidate->next->object < WIRE_THREADS) {
        uint16_t child = (uint16_t)candidate->next->object;
        uint32_t given =
            strategy->remaining[child] < *remaining ? strategy->remaining[child] : *remaining;
        /* The event that was drawn may be one of the child's. */
        if (strategy->intended == candidate->thread && given &&
            random_below(&strategy->random, *remaining) < given)
            strategy->intended = child;
        *remaining -= given;
    }
}

static uint16_t draw(struct strategy *strategy, const struct choice *choice)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < choice->opens; i++)
        total += strategy->remaining[choice->candidates[choice->open[i]].thread];
    if (!total || total > UINT32_MAX)
        return choice->candidates[strategy_any(strategy, choice)].thread;
    uint64_t at = random_below(&strategy->random, (uint32_t)total);
    for (unsigned i = 0;; i++) {
        uint16_t thread = choice->candidates[choice->open[i]].thread;
        if (at < strategy->remaining[thread])
            return thread;
        at -= strategy->remaining[thread];
    }
}

unsigned surw_choose(struct strategy *strategy, const struct choice *choice)
{
    const struct wire_plan *plan = strategy->plan;
    if (strategy->intended == WIRE_NO_THREAD || strategy->ended[strategy->intended])
        strategy->intended = draw(strategy, choice);
    struct choice now;
    now.opens = 0;
    for (unsigned i = 0; i < choice->opens; i++) {
        const struct candidate *one = &choice->candidates[choice->open[i]];
        if (one->thread == strategy->intended || !interesting(plan, one->next))
            now.open[now.opens++] = choice->open[i];
    }
    if (now.opens)
        return strategy_any(strategy, &now);
    /* The intended thread waits for one of those that were held back for it. */
    strategy->intended = draw(strategy, choice);
    return strategy_find(strategy->intended, choice->candidates, choice->count);
}
