/*
 * What the detectors say of the programs of a review: racelab itself, as a child process, checks the very text that the
 * trainee sees, so that the lines it names are those on the screen. One program at a time, in the order in which they
 * were asked for: a check uses the processors there are by itself.
 *
 * All of it lives on the loop of its user, who runs that loop, and nothing here may be called from another thread.
 */
#ifndef RACELAB_CLI_REVIEW_TRUTH_H
#define RACELAB_CLI_REVIEW_TRUTH_H

#include "cli/cli.h"

#include <uv.h>

enum truth_state {
    TRUTH_ASKED, /* it waits for its turn */
    TRUTH_AT_WORK,
    TRUTH_THERE,
    TRUTH_NONE, /* there is none, and `trouble` says why */
};

/* Of one program. What it points to changes while the loop runs, and is the job's. */
struct truth_said {
    enum truth_state state;
    const char *check; /* what `racelab check` prints; NULL before it has */
    const char
        *schedule; /* the schedule that fails, step by step; NULL: none was found, or not yet */
    const char *trouble; /* one sentence; TRUTH_NONE alone */
};

struct truth_spec {
    const struct lab *lab;
    uv_loop_t *loop;
    unsigned columns;            /* that a table of steps is laid out for; below 60 it is lines */
    void (*changed)(void *user); /* some job has another state, or more is said */
    void *user;
};

struct truth;
struct truth_job;

/* Makes a temporary folder. Returns 0; or a negative errno, and *truth is NULL. */
int truth_open(const struct truth_spec *spec, struct truth **truth);
/* A program, whose text is copied. limit_s: when each of its runs is ended; 0: where it needs no limit of its own. */
struct truth_job *truth_ask(struct truth *truth, const char *text, size_t length, unsigned limit_s);
struct truth_said truth_said(const struct truth_job *job);
/* It is no longer wanted: what is under way for it is ended. The job is freed, here or later. NULL is allowed. */
void truth_drop(struct truth_job *job);
/* When all jobs were dropped: waits, on the loop, for the end of what is still under way and everything below it, and
 * removes the folder. NULL is allowed. */
void truth_close(struct truth *truth);

#endif
