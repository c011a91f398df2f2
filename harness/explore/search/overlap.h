/*
 * Whether the work of two threads overlapped in one run, or one of them was done before the other began, as if there
 * were but one thread. Pure.
 */
#ifndef RACELAB_EXPLORE_OVERLAP_H
#define RACELAB_EXPLORE_OVERLAP_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Two threads overlap where they take turns at memory that they share (a, b, a, b: neither had its last turn before the
 * other had its first), or where two threads, both started by the program, write without any order between the writes.
 * What threads do to locks does not count, and neither does what main writes on its own: it prepares what the others
 * are given.
 */
bool overlap_in(const struct wire_step *steps, size_t count);

#endif
