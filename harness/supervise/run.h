/*
 * One run: its keeper, its output, its time limit and its verdict. Between supervise.c, which
 * keeps the list of runs and samples them, and run.c.
 */
#ifndef RACELAB_SUPERVISE_RUN_H
#define RACELAB_SUPERVISE_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "supervise/capture.h"
#include "supervise/hang.h"
#include "supervise/keeper_link.h"
#include "supervise/objects.h"
#include "supervise/supervise.h"

enum run_phase {
    PHASE_RUNNING,  /* the timer is the time limit */
    PHASE_ENDING,   /* the keeper clears the tree; the timer limits the patience with it */
    PHASE_SWEEPING, /* the keeper was killed; the timer paces the passes over what it left */
    PHASE_DRAINING, /* the tree is gone; the timer limits the wait for the end of its output */
    PHASE_CLOSING,  /* handles are being closed */
};

struct run {
    struct supervisor *supervisor;
    struct run *next;  /* in the supervisor's list */
    run_look_fn *look; /* may be NULL */
    run_done_fn *done; /* NULL where the run failed to start: nobody waits for it */
    void *user;
    struct run_outcome outcome;
    enum run_phase phase;
    uv_process_t keeper;
    uv_pipe_t link;
    uv_timer_t timer;
    struct capture out;
    struct capture err;
    unsigned open_handles;
    bool has_keeper; /* the process handle is initialised */
    bool started;    /* the program's first process exists */
    bool decided;    /* outcome.end, status and ended_ns are set */
    bool keeper_ended;
    bool link_ended;
    bool tree_left; /* the keeper could not end all of the tree */
    int64_t keeper_status;
    int keeper_signal;
    uint64_t keeper_start; /* clock ticks, as in struct proc_process */
    uint64_t sweep_until_ns;
    struct keeper_record record; /* the part of one record that has been read */
    size_t record_length;
    struct served_pipe served[3]; /* standard input, where it was given, is the last */
    struct hang_watch watch;
    char *name;       /* the program, for messages */
    char *report_dir; /* NULL: none */
    size_t report_cap;
    char *mark; /* NULL: none is awaited */
    uint64_t mark_limit_ms;
};

/* In run_start.c. Starts the keeper. On failure returns a negative errno, closes the run's handles,
 * and run_gone() follows from the loop as it does after a run's end. */
int run_start(struct run *run, uv_loop_t *loop, const char *keeper, const struct run_spec *spec);

/* In supervise.c: has the tree looked at, after a scan of its own where `look` is LOOK_TIME_LIMIT. */
void run_look(struct run *run, enum look look);

/* Makes the verdict, has the tree looked at where it hangs or overran, and ends it; does nothing once there is one. `error` may be NULL and is
 * taken over. */
void run_decide(struct run *run, enum run_end end, char *error);

/* Sets the timer for a phase. */
void run_enter(struct run *run, enum run_phase phase, uint64_t timeout_ms);

/* Closes all handles; run_gone() follows. */
void run_close(struct run *run);

/* What the handles of a run call; run_start.c gives them to libuv. */
void run_on_link(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer);
void run_give_record(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer);
void run_on_keeper_exit(uv_process_t *process, int64_t status, int signal_number);
void run_on_output_end(void *run);

/* In supervise.c: called when all handles of a run are closed. It drops the run from its list,
 * calls `done` and frees it with run_free(). */
void run_gone(struct run *run);
void run_free(struct run *run);

#endif
