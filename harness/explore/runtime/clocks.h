/*
 * The program's clocks as the scheduler keeps them.
 */
#ifndef RACELAB_EXPLORE_CLOCKS_H
#define RACELAB_EXPLORE_CLOCKS_H

#include <stdint.h>
#include <time.h>

/* An absolute time of this clock as virtual time, for a request; 0: it was over before the run began. Its
 * tv_nsec is valid. */
uint64_t clock_deadline(clockid_t clock, const struct timespec *at);

#endif
