/*
 * What happened before what in one run, from its steps: vector clocks over synchronisation, as happens-before
 * race detectors keep them (Fidge, Mattern; Flanagan and Freund, FastTrack, PLDI 2009). Pure.
 */
#ifndef RACELAB_EXPLORE_ORDER_H
#define RACELAB_EXPLORE_ORDER_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

/* Two accesses of plain memory (one of them may be atomic, or the freeing of it) by different threads, neither before the other, at least one a write. */
struct order_race {
    size_t first, second; /* steps */
};

struct order;

/* `steps` must outlive it. Starts, ends, creations and joins order threads as well; a spurious or late end of a wait acquires nothing. */
struct order *order_new(const struct wire_step *steps, size_t count);
void order_free(struct order *order);

/* Whether step a happens before step b by synchronisation alone. */
bool order_before(const struct order *order, size_t a, size_t b);

/* Data races, one for each unordered pair of pcs, in order of their second step. */
const struct order_race *order_races(const struct order *order, size_t *count);

#endif
