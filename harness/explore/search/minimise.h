/*
 * Makes a failing schedule small: fewest preemptions first, then fewest switches. Pure: it proposes guides, the caller
 * runs each and tells what came of it.
 */
#ifndef RACELAB_EXPLORE_MINIMISE_H
#define RACELAB_EXPLORE_MINIMISE_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct minimiser;

/* `block` is as the failing run left it, with its steps recorded. `budget`: how many runs may be asked for. */
struct minimiser *minimiser_new(struct wire_block *block, size_t budget);
void minimiser_free(struct minimiser *minimiser);

/* Fills plan and guide (WIRE_STAY behind it, WIRE_RECORD set) of the next run; false: there is none, it is done. */
bool minimiser_next(struct minimiser *minimiser, struct wire_block *block);
/* `same`: that run failed in the same way. The block is as it left it. */
void minimiser_tell(struct minimiser *minimiser, bool same, struct wire_block *block);

/* The smallest guide so far, exact: following it alone gives the failure. Owned by the minimiser. */
const struct wire_segment *minimiser_guide(const struct minimiser *minimiser, size_t *count);
size_t minimiser_preemptions(const struct minimiser *minimiser);
/* Proved: every schedule with fewer preemptions was tried and none failed in the same way. */
bool minimiser_fewest(const struct minimiser *minimiser);

/* The exact guide of a recorded run: its steps as segments, by thread. From malloc; for replay. */
struct wire_segment *guide_of_steps(const struct wire_step *steps, size_t count, size_t *segments);

#endif
