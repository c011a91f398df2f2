/*
 * What a search has learnt of the program from its runs, as far as strategies need it: lengths, threads by their functions,
 * places whose memory threads share, objects of interest. Pure.
 */
#ifndef RACELAB_EXPLORE_KNOWLEDGE_H
#define RACELAB_EXPLORE_KNOWLEDGE_H

#include "explore/search/random.h"
#include "explore/search/trace.h"
#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct interest {
    uint64_t from, to;
    uint32_t steps;
    uint16_t threads; /* how many use it */
};

struct knowledge {
    size_t runs;
    uint32_t length[2]; /* decisions of a run; [1]: of a filtered one; 0: not known */
    uint64_t points;    /* of the longest run */
    /* The run with the most threads so far. */
    unsigned threads;
    uint64_t start[WIRE_THREADS];
    uint16_t parent[WIRE_THREADS];
    uint32_t steps[WIRE_THREADS];   /* of each thread */
    uint32_t decided[WIRE_THREADS]; /* those that matter to others */
    bool sharing[WIRE_THREADS];     /* it has used what others use, while they lived */
    bool repeats;                   /* two threads use one object time and again */
    bool updates;                   /* there are atomic updates of what threads share */
    /* Places in the code, ascending. */
    uint64_t *shared;
    size_t shared_count;
    /* Of the last run that was recorded; `weights` has a row of `weight_threads` for each. */
    struct interest *interests;
    size_t interest_count;
    uint32_t *weights;
    unsigned weight_threads;
};

/* `trace` may be NULL: the run was not recorded. */
void knowledge_learn(struct knowledge *knowledge, const struct wire_block *block,
                     const struct trace *trace);
void knowledge_clear(struct knowledge *knowledge);

/* One object to be uniform on, and its weights by thread, children included; false: none. */
bool knowledge_interest(const struct knowledge *knowledge, struct random_source *random,
                        struct wire_plan *plan);
/* Fills plan->focus with `size` threads: some that use one object, or by their functions. */
void knowledge_focus(const struct knowledge *knowledge, struct random_source *random, unsigned size,
                     struct wire_plan *plan);

#endif
