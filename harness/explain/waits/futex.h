/*
 * Waits by a futex: which lock object the word belongs to, and who could end the wait.
 */
#ifndef RACELAB_EXPLAIN_WAITS_FUTEX_H
#define RACELAB_EXPLAIN_WAITS_FUTEX_H

#include "explain/waits/wait.h"

/* True for a system call by which a thread waits on a futex. */
bool futex_is_wait(long call);

/* Fills `waiting`, which is empty but for fd, count and needed (-1), for a thread in such a
 * call. */
void futex_tell(const struct explanation *explanation, size_t index,
                const struct proc_thread *sample, const struct wait_sources *sources,
                struct waiting *waiting);

#endif
