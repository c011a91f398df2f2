/* The parts of `racelab check`. */
#ifndef RACELAB_CLI_CHECK_H
#define RACELAB_CLI_CHECK_H

#include "cli/cli.h"
#include "cli/outputs.h"
#include "judge/inspection.h"

#define FLAVOURS 3

/* What is to be checked, and how. Strings are borrowed from the command line unless said. */
struct check {
    char **sources;
    size_t source_count;
    const char *given_plain;   /* what stands for `sources`; or NULL */
    const char *given_tsan[2]; /* whose they are is told by the files */
    size_t given_tsan_count;
    char *program[FLAVOURS];    /* by flavour: given, or built; from malloc; NULL: there is none */
    char *no_program[FLAVOURS]; /* why there is none, a sentence from malloc; or NULL */
    bool build_failed[FLAVOURS];
    char **arguments; /* of the program, ended by NULL */
    const char *cflags;
    const char *ldflags;
    const struct detector **columns; /* the detectors asked for, or all */
    size_t column_count;
    bool all_columns; /* none was asked for by name */
    unsigned runs;
    unsigned jobs;
    uint64_t time_limit_ms;
    bool limited; /* the user has set that: a run that it ends is no failure */
    const char *input;
    const char **env; /* ended by NULL */
    size_t env_count;
    int *ok_status;
    size_t ok_status_count;
    char *suppressions[SUPPRESSION_KINDS]; /* absolute, from malloc */
    char **annotated; /* sources that promise their bugs: what is said is judged against that */
    size_t annotated_count;
    struct outputs outputs;
};

/* Its input is a zeroed struct check with the default runs, jobs and time limit. */
extern const struct argp check_argp;

/*
 * Compiles and links the sources once for each flavour that a detector of `check` wants, into `folder`,
 * and sets check->program; where a compiler is not there or fails, check->no_program. What compilers say
 * goes to standard error. Returns STATUS_KEPT where at least one flavour was built; STATUS_BUILD after a
 * message; 128 and a signal's number where that came.
 */
int check_build(struct check *check, const char *folder);

/*
 * Runs the program under every detector and gathers all in `inspection`, whose program and root are set
 * already. Returns 0; a signal's number where that ended it, with what there is until then; or a
 * negative errno.
 */
int check_run(const struct lab *lab, const struct check *check, struct inspection *inspection);

#endif
