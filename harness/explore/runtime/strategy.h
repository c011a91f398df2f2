/*
 * Who goes next. Pure: the same plan and the same candidates give the same choices, nothing else is read.
 * Runs inside the program under control, so no function of the C library is called and no memory is asked for.
 * For one thread at a time.
 */
#ifndef RACELAB_EXPLORE_STRATEGY_H
#define RACELAB_EXPLORE_STRATEGY_H

#include "explore/wire.h"

#include <stdbool.h>

/* A thread that can go on. */
struct candidate {
    uint16_t thread;
    bool late;                    /* only by its time limit or a spurious wake-up */
    bool set_back;                /* it spins; given only where no other thread can go on */
    bool filtered;                /* at a memory access where this plan decides nothing */
    uint32_t points;              /* its own count */
    const struct wire_step *next; /* thread, op, object, size, pc, second: what it would do */
};

struct strategy; /* see strategy.c; of fixed size, so that it can be a static object */

/* The one strategy of this process. `guide` has plan->segments segments; both must outlive its use. */
void strategy_begin(const struct wire_plan *plan, const struct wire_segment *guide);

/* To be called for every point that is to be passed, also where there is one candidate, or the current one is filtered:
 * a guide is followed by the counts that are seen here.
 * `current` is the thread that has the turn, WIRE_NO_THREAD where it has ended. Candidates come in ascending order
 * of their threads, at least one; `current` is among them where it can go on. Returns an index of `candidates`. */
unsigned strategy_choose(uint16_t current, const struct candidate *candidates, unsigned count);

/* The first segment of the guide that could not be followed, + 1: its thread had ended before, or is still waited for
 * when the run is over. 0: none. */
unsigned strategy_diverged(void);

#endif
