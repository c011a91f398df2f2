/*
 * Which schedules to try: plans made from a seed and from what earlier runs showed. Pure: no I/O, no clock, no threads.
 *
 * The result does not depend on how many runs are under way at once: runs are planned in rounds, whose size
 * depends on nothing but the search itself. All plans of a round are made before the first of its runs is learnt
 * from, and runs are learnt from in the order of their numbers.
 */
#ifndef RACELAB_EXPLORE_SEARCH_H
#define RACELAB_EXPLORE_SEARCH_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct search;

enum search_kind {
    SEARCH_MIX, /* several strategies in turn, as their figures in harness/explore/README.md justify */
    SEARCH_ONE,     /* one wire_strategy alone */
    SEARCH_BOUNDED, /* every schedule with at most `bound` preemptions, in order of their number */
};

struct search_options {
    uint64_t seed;
    enum search_kind kind;
    enum wire_strategy strategy; /* SEARCH_ONE */
    unsigned depth;              /* of PCT, 0: varies */
    unsigned bound;              /* SEARCH_BOUNDED; and of the mix's part in order */
    uint32_t point_limit;        /* of a run; 0: made from the lengths of the runs so far */
    unsigned flags;              /* WIRE_SPURIOUS, WIRE_BUFFERED */
};

struct search *search_new(const struct search_options *options);
void search_free(struct search *search);

/* Begins a round and returns how many runs it has; 0: the search is at its end (bounded: exhausted). */
size_t search_round(struct search *search);
/* Fills the plan, guide and filter of run `index` of this round. 0, or -ENOSPC where the block is too small. */
int search_plan(struct search *search, size_t index, struct wire_block *block);
/* Learns from a finished run of this round; in the order of the indices. The block is as the run left it. */
void search_learn(struct search *search, size_t index, struct wire_block *block);

/* For people: the strategy of run `index` of this round, "pct 3", "focus"; static or owned by the search. */
const char *search_strategy(const struct search *search, size_t index);

/* What was exhausted so far: all schedules with at most so many preemptions; -1: not even those with none.
 * `schedules` is how many runs that took, and `all` is set where no schedule has more. */
struct search_exhausted {
    int bound;
    size_t schedules;
    bool all;
};
struct search_exhausted search_exhausted(const struct search *search);

#endif
