/*
 * Every schedule with at most so many preemptions, by their number: first all with none, then all with one, and so on
 * (iterative context bounding: Musuvathi and Qadeer, PLDI 2007), one of each class of schedules that differ in
 * nothing but the order of steps that do not conflict (bounded partial-order reduction: Coons, Musuvathi and
 * McKinley, OOPSLA 2013). Pure: no I/O, no clock, no threads.
 *
 * A preemption is a switch away from a thread that could have gone on: one that blocks, ends, yields, sleeps, goes on only by its
 * time limit or is set back as spinning is left for nothing.
 *
 * Runs are planned in rounds: bounded_round(), then bounded_plan() for each of its indices, then
 * bounded_learn() for each in the order of the indices. Which runs a round has depends on what was learnt alone.
 */
#ifndef RACELAB_EXPLORE_BOUNDED_H
#define RACELAB_EXPLORE_BOUNDED_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct bounded_options {
    unsigned bound; /* the most preemptions to go to */
    size_t round; /* the most runs planned at once, at least 1; the same for every number of jobs */
};

struct bounded;

struct bounded *bounded_new(const struct bounded_options *options);
void bounded_free(struct bounded *bounded);

/* Begins a round and returns how many runs it has, at most options.round; 0: the search is at its end, because all is exhausted,
 * or because nothing more can be (see bounded_trouble()). */
size_t bounded_round(struct bounded *bounded);

/* Adds to the block's plan: strategy (WIRE_STAY), WIRE_RECORD to its flags, the guide. All else (filter, WIRE_FILTERED,
 * point_limit, WIRE_SPURIOUS) is the caller's, and must be the same for every run until bounded_restart().
 * 0, or -ENOSPC where the guide does not fit. A run that cannot be planned is learnt from with NULL. */
int bounded_plan(struct bounded *bounded, size_t index, struct wire_block *block);

/* Learns from a finished run; `block` as the run left it; NULL: it could not be made. */
void bounded_learn(struct bounded *bounded, size_t index, const struct wire_block *block);

/* The filter has grown, or whatever else makes what was learnt worth nothing: begins anew with no preemption. Between rounds. */
void bounded_restart(struct bounded *bounded);

struct bounded_exhausted {
    int bound; /* every schedule with at most so many preemptions was run, up to equivalence; -1: not even those with none */
    size_t
        schedules; /* runs that were learnt from, since the start or the last restart, until that was so */
    bool all; /* no schedule was left out because of its preemptions: there are no others */
};
struct bounded_exhausted bounded_exhausted(const struct bounded *bounded);

/* Why no bound beyond bounded_exhausted() can be claimed: "a run was cut off at its limit of points", ...; NULL: nothing
 * stands against it so far. Static. The search goes on all the same where it can. */
const char *bounded_trouble(const struct bounded *bounded);

/* The bound that is being searched now, and the runs learnt from in all, restarts included. */
unsigned bounded_level(const struct bounded *bounded);
size_t bounded_schedules(const struct bounded *bounded);

#endif
