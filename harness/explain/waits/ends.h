/*
 * Which processes have the other end of what a thread waits on.
 *
 * Nothing is opened. To open a pipe through /proc, even for a moment, makes another reader or
 * writer of it: a program could miss its SIGPIPE, or a thread waiting in open() for the other side
 * could wake. What a pipe holds is instead asked by a copy of the very description that the thread
 * sleeps in (pidfd_getfd): its end is open for as long as the thread sleeps, so a copy changes
 * nothing, and should the process die in those microseconds, its end is merely closed that much
 * later.
 */
#ifndef RACELAB_EXPLAIN_WAITS_ENDS_H
#define RACELAB_EXPLAIN_WAITS_ENDS_H

#include <stdbool.h>

#include "model/explanation.h"

/*
 * Adds, for a wait of thread `index` on its descriptor, each process that has the other end: those
 * of the tree, then outsiders. Of a pipe or FIFO, those that have it open for writing where the
 * thread waits for data, for reading where it waits for room; of a connected UNIX socket or TCP
 * socket on this machine, those that have the peer; of an eventfd, all that have it.
 */
void ends_add_holders(const struct explanation *explanation, size_t index, int fd, bool for_room,
                      struct waiting *waiting);

/* All of a wait on one descriptor: sets fd, name, holders, of a pipe count and needed, and a note
 * where no other end is found. */
void ends_tell(const struct explanation *explanation, size_t index, int fd, bool for_room,
               struct waiting *waiting);

/* The same for a POSIX message queue: those that have it open the other way. */
void ends_tell_queue(const struct explanation *explanation, size_t index, int fd, bool for_room,
                     struct waiting *waiting);

/* Sets the name where a thread waits in open() of a FIFO for its other side; false where `path`, as
 * the process sees it, is none. */
bool ends_tell_open(const struct explanation *explanation, size_t index, int dir, const char *path,
                    struct waiting *waiting);

#endif
