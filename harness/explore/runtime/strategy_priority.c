/*
 * Strategies by priorities.
 *
 * PCT (Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of Finding
 * Bugs", ASPLOS 2010): threads have random priorities, the highest that can go on does, and at depth - 1 random
 * places the one that is about to go is put below all others.
 *
 * POS (Yuan, Yang and Gu, "Partial Order Aware Concurrency Sampling", CAV 2018): each event has a random priority of its own;
 * the events that conflict with the one that is taken get a new one.
 */
#include "explore/runtime/strategies.h"

void pct_begin(struct strategy *strategy)
{
    const struct wire_plan *plan = strategy->plan;
    uint32_t changes = plan->depth ? plan->depth - 1 : 0;
    strategy->changes = changes < STRATEGY_CHANGES ? changes : STRATEGY_CHANGES;
    for (uint32_t i = 0; i < strategy->changes; i++)
        strategy->change_at[i] =
            1 + random_below(&strategy->random, plan->length ? plan->length : 1);
}

static int64_t priority_of(struct strategy *strategy, uint16_t thread)
{
    int64_t *priority = &strategy->priority[thread];
    if (*priority == 0)
        *priority = (int64_t)((random_next(&strategy->random) >> 2) | ((uint64_t)1 << 61));
    return *priority;
}

static unsigned highest(struct strategy *strategy, const struct choice *choice)
{
    unsigned best = choice->open[0];
    int64_t most = INT64_MIN;
    for (unsigned i = 0; i < choice->opens; i++) {
        int64_t priority = priority_of(strategy, choice->candidates[choice->open[i]].thread);
        if (priority > most) {
            most = priority;
            best = choice->open[i];
        }
    }
    return best;
}

unsigned pct_highest(struct strategy *strategy, const struct choice *choice, uint64_t number)
{
    unsigned best = highest(strategy, choice);
    for (uint32_t i = 0; i < strategy->changes; i++) {
        if (strategy->change_at[i] != number)
            continue;
        strategy->priority[choice->candidates[best].thread] = i + 1;
        best = highest(strategy, choice);
    }
    /* Who gives way, or repeats itself, would starve the others with a high priority. A sleep is often only
     * there to provoke something: the thread is put back after one half of them. */
    const struct candidate *one = &choice->candidates[best];
    if (one->set_back || one->next->op == WIRE_YIELD ||
        (one->next->op == WIRE_SLEEP && random_once_in(&strategy->random, 2)))
        strategy->priority[one->thread] = --strategy->lowest;
    return best;
}

unsigned pct_choose(struct strategy *strategy, const struct choice *choice)
{
    return pct_highest(strategy, choice, strategy->decisions);
}

unsigned pos_choose(struct strategy *strategy, const struct choice *choice)
{
    for (unsigned i = 0; i < choice->opens; i++) {
        const struct candidate *one = &choice->candidates[choice->open[i]];
        if (strategy->stamp[one->thread] == one->points + 1)
            continue;
        strategy->stamp[one->thread] = one->points + 1;
        strategy->priority[one->thread] = 0;
    }
    unsigned best = highest(strategy, choice);
    const struct wire_step *taken = choice->candidates[best].next;
    for (unsigned i = 0; i < choice->count; i++)
        if (i != best && wire_conflict(taken, choice->candidates[i].next))
            strategy->stamp[choice->candidates[i].thread] = 0;
    return best;
}
