/* What the source and a recording add to the waits of an explanation. */
#ifndef RACELAB_EXPLAIN_NOTES_H
#define RACELAB_EXPLAIN_NOTES_H

#include "explain/view.h"

/* The predicates of conditions with their values; where locks were taken; which wake-ups were sent.
 * Expects labels and waits. */
void notes_add(struct view *view);

#endif
