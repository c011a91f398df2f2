/*
 * Waits for a lock on a file: who holds it, by /proc/locks and the descriptors of the tree.
 */
#ifndef RACELAB_EXPLAIN_WAITS_FILE_LOCK_H
#define RACELAB_EXPLAIN_WAITS_FILE_LOCK_H

#include "model/explanation.h"

/*
 * Sets name, fd and holders for thread `index`, which waits for a lock on `fd`. A lock of fcntl()
 * belongs to a process; one of flock() or of an open file description to every process that has
 * that description, so that a process may wait for itself there. `locks` is what
 * file_locks_read() gave while the thread waited: a stopped thread's wait is not listed.
 */
void file_lock_tell(const struct explanation *explanation, size_t index, int fd, const char *locks,
                    struct waiting *waiting);

/* The text of /proc/locks; free() it. */
char *file_locks_read(void);

#endif
