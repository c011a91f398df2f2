/*
 * A program under a keeper, from its start until all that it made is gone. A server has one at a time; with a fork
 * server inside it makes many runs, else one.
 *
 * On the loop's thread.
 */
#ifndef RACELAB_EXPLORE_SERVER_LIFE_H
#define RACELAB_EXPLORE_SERVER_LIFE_H

#include "explore/wire.h"

#include <stdbool.h>
#include <uv.h>

struct life;

struct life_spec {
    const char *keeper;
    const char *folder; /* removed by the keeper where this process dies */
    const char *program;
    const char *const *arguments; /* ended by NULL; NULL: none */
    const char *const *settings;  /* "NAME=VALUE", ended by NULL, LD_PRELOAD among them */
    const char *preload;          /* NULL: none */
    int input;                    /* descriptor of its standard input; -1: /dev/null */
    bool serves; /* gets KEEPER_PASSED and + 1 for commands and answers (see wire.h) */
};

/* How it ended. */
struct life_end {
    bool itself; /* before the keeper touched it; then `status` is its wait status */
    int status;
    char *trouble; /* why it did not start, or what went wrong; or NULL */
};

struct life_events {
    void (*answered)(const struct wire_answer *answer, void *user);
    /* All is gone, the life itself, too, once this returns. */
    void (*over)(const struct life_end *end, void *user);
};

/* 0 or a negative errno; then no event comes, and nothing is left once the loop has run. */
int life_start(uv_loop_t *loop, const struct life_spec *spec, const struct life_events *events,
               void *user, struct life **made);
/* Asks the fork server for a run. */
void life_command(struct life *life);
/* Ends it; over() follows. Any number of times. */
void life_stop(struct life *life);
/* Whether a run has left a process behind, which now is the keeper's. */
bool life_has_strays(const struct life *life);

#endif
