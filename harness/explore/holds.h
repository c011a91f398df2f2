/* Which locks the threads of a run hold, from its steps. Pure. */
#ifndef RACELAB_EXPLORE_HOLDS_H
#define RACELAB_EXPLORE_HOLDS_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

/* The lock that a step takes or lets go of; 0: none. A wait gives its mutex, and has it again where it wakes. */
uint64_t step_takes(const struct wire_step *step);
uint64_t step_gives(const struct wire_step *step);

/* A lock that is held; the more often a thread took it, the more of these there are. */
struct hold {
    uint64_t object;
    uint16_t thread;
    size_t step; /* that took it */
};

/* All that are held after the last step, in the order in which they were taken; free() it. */
struct hold *holds_of(const struct wire_step *steps, size_t count, size_t *held);

#endif
