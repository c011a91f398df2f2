/*
 * Schedules that reverse what was seen. For two conflicting steps of different threads, the second is made to come
 * first; for two steps of one thread on the same object, a step of another comes between them. Each distinct
 * combination of places in the code is tried before any is tried again.
 *
 * The idea is that of active testing: Sen, "Race Directed Random Testing of Concurrent Programs", PLDI 2008; Park, Lu and
 * Zhou, "CTrigger", ASPLOS 2009; the unserializable cases are those of Lu, Tucek, Qin and Zhou, "AVIO", ASPLOS 2006;
 * cycles of locks as in Joshi, Park, Sen and Naik, "A Randomized Dynamic Program Analysis Technique for Detecting Real
 * Deadlocks", PLDI 2009. Pure.
 */
#ifndef RACELAB_EXPLORE_FLIPS_H
#define RACELAB_EXPLORE_FLIPS_H

#include "explore/search/random.h"
#include "explore/search/trace.h"
#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

enum flip_kind {
    FLIP_ORDER,     /* two steps the other way round */
    FLIP_ATOMICITY, /* a step between two of one thread */
    FLIP_DEADLOCK,  /* each thread of a cycle stands before its inner lock */
    FLIP_KINDS
};

enum { FLIP_SEGMENTS = 24 };

struct flip {
    uint64_t places; /* a hash of the kind and the pcs */
    uint32_t tried;
    uint16_t threads[2]; /* held back, and goes first */
    struct wire_segment guide[FLIP_SEGMENTS];
    unsigned segments;
};

struct flips {
    /* Those of memory that no lock guards, and others: they are many, and mostly harmless. */
    struct flip_list {
        struct flip *items;
        size_t count;
    } lists[FLIP_KINDS][2];
    unsigned taken[FLIP_KINDS];
    uint64_t *known; /* hash set of places, with the item's number in its list + 1 */
    size_t room, used;
};

/* A new item of these places, or one of its instances that is to take the place of another; NULL: neither. */
struct flip *flips_item(struct flips *flips, enum flip_kind kind, bool guarded, uint64_t places,
                        struct random_source *random);
/* Of locks that threads take in several orders: cycles.c. */
void flips_learn_cycles(struct flips *flips, const struct trace *trace,
                        struct random_source *random);

void flips_learn(struct flips *flips, const struct trace *trace, struct random_source *random);
/* One of those that were tried least, and counts it as tried; NULL: there is none. Valid until the next flips_learn(). */
const struct flip *flips_take(struct flips *flips, enum flip_kind kind);
void flips_clear(struct flips *flips);

#endif
