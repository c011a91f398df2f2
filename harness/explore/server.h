/*
 * Runs one program again and again under the scheduler: by a fork server inside it where that is sound, else anew
 * each time. Each server has its own block and one run under way at most; several servers make several jobs.
 *
 * Lives on the caller's libuv loop; call everything on that thread.
 */
#ifndef RACELAB_EXPLORE_SERVER_H
#define RACELAB_EXPLORE_SERVER_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct server_spec {
    const char *keeper;  /* path of racelab-keeper, which ends all that the program leaves */
    const char *program; /* path of the executable */
    const char *const *arguments;   /* ended by NULL; NULL: none */
    const char *const *environment; /* "NAME=VALUE", ended by NULL; NULL: none */
    const char *input;              /* standard input; NULL: /dev/null */
    const char *runtime; /* path of racelab-explore.so, preloaded; NULL: it is linked in */
    const char *folder;  /* where the block's file is made */
    bool anew;           /* start the program for each run, do not fork it */
};

struct server;

enum server_end {
    SERVER_OVER,      /* the run ended; see the block's outcome */
    SERVER_TIMED_OUT, /* the run was ended at its time limit */
    SERVER_CANCELLED,
    SERVER_FAILED, /* `trouble` says why no run can be made */
};

/* `status` is the child's wait status. The outcome in the block is completed from it where the run could not note its own end:
 * WIRE_SIGNALLED, WIRE_EXITED, or WIRE_UNFINISHED after a time-out. */
typedef void server_done_fn(enum server_end end, int status, const char *trouble, void *user);

/* Programs that this process starts from now on have the same addresses in each run (no ASLR), so that the same plan gives
 * the same. Where the system refuses it, they have not. */
void server_fix_addresses(void);

/* 0 or a negative errno. The program is not started before the first run. */
int server_new(uv_loop_t *loop, const struct server_spec *spec, struct server **made);
/* Plan, guide and filter are to be filled before a run, and the outcome read after it. */
struct wire_block *server_block(struct server *server);
/* Begins a run; `done` is called once, from the loop. */
int server_run(struct server *server, uint64_t time_limit_ms, server_done_fn *done, void *user);
void server_cancel(struct server *server);
/* Ends the program and runs the loop until its handles are closed. */
void server_free(struct server *server);

#endif
