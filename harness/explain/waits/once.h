/*
 * Who runs the initialiser that a thread in pthread_once() waits for. The control word does not
 * say, so it is told from the stacks.
 */
#ifndef RACELAB_EXPLAIN_WAITS_ONCE_H
#define RACELAB_EXPLAIN_WAITS_ONCE_H

#include "explain/waits/wait.h"

/*
 * Adds the thread of the process that runs the initialiser of the control waiting->object: one
 * whose frames show a call of pthread_once() that is not where it waits, and whose stack names the
 * control; the waiter itself where that is the only one. Leaves `certain` true only where one
 * thread alone can be meant, and sets the note where none can.
 */
void once_tell(const struct explanation *explanation, size_t index,
               const struct wait_sources *sources, struct waiting *waiting);

#endif
