/*
 * Ending every process below a keeper, however it defends itself.
 */
#ifndef RACELAB_SUPERVISE_CLEAR_H
#define RACELAB_SUPERVISE_CLEAR_H

#include <stdbool.h>
#include <sys/types.h>

#include "supervise/proc.h"

/*
 * Sends a signal to every marked process of the table that is alive, and to their process groups:
 * the kernel signals a group and forks a member of it one after the other, so that a group cannot
 * outgrow the signal. The caller's own group is left alone, and only its marked members are
 * signalled one by one. Returns how many were alive and not stopped yet.
 */
size_t clear_signal(const struct proc_table *table, const bool *member, int signal_number);

/* Whether a process is to be ended. */
typedef bool clear_doomed_fn(const struct proc_process *process, const void *user);

/*
 * Kills children of `parent` whose pid lies just above `after`, those that are `doomed`; all of
 * them where that is NULL. A process that forks, ends and leaves its child to do the same is gone
 * before a reading of the whole table is done; but when it is reaped, its successor is the caller's
 * child and has one of the next pids.
 */
void clear_successors(pid_t parent, pid_t after, clear_doomed_fn *doomed, const void *user);

#endif
