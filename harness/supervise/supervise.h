/*
 * Supervision of one program run: start it, watch its whole process tree, know how it ended.
 *
 * Every run has a keeper process (racelab-keeper) of its own between the supervisor and the
 * program. The keeper is the child subreaper of the run, so that no process of the program can get
 * away from it by forking, by setsid() or by its parent's death; it ends the tree when the program
 * has ended, when the supervisor says so, and when the supervisor itself dies (even by SIGKILL).
 * The supervisor reads /proc, captures output and decides; it lives on the caller's libuv loop.
 *
 * Not thread-safe: call everything, and run the loop, on one thread. Any number of runs may be
 * under way in one supervisor.
 */
#ifndef RACELAB_SUPERVISE_SUPERVISE_H
#define RACELAB_SUPERVISE_SUPERVISE_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "supervise/tree_scan.h"

enum run_end {
    RUN_EXITED,      /* the program's first process called exit; `status` is its exit status */
    RUN_SIGNALED,    /* a signal ended it; `status` is the signal's number */
    RUN_HUNG,        /* every thread of the tree waited without end: nothing could ever happen */
    RUN_TIMED_OUT,   /* the time limit passed while something still ran, slept or might wake */
    RUN_FLOODED,     /* its report directory grew over `report_cap` */
    RUN_CANCELLED,   /* supervisor_cancel() ended it */
    RUN_NOT_STARTED, /* it could not be executed; `status` is the errno, `error` says what and why */
};

/* Why somebody is asked to look at a live tree. */
enum look {
    LOOK_PART, /* some threads seem to block one another for good, while others go on */
    LOOK_HUNG,
    LOOK_TIME_LIMIT,
};

/*
 * Called on the loop while the whole tree still stands, before it is ended; `tree` is a scan of just
 * now. It may read the processes and stop single threads for a moment, and should be quick: the
 * other runs wait. LOOK_PART may come several times in a run, always before the others.
 */
typedef void run_look_fn(enum look look, const struct tree_scan *tree, void *user);

struct run_spec {
    const char *const *argv; /* NULL-terminated; argv[0] is a path, or a name looked up in PATH */
    const char *const *env;  /* NULL-terminated "NAME=VALUE", set over the caller's environment;
                                 LD_PRELOAD for the program alone, not for its keeper */
    const char *report_dir;  /* existing directory for the tool's own reports: its size is watched,
                                 and the keeper removes it if the supervisor dies. May be NULL. */
    uint64_t time_limit_ms;  /* wall clock, from the start; must be above 0 */
    const char *mark; /* once this file is there, the run has mark_limit_ms more and no longer
                                time_limit_ms: a tool's start-up takes its time on a busy machine.
                                May be NULL */
    uint64_t mark_limit_ms;
    size_t output_cap; /* bytes kept of stdout and of stderr, each; the rest is counted */
    const char
        *input; /* file that becomes the program's standard input, opened anew for each run; NULL:
                          see `attached` */
    bool attached;     /* standard input is the caller's, and output is also passed on to
                                the caller's as it comes */
    run_look_fn *look; /* NULL: nobody looks. Its user is that of `done` */
    size_t report_cap; /* bytes all files of report_dir may hold together; 0: no limit */
};

struct run_output {
    char *text;     /* NUL-terminated for convenience; may contain other NULs */
    size_t length;  /* bytes kept */
    size_t dropped; /* bytes read and thrown away above output_cap */
};

struct run_outcome {
    enum run_end end;
    int status;            /* see enum run_end */
    char *error;           /* RUN_NOT_STARTED, and where watching went wrong; else NULL */
    struct run_output out; /* standard output */
    struct run_output err; /* standard error */
    unsigned left_behind;  /* processes of the tree that were still alive when the program ended by
                                itself, a sanitizer's symbolizer not counted; 0 for other endings */
    uint64_t started_ns;
    uint64_t last_progress_ns; /* the last sample in which any thread had run; 0 before the first */
    uint64_t ended_ns;         /* when the verdict stood (before the tree was cleared away) */
};

/* The clock of all times here: CLOCK_MONOTONIC, nanoseconds. From any thread. */
uint64_t run_now_ns(void);

struct supervisor;

/* Called once for each run, on the loop, after the whole tree is gone and the output is read to its
 * end. `outcome` belongs to the supervisor and lives until the call returns. */
typedef void run_done_fn(const struct run_outcome *outcome, void *user);

/*
 * keeper: path of the racelab-keeper executable. The string is copied.
 * Makes the process a child subreaper for good: where a program kills its keeper, its tree falls to
 * this process. What is then ended are the children that are in another session than this process,
 * are no uv_process_t of `loop`, and started after that keeper. The run ends as RUN_SIGNALED by
 * SIGKILL, with `error` set.
 * Core dumps are off for every run (RLIMIT_CORE 0, set by the keeper).
 * Returns 0 or a negative errno; on failure *made is NULL.
 */
int supervisor_new(uv_loop_t *loop, const char *keeper, struct supervisor **made);

/*
 * Starts one run: standard input is /dev/null (see `input` and `attached`), the program is in a session of
 * its own. The spec and all it points to are copied. Returns 0, after which `done` will be called exactly once (with
 * RUN_NOT_STARTED where exec failed); or a negative errno, and `done` is never called.
 * -EINVAL: no program, no time limit or no `done`. -ENOENT, -EACCES: of the keeper, or of `input`. -EMFILE and others
 * as they come; nothing is left open then once the loop has run.
 */
int supervisor_start(struct supervisor *supervisor, const struct run_spec *spec, run_done_fn *done,
                     void *user);

/* Ends every run under way as RUN_CANCELLED. The done calls follow from the loop. */
void supervisor_cancel(struct supervisor *supervisor);

/* Only when no run is under way, and before the loop is closed: it runs the loop until its own
 * handles are closed. NULL is allowed. */
void supervisor_free(struct supervisor *supervisor);

/* One word for the ending: "exited", "signal", "hang", "time limit", "flood", "cancelled",
 * "not started". */
const char *run_end_word(enum run_end end);

#endif
