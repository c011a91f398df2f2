/* Runs programs under detectors: the one place where the lab starts a program of its own or a user's. */
#ifndef RACELAB_CLI_RUNNER_H
#define RACELAB_CLI_RUNNER_H

#include "cli/cli.h"
#include "judge/matrix.h"

/* One run to be made. */
struct run_request {
    const struct detector *detector;
    struct target target;  /* without report_dir, which is made for each run and removed after it */
    unsigned own_limit_ms; /* from the program's first thread or process on; 0: there is none */
};

/* Called as each run is over. `outcome` is NULL where it never began: then the report's trouble says
 * why. The callee takes over what *report holds; outcome lives until it returns. */
typedef void run_over_fn(size_t index, const struct run_outcome *outcome, struct report *report,
                         void *user);

struct batch {
    const struct run_request
        *requests; /* begun in this order; the targets' program is looked at first */
    size_t count;
    unsigned jobs;          /* runs at once; above 0 */
    uint64_t time_limit_ms; /* of each run */
    run_over_fn *over;
    void *user;
};

/*
 * Makes all these runs. Returns 0; a signal's number where SIGINT, SIGTERM or SIGHUP ended it (runs under
 * way are over as RUN_CANCELLED, others never come); or a negative errno. No process and no temporary
 * file is left in any case. A caller that has several batches blocks these signals in between.
 */
int runner_batch(const struct lab *lab, const struct batch *batch);

struct runner_options {
    unsigned jobs;          /* programs at once; above 0 */
    uint64_t time_limit_ms; /* of each run */
    size_t schedules;       /* of a detector that searches: how many of each twin at most */
    bool steps;             /* of the same: fill struct twin_run's search */
    /* Called after each run with `what` and how many are done of how many; may be NULL. */
    void (*progress)(const char *what, size_t done, size_t total, const struct cell *cell);
    const char *what;
};

/* Half as many again as the processors that this process may use, and one: a sixth of all programs hang,
 * and each is watched for a moment before that is known; others sleep. They leave a processor idle. */
unsigned runner_default_jobs(void);

/*
 * Runs both twins of every cell and judges it as soon as both have ended. Returns as runner_batch();
 * what was not judged has cell.judged false.
 */
int runner_matrix(const struct lab *lab, struct matrix *matrix,
                  const struct runner_options *options);

/* In searches.c. The cells whose detector searches; runner_matrix() calls it. Returns as runner_matrix(). */
int runner_searches(const struct lab *lab, struct matrix *matrix,
                    const struct runner_options *options);

/* `explanation` is all zero where the program was not looked at. Both live until it returns. */
typedef void readable_done_fn(const struct run_outcome *outcome, struct explanation *explanation,
                              void *user);

/*
 * Runs one program once, with its report for people on its own output. `target` lacks the report
 * directory, which is made here, and the recorder. Returns as runner_matrix().
 */
int runner_readable(const struct lab *lab, const struct detector *detector,
                    const struct target *target, uint64_t time_limit_ms, readable_done_fn *done,
                    void *user);

/* Runs a program once under the watchdog, on this process's own output, and input where the target has none.
 * `target` lacks the report directory, which is not needed. Returns as runner_matrix(). */
int runner_replay(const struct lab *lab, const struct target *target, uint64_t time_limit_ms,
                  readable_done_fn *done, void *user);

/* Runs a program on this process's own input and output and watches it for hangs. `part` is called
 * while the program goes on, for each part of it that is found to be deadlocked; may be NULL. Returns
 * as runner_matrix(). */
int runner_watch(const struct lab *lab, char **argv, uint64_t time_limit_ms,
                 void (*part)(const struct explanation *explanation, void *user),
                 readable_done_fn *done, void *user);

#endif
