/*
 * Who can end a wait: the holders of a thread's wait, from thread ids and processes.
 */
#ifndef RACELAB_EXPLAIN_WAITS_HOLDER_H
#define RACELAB_EXPLAIN_WAITS_HOLDER_H

#include "model/explanation.h"

/* Both NO_INDEX where the explanation has none such. */
size_t holder_find_process(const struct explanation *explanation, pid_t pid);
size_t holder_find_thread(const struct explanation *explanation, pid_t tid);

/* Adds a holder to the wait. Takes `who` over. `fd`: -1 for none. */
void holder_add(struct waiting *waiting, size_t thread, size_t process, char *who, int fd);

/* A process that is no part of the tree: "pid 812 (nginx)", or "a process that has ended". */
char *holder_outsider(pid_t pid);

/* Adds the process, as one of the tree or as an outsider; once, however often it is asked to. */
void holder_add_process(const struct explanation *explanation, struct waiting *waiting, pid_t pid,
                        int fd);

/*
 * Adds the owner of a lock that the thread `waiter` waits for, by the thread id in the lock.
 * `shared`: the lock is for several processes. In a lock that is not, the id of a thread that its
 * process does not have is of before a fork, or of a thread that has ended.
 */
void holder_add_owner(const struct explanation *explanation, size_t waiter, pid_t owner,
                      bool shared, struct waiting *waiting);

#endif
