/*
 * Waits on several descriptors at a time: poll, select, epoll.
 */
#ifndef RACELAB_EXPLAIN_WAITS_WATCHED_H
#define RACELAB_EXPLAIN_WAITS_WATCHED_H

#include "explain/waits/wait.h"

bool watched_is_wait(long call);

/*
 * Sets `limited`, a name made of those of the descriptors, `fd` where it is one alone, and the
 * holders of their other ends.
 */
void watched_tell(const struct explanation *explanation, size_t index,
                  const struct proc_thread *sample, const struct wait_sources *sources,
                  struct waiting *waiting);

#endif
