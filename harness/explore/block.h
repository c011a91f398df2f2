/* The memory of a struct wire_block: the file that a program shares, and copies of it. */
#ifndef RACELAB_EXPLORE_BLOCK_H
#define RACELAB_EXPLORE_BLOCK_H

#include "explore/wire.h"

#include <stddef.h>

/* Makes the file, which must not be there yet, and maps it: all room, no plan. 0 or a negative errno. */
int block_open(const char *path, struct wire_block **made);
/* The same in memory of this process alone: for what is to be kept of a run. 0 or a negative errno. */
int block_new(struct wire_block **made);
/* NULL is allowed. The file stays. */
void block_close(struct wire_block *block);

/* Forgets what the last run left: outcome and threads. */
void block_clear(struct wire_block *block);
/* Copies plan, guide, filter, outcome, threads and steps, as much of each as is in use. */
void block_copy(struct wire_block *to, struct wire_block *from);
/* Gives the plan this guide. -ENOSPC where it does not fit. */
int block_guide(struct wire_block *block, const struct wire_segment *segments, size_t count);

#endif
