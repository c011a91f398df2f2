/*
 * For tests of the runtime: one program in many random schedules, each of them twice.
 */
#ifndef RACELAB_EXPLORE_SEEDS_TEST_SUPPORT_H
#define RACELAB_EXPLORE_SEEDS_TEST_SUPPORT_H

#include "explore/runtime/driver.h"

#include <stdint.h>

enum { SEEDS = 100 };

struct seeds {
    unsigned ends[WIRE_END_COUNT]; /* of the runs */
    unsigned statuses[256];        /* of those that ended as WIRE_EXITED */
    uint32_t lost;                 /* in any of them */
    unsigned decisions;
};

/* Fails the test where a run hangs, or its steps or its end differ from those of the same seed's first. Where
 * determinism was lost the steps are not compared. */
void seeds_run(struct seeds *seeds, const char *program, const char *argument);
/* All runs ended by themselves with this status, and kept their order. */
void seeds_all(const char *program, const char *argument, int status);
/* All runs ended by themselves, with one of two statuses, and each came up. */
void seeds_both(const char *program, const char *argument, int one, int other);

#endif
