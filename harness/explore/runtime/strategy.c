#include "explore/runtime/strategies.h"

static struct strategy the;

unsigned strategy_find(uint16_t thread, const struct candidate *candidates, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (candidates[i].thread == thread)
            return i;
    return STRATEGY_NONE;
}

void strategy_begin(const struct wire_plan *plan, const struct wire_segment *guide)
{
    the = (struct strategy){
        .plan = plan,
        .guide = guide,
        .random = {.state = plan->seed},
    };
}

/* The current thread while it can go on, else the lowest index; by a time limit only where nobody else can. */
static unsigned stay(uint16_t current, const struct candidate *candidates, unsigned count)
{
    unsigned own = strategy_find(current, candidates, count);
    if (own != STRATEGY_NONE && !candidates[own].late)
        return own;
    for (unsigned i = 0; i < count; i++)
        if (!candidates[i].late)
            return i;
    return own != STRATEGY_NONE ? own : 0;
}

/*
 * What the guide says, or STRATEGY_NONE behind its end. A late candidate is as good as any here: where the guide was made
 * from a run's steps, that run went the same way with it.
 */
static unsigned follow(uint16_t current, const struct candidate *candidates, unsigned count)
{
    for (; the.segment < the.plan->segments; the.segment++, the.begun = false) {
        const struct wire_segment *segment = &the.guide[the.segment];
        unsigned own = strategy_find(segment->thread, candidates, count);
        uint32_t points = segment->thread < WIRE_THREADS ? the.points[segment->thread] : 0;
        the.waited = false;
        if (own != STRATEGY_NONE)
            points = candidates[own].points;
        if (points >= segment->until)
            continue;
        if (own != STRATEGY_NONE) {
            the.begun = true;
            return own;
        }
        if (the.begun)
            continue;
        if (segment->thread < WIRE_THREADS && !the.ended[segment->thread]) {
            the.waited = true;
            return stay(current, candidates, count);
        }
        if (!the.diverged)
            the.diverged = the.segment + 1;
    }
    return STRATEGY_NONE;
}

static unsigned decide(uint16_t current, const struct candidate *candidates, unsigned count)
{
    unsigned own = follow(current, candidates, count);
    if (own != STRATEGY_NONE)
        return own;
    if (count == 1)
        return 0;
    own = strategy_find(current, candidates, count);
    if (own != STRATEGY_NONE && candidates[own].filtered && !candidates[own].set_back)
        return own;
    the.decisions++;
    if (the.plan->strategy == WIRE_STAY)
        return stay(current, candidates, count);
    return random_below(&the.random, count);
}

unsigned strategy_choose(uint16_t current, const struct candidate *candidates, unsigned count)
{
    unsigned chosen = decide(current, candidates, count);
    const struct candidate *one = &candidates[chosen];
    if (one->thread < WIRE_THREADS) {
        the.points[one->thread] = one->points + 1;
        if (one->next->op == WIRE_END)
            the.ended[one->thread] = true;
    }
    return chosen;
}

unsigned strategy_diverged(void)
{
    return the.diverged || !the.waited ? the.diverged : the.segment + 1;
}
