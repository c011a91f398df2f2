/*
 * Runs that showed something new, kept to go on from: a run in which a step saw what another thread's step at another
 * place in the code had left, for the first time (reads-from feedback: Wolff, Shi, Duck, Mathur and
 * Roychoudhury, "Greybox Fuzzing for Concurrency Testing", ASPLOS 2024). A new schedule follows such a run up to one of
 * its conflicts, turns that round, and goes on as a strategy says. Pure.
 */
#ifndef RACELAB_EXPLORE_TRAILS_H
#define RACELAB_EXPLORE_TRAILS_H

#include "explore/search/random.h"
#include "explore/search/trace.h"
#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct trail;

struct trails {
    struct trail *items;
    size_t count;
    uint64_t *seen; /* hash set of pairs of places */
    size_t room, used;
};

/* Returns whether the run was kept. */
bool trails_learn(struct trails *trails, const struct trace *trace, struct random_source *random);
/* A guide, from malloc; NULL: there is none. `threads`: the two whose conflict is turned round. */
struct wire_segment *trails_take(const struct trails *trails, struct random_source *random,
                                 size_t *segments, uint16_t threads[2]);
void trails_clear(struct trails *trails);

#endif
