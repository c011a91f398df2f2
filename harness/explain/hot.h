/* What running threads are busy with. */
#ifndef RACELAB_EXPLAIN_HOT_H
#define RACELAB_EXPLAIN_HOT_H

#include "explain/view.h"

/*
 * Looks at every thread that is not asleep some times within a fifth of a second. Those
 * found running or ready to run in most looks are `ready` (under Valgrind those that used a processor
 * meanwhile); the stack they keep is one with the line of their own that was met most often.
 */
void hot_watch(struct view *view);

#endif
