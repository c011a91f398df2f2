/*
 * What the files of the strategy share: one strategy's state, and the strategies themselves. Each strategy gets the
 * candidates of one decision, at least two, and returns an index of them.
 */
#ifndef RACELAB_EXPLORE_STRATEGIES_H
#define RACELAB_EXPLORE_STRATEGIES_H

#include "explore/runtime/strategy.h"
#include "explore/search/random.h"

#define STRATEGY_NONE UINT32_MAX

struct strategy {
    const struct wire_plan *plan;
    const struct wire_segment *guide;
    uint32_t segment;  /* of the guide, that is being followed */
    bool begun;        /* its thread has gone on for it */
    bool waited;       /* its thread cannot go on yet */
    uint32_t diverged; /* the first segment that could not be followed, + 1 */
    struct random_source random;
    uint64_t decisions;            /* behind the guide */
    uint32_t points[WIRE_THREADS]; /* passed by each thread, as far as seen */
    bool ended[WIRE_THREADS];
};

/* The index of the thread's candidate, or STRATEGY_NONE. */
unsigned strategy_find(uint16_t thread, const struct candidate *candidates, unsigned count);

#endif
