/*
 * Which descriptors lead to this process alone. A thread that waits at one of those waits for another thread of
 * the program, and for nobody else: that it can never go on is then certain.
 *
 * Ours: both ends of pipes and of pairs of sockets that were made here, event counters, and connections between two
 * sockets of this process, while no process has been forked that has them too. All else may be somebody else's,
 * files and terminals, and whatever was there before the program began.
 *
 * For the thread that has the turn.
 */
#ifndef RACELAB_EXPLORE_DESCRIPTORS_H
#define RACELAB_EXPLORE_DESCRIPTORS_H

#include <stdbool.h>
#include <stdint.h>

enum descriptor_kind {
    DESCRIPTOR_FOREIGN, /* or nothing is known of it */
    DESCRIPTOR_PIPE,
    DESCRIPTOR_EVENT,
    DESCRIPTOR_SOCKET,
    DESCRIPTOR_EPOLL, /* all that it watches is ours */
};

void descriptor_is(int fd, enum descriptor_kind kind);
/* A copy of `from`, by dup() and its like. */
void descriptor_copied(int from, int to);
void descriptor_closed(int fd);
void descriptors_closed(unsigned first, unsigned last);
/* Another process has them too, from now on. */
void descriptors_shared(void);

bool descriptor_ours(int fd);
enum descriptor_kind descriptor_kind(int fd);
/* It watches one more. */
void descriptor_watched(int epoll, int fd);
/* Other sockets may be connected to it. */
void descriptor_listens(int fd);
/* Whether a socket of this process is known to listen there; all those of the local domain are taken for such. */
bool descriptor_listener(const void *address, unsigned size);
/* A connected socket: whether the other end is one of this process. */
void descriptor_connected(int fd);

/* How many connections of this process to itself were made or accepted so far: a reason for a socket that listens to become ready. */
unsigned descriptor_connections(void);

/* What poll() says of it now: no waiting. 0: nothing yet. */
short descriptor_state(int fd, short events);
/* Calls on it do not wait. */
bool descriptor_nonblocking(int fd);
/* A regular file, a folder or a block device: calls on it wait for nobody. */
bool descriptor_is_file(int fd);

#endif
