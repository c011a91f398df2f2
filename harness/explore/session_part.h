/* Between the files of the session. */
#ifndef RACELAB_EXPLORE_SESSION_PART_H
#define RACELAB_EXPLORE_SESSION_PART_H

#include "explore/session.h"

#include <signal.h>

/* A server, and what it runs. */
struct worker {
    struct session *session;
    struct server *server;
    bool busy;
    size_t index; /* for whoever gave it the run */
};

/* Called on the loop; the worker is idle by then. */
typedef void worker_over_fn(struct worker *worker, enum server_end end, void *user);

struct session {
    const struct session_spec *spec;
    uv_loop_t loop;
    uv_signal_t signals[3];
    uv_timer_t time; /* of the search */
    sigset_t blocked_before;
    struct worker *workers;
    unsigned worker_count;
    unsigned busy;
    worker_over_fn *over;
    void *user;
    int interrupted; /* the signal's number */
    bool out_of_time;
    char *trouble; /* the first */
};

/* Whether no further run is to be begun. */
bool session_stopped(const struct session *session);
/* Begins a run of what the worker's block has as its plan. */
void session_begin(struct session *session, struct worker *worker, size_t index);
/* Runs the loop until no worker is busy. */
void session_wait(struct session *session);
/* Takes note of what makes further runs senseless; takes the text over. */
void session_fail(struct session *session, char *trouble);

/* In session_case.c. */

/* Keeps of a run what says how it failed, and its exact guide. */
struct session_case *session_case_new(size_t number, const char *strategy, enum failure failure,
                                      struct wire_block *block);
void session_case_release(struct session_case *kept);
/* Whether this run failed in the way of that case. */
bool session_same(const struct session_spec *spec, const struct session_case *found,
                  struct wire_block *block);
/* The pairs of places of the data races in a recorded run; from malloc. */
struct session_race *session_races(struct wire_block *block, size_t *count);
/* Runs with more steps are not looked at for races and overlap: the time that this takes grows with them. */
#define SESSION_RACE_STEPS 200000u

#endif
