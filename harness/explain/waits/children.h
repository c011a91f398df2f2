/*
 * Waits for child processes: which of them would end the wait.
 */
#ifndef RACELAB_EXPLAIN_WAITS_CHILDREN_H
#define RACELAB_EXPLAIN_WAITS_CHILDREN_H

#include <stdbool.h>

#include "model/explanation.h"
#include "supervise/proc.h"

/* True for a system call that sleeps until a child ends: wait4, waitid, and vfork in its forms,
 * which sleep until the child has begun another program. */
bool children_is_wait(const struct proc_thread *sample);

/* Adds a holder for each child that the call of thread `index` accepts. */
void children_tell(const struct explanation *explanation, size_t index,
                   const struct proc_thread *sample, struct waiting *waiting);

#endif
