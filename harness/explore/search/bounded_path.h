/*
 * The parts of the search by number of preemptions: the path, which is the schedule that was applied last, step by step, with
 * what else is to be tried at each of its steps. A depth-first search needs no more of its tree than that.
 *
 * At a step with a choice, `backtrack` has the threads that are to be tried there, `done` those that were (the
 * one that the path goes on with among them). A step is left for nothing, `free`, where the thread before could
 * not have gone on, had yielded or slept; else every other thread costs a preemption.
 */
#ifndef RACELAB_EXPLORE_BOUNDED_PATH_H
#define RACELAB_EXPLORE_BOUNDED_PATH_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

#define PATH_NOWHERE     SIZE_MAX
#define PATH_THREADS     64u /* those in wire_step.enabled */
#define PATH_BIT(thread) ((uint64_t)1 << (thread))

struct path_node {
    struct wire_step step;
    size_t after; /* its thread's next step; PATH_NOWHERE: it has none in this run */
    size_t
        block; /* where the block of its thread that it is in begins: reached for nothing or by a preemption */
    uint32_t nth;  /* of its thread's steps in the path, from 1 */
    uint32_t cost; /* preemptions before this step */
    bool free;     /* leaving the thread before costs nothing */
    bool choice;   /* others could have gone here */
    bool quiet;    /* memory where nothing is decided: it conflicts with nothing */
    uint64_t backtrack, done;
    uint64_t
        forbidden; /* of no use here: what they lead to is equal to what was done; see bounded_sleep.c */
};

/* A run, from the step where it leaves the path. */
struct path_run {
    struct wire_step *steps;
    bool *quiet;
    size_t count;
    struct wire_step pending
        [PATH_THREADS]; /* before what each thread stood at the end; op WIRE_NONE: it had ended */
    unsigned threads;
    bool cut; /* a thread ended the program while others had more to do; by this one */
    uint16_t cut_by;
};

struct path {
    struct path_node *nodes;
    size_t count, room;
    struct wire_step pending[PATH_THREADS];
    unsigned threads;
    bool cut;
    uint16_t cut_by;
    size_t limit; /* steps from here on lead to nothing new */
};

/* The path's steps from `at` on become those of the run. What is to be done at `at` itself stays. */
void path_replace(struct path *path, size_t at, const struct path_run *run);
/* What the thread of this step does next, in the path or before its end; NULL: nothing. */
const struct wire_step *path_next(const struct path *path, size_t at);
/* The same for any thread from step `at` on. */
const struct wire_step *path_next_of(const struct path *path, size_t at, uint16_t thread,
                                     size_t *step);
void path_release(struct path *path);

/* bounded_races.c: adds to `backtrack` what the conflicts of steps from `from` on ask for. */
void races_find(struct path *path, size_t from);

/* bounded_sleep.c: fills `forbidden` and `limit`. */
void sleep_find(struct path *path);

/* Operations that may have to wait for others. */
bool path_may_block(enum wire_op op);

#endif
