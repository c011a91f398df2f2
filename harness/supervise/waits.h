/*
 * Does a sampled thread wait without end?
 *
 * It does when only another thread of the same process tree could wake it: a futex or a wait for a
 * child without time limit, a transfer on a pipe that both ends of are in the tree, and so on. What
 * cannot be told counts as a wait that may end, so that a hang is never claimed without a proof.
 */
#ifndef RACELAB_SUPERVISE_WAITS_H
#define RACELAB_SUPERVISE_WAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "supervise/proc.h"

enum wait_kind {
    WAIT_MAY_END, /* it runs, is stopped, sleeps for a time, or something outside may wake it */
    WAIT_ENDLESS, /* only a thread of the tree can wake it */
    WAIT_HIDDEN,  /* asleep, but its system call cannot be seen */
};

/* What a thread's numbers refer to; `context` says whose. Each answers false where it cannot tell. */
struct wait_world {
    bool (*fd_inside)(void *context, int fd); /* only the tree can make this descriptor ready */
    bool (*epoll_inside)(void *context,
                         int fd); /* the same for all that an epoll instance watches */
    bool (*lock_inside)(void *context, int fd); /* so is the lock on this file that it waits for */
    bool (*fifo_at)(void *context, int dir, uint64_t path); /* the path names a FIFO */
    bool (*read)(void *context, uint64_t address, void *buffer, size_t length); /* its memory */
    bool (*futex_inside)(void *context, uint64_t address);    /* only the tree has this memory */
    bool (*ipc_inside)(void *context, bool messages, int id); /* of System V: a queue or a set */
    bool alone; /* nobody outside the tree sends it signals */
    void *context;
};

/* Pure: everything it knows comes from its arguments. A thread in state 'Z' or 'X' has ended and is
 * not for this function. */
enum wait_kind wait_classify(const struct proc_thread *thread, const struct wait_world *world);

/* True in a program that ThreadSanitizer is in, by the size of its address space. */
bool wait_has_shadow(const struct proc_thread *thread);

/*
 * The thread that ThreadSanitizer's runtime adds to a process: it sleeps for 100 ms at a time by the
 * bare nanosleep call with one timespec for request and remainder, blocks every asynchronous signal,
 * and lives in an address space with terabytes of shadow reserved. The C library's own sleeping
 * functions make other calls, and nothing else reserves that much. A program that makes the bare
 * call itself mostly asks for another time.
 */
bool wait_is_tsan_background(const struct proc_thread *thread, const struct wait_world *world);

#endif
