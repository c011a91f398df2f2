/* The steps of a run that matter, gathered to the rows of a table. Pure. */
#ifndef RACELAB_EXPLORE_ROWS_H
#define RACELAB_EXPLORE_ROWS_H

#include "explore/wire.h"
#include "model/explanation.h"

#include <stdbool.h>
#include <stddef.h>

struct row {
    uint16_t thread;
    size_t first;    /* step; of a place where the run failed: the outcome's, where points is 0 */
    uint64_t words;  /* bit N: enum wire_op N is in it */
    uint64_t object; /* of all its steps */
    uint64_t pc;     /* of the first; of START, the function's address */
    const struct place *place; /* of all its steps; borrowed */
    uint64_t takes, gives;     /* locks; 0: none */
    unsigned flags;            /* WIRE_PREEMPTED, WIRE_LATE, WIRE_FAILED */
    uint32_t points;
    bool fatal;
    size_t again_rows, again_times; /* struct schedule_step, `again` */
};

/* The place of a step; the same pointer for the same pc, valid until the rows are made use of. */
typedef const struct place *place_fn(uint64_t pc, bool after_call, void *user);

/*
 * `outcome` tells where it failed. free() the rows.
 *
 * Steps that do not matter count as points of the row before or behind them in the same turn of the thread; a turn
 * of which nothing matters is a row of its first step, as the switch to it was a choice.
 */
struct row *rows_of(const struct wire_step *steps, size_t count, const struct wire_outcome *outcome,
                    place_fn *place, void *user, size_t *rows);

/* Folds rounds that repeat; threefold and more. *count shrinks. */
void rows_fold(struct row *rows, size_t *count);

/* Whether both are known and the same line, or else the same address. */
bool same_line(const struct place *one, const struct place *other);

#endif
