/*
 * Schedules that reverse what was seen. For two conflicting steps of different threads, the second is made to come
 * first; for two steps of one thread on the same object, a step of another comes between them. Each distinct
 * combination of places in the code is tried before any is tried again.
 *
 * The idea is that of active testing: Sen, "Race Directed Random Testing of Concurrent Programs", PLDI 2008; Park, Lu and
 * Zhou, "CTrigger", ASPLOS 2009; the unserializable cases are those of Lu, Tucek, Qin and Zhou, "AVIO", ASPLOS 2006. Pure.
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
    FLIP_KINDS
};

struct flip {
    uint64_t places; /* a hash of the kind and the pcs */
    uint32_t tried;
    uint16_t threads[2]; /* held back, and goes first */
    struct wire_segment guide[4];
    unsigned segments;
};

struct flips {
    struct flip *items[FLIP_KINDS];
    size_t count[FLIP_KINDS];
    uint64_t *known; /* hash set of places, with the item's number */
    size_t room, used;
};

void flips_learn(struct flips *flips, const struct trace *trace, struct random_source *random);
/* One of those that were tried least, and counts it as tried; NULL: there is none. Valid until the next flips_learn(). */
const struct flip *flips_take(struct flips *flips, enum flip_kind kind);
void flips_clear(struct flips *flips);

#endif
