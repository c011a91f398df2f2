/*
 * Has anybody outside a process tree what a thread of it waits on? Told of processes that this one
 * may look into; of others nothing is known.
 */
#ifndef RACELAB_SUPERVISE_OUTSIDE_H
#define RACELAB_SUPERVISE_OUTSIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "supervise/objects.h"

/* True when a process outside has this inode open. */
bool outside_has_open(const struct object_context *context, const struct stat *wanted);

/* True when the process has a queue of requests to the kernel (io_uring, AIO), whose completion may
 * wake it by an eventfd, after a time or from outside; and where that cannot be told. */
bool outside_has_requests(pid_t pid);

/* The answers behind futex_inside and ipc_inside of struct wait_world: that only the tree has this
 * memory mapped; and that the queue or set was made without a key, so that others cannot find it.
 * `context` is a struct object_context. */
bool outside_lacks_memory(void *context, uint64_t address);
bool outside_lacks_ipc(void *context, bool messages, int id);

#endif
