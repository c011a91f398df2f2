/* Compiles sources for their warnings alone: nothing is written anywhere. */
#ifndef RACELAB_CLI_COMPILE_H
#define RACELAB_CLI_COMPILE_H

#include "corpus/complaint.h"

#include <stdbool.h>

struct compiler {
    const char *name; /* in PATH */
    char *path;       /* from malloc; NULL where there is none of that name */
};

/* One compilation: what is given, and what came of it. */
struct compilation {
    const struct compiler *compiler;
    const char *source;
    bool done;                /* false: was never begun, or interrupted */
    struct complaints faults; /* what the compiler said */
};

/*
 * Compiles all, `jobs` (above 0) at once, with every warning that a pair must be free of. Returns 0; a
 * signal's number where SIGINT, SIGTERM or SIGHUP ended it; or a negative errno where a compiler could
 * not be started, which `*failed` then names. No process is left in any case. Not for two threads at
 * once. The caller releases the faults.
 */
int compile_all(struct compilation *compilations, size_t count, unsigned jobs,
                const struct compiler **failed);

#endif
