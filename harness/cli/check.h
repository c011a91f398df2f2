/* The parts of `racelab check`. */
#ifndef RACELAB_CLI_CHECK_H
#define RACELAB_CLI_CHECK_H

#include "cli/cli.h"
#include "cli/outputs.h"
#include "cli/subject.h"
#include "judge/inspection.h"

/* What is to be checked, and how. Strings are borrowed from the command line unless said. */
struct check {
    struct subject subject;
    const char *given_plain;   /* what stands for its sources; or NULL */
    const char *given_tsan[2]; /* whose they are is told by the files */
    size_t given_tsan_count;
    const struct detector **columns; /* the detectors asked for, or all */
    size_t column_count;
    bool all_columns; /* none was asked for by name */
    unsigned runs;
    unsigned jobs;
    uint64_t time_limit_ms;
    bool limited;              /* the user has set that: a run that it ends is no failure */
    size_t schedules;          /* of a detector that searches */
    uint64_t points;           /* of it: as in struct session_spec */
    const char *schedule_file; /* for the one that fails; NULL: made from the program's name */
    char *suppressions[SUPPRESSION_KINDS]; /* absolute, from malloc */
    char **annotated; /* sources that promise their bugs: what is said is judged against that */
    size_t annotated_count;
    struct outputs outputs;
};

/* Whether a detector that searches is among those asked for. */
bool check_searches(const struct check *check);

/* Its input is a zeroed struct check with the default runs, jobs and time limit. */
extern const struct argp check_argp;

/*
 * Runs the program under every detector and gathers all in `inspection`, whose program and root are set
 * already. Returns 0; a signal's number where that ended it, with what there is until then; or a
 * negative errno.
 */
int check_run(const struct lab *lab, struct check *check, struct inspection *inspection);

/* In check_explore.c. Searches for a schedule that fails, and gathers what detectors say of it in the inspection, under the
 * name of the detector that searches. Returns as check_run(). */
int check_explore(const struct lab *lab, struct check *check, struct inspection *inspection);

#endif
