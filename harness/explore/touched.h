/* Which memory of a run is shared: accessed by more than one thread, at least one of them writing. Pure. */
#ifndef RACELAB_EXPLORE_TOUCHED_H
#define RACELAB_EXPLORE_TOUCHED_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct touched;

/* `steps` must outlive it. Of accesses before the first thread is created nothing is noted: no other could have come between. Of a range, the first
 * 4 KiB alone. */
struct touched *touched_new(const struct wire_step *steps, size_t count);
void touched_free(struct touched *touched);

/* Whether the step accesses memory (plain, atomic, or given back), as opposed to an object for synchronisation. */
bool touches_memory(const struct wire_step *step);
/* Whether any byte of the step's, one of those, is shared. */
bool touched_shared(const struct touched *touched, const struct wire_step *step);

#endif
