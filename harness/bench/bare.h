/* Commands as the lab would start them, with nothing around them: what the lab's cost is measured against. */
#ifndef RACELAB_BENCH_BARE_H
#define RACELAB_BENCH_BARE_H

#include "detect/detect.h"

/* The wall time of one command, its streams at /dev/null. Ends the process where it cannot be run. */
uint64_t bare_ns(char **argv);
/* The same of one program under one detector. */
uint64_t bare_run_ns(const struct detector *detector, const struct target *target);

#endif
