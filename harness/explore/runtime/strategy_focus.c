/*
 * FOCUS: few threads interleave finely, and all others stand aside. Most bugs need two threads (Lu, Park, Seo and Zhou,
 * "Learning from Mistakes", ASPLOS 2008), but among 100 threads a scheduler that knows no better hardly ever
 * switches between the right two at the right places.
 */
#include "explore/runtime/strategies.h"

void focus_begin(struct strategy *strategy)
{
    const struct wire_plan *plan = strategy->plan;
    unsigned count = plan->focus_count < 8 ? plan->focus_count : 8;
    strategy->missing = (1u << count) - 1;
    strategy->walk = random_once_in(&strategy->random, 2);
    pct_begin(strategy);
}

static bool in_focus(const struct wire_plan *plan, uint16_t thread)
{
    for (unsigned i = 0; i < plan->focus_count && i < 8; i++)
        if (plan->focus[i] == thread)
            return true;
    return false;
}

static void look_for_missing(struct strategy *strategy, const struct choice *choice)
{
    for (unsigned i = 0; i < 8; i++)
        if ((strategy->missing >> i & 1) &&
            strategy_find(strategy->plan->focus[i], choice->candidates, choice->count) !=
                STRATEGY_NONE)
            strategy->missing &= ~(1u << i);
}

bool strategy_narrow(const struct strategy *strategy, struct choice *choice, bool focus)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < choice->opens; i++)
        kept += in_focus(strategy->plan, choice->candidates[choice->open[i]].thread) == focus;
    if (!kept)
        return false;
    kept = 0;
    for (unsigned i = 0; i < choice->opens; i++)
        if (in_focus(strategy->plan, choice->candidates[choice->open[i]].thread) == focus)
            choice->open[kept++] = choice->open[i];
    choice->opens = kept;
    return true;
}

unsigned focus_choose(struct strategy *strategy, struct choice *choice)
{
    if (strategy->missing)
        look_for_missing(strategy, choice);
    if (strategy->missing) {
        /* Threads are mostly made by the first one: it goes on, whether it is in the focus or not. */
        unsigned first = choice->open[0];
        if (choice->candidates[first].thread == 0 &&
            choice->candidates[first].next->op != WIRE_YIELD)
            return first;
        strategy_narrow(strategy, choice, false);
        return pct_highest(strategy, choice, 0);
    }
    if (!strategy_narrow(strategy, choice, true))
        return pct_highest(strategy, choice, 0);
    if (choice->opens == 1)
        return choice->open[0];
    strategy->focused++;
    return strategy->walk ? strategy_any(strategy, choice)
                          : pct_highest(strategy, choice, strategy->focused);
}
