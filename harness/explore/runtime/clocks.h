/*
 * The program's clocks as the scheduler keeps them: every run begins at the same moment.
 */
#ifndef RACELAB_EXPLORE_CLOCKS_H
#define RACELAB_EXPLORE_CLOCKS_H

#include <stdint.h>
#include <time.h>

/* What a clock shows, in nanoseconds, when the run begins. Clocks that are not told apart show the time of
 * CLOCK_MONOTONIC. */
uint64_t clock_base(clockid_t clock);
/* An absolute time of this clock as virtual time; 0: it was over before the run began. Its tv_nsec is valid. */
uint64_t clock_deadline(clockid_t clock, const struct timespec *at);

#endif
