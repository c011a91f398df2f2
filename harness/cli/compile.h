/* Runs compilers, several at once, and keeps what they print. */
#ifndef RACELAB_CLI_COMPILE_H
#define RACELAB_CLI_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

/* One compilation: what is given, and what came of it. */
struct compilation {
    char *const *arguments; /* ended by NULL; the first is the compiler's path */
    bool done;              /* false: was never begun, or interrupted */
    bool failed;
    bool timed_out; /* it took longer than `limit_s`, and was ended */
    char *output;   /* both streams, the first 64 KiB; from malloc; NULL where it never began */
};

/*
 * Runs all, `jobs` (above 0) at once, each for `limit_s` seconds at most. Returns 0, also where some
 * fail; a signal's number where SIGINT, SIGTERM or SIGHUP ended it; or a negative errno where a
 * compiler could not be started, whose index is in *not_started. No process is left in any case. Not
 * for two threads at once.
 */
int compile_all(struct compilation *compilations, size_t count, unsigned jobs, unsigned limit_s,
                size_t *not_started);
/* Frees what came of them; not the array. */
void compilations_release(struct compilation *compilations, size_t count);

#endif
