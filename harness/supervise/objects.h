/*
 * What a waiting thread's descriptors, paths and locks refer to, and whether anything outside its
 * process tree could make them ready: the answers behind struct wait_world, read from the system.
 */
#ifndef RACELAB_SUPERVISE_OBJECTS_H
#define RACELAB_SUPERVISE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "supervise/proc.h"
#include "supervise/waits.h"

/* What the supervisor gave the program from outside: the pipes of its output, and its input. */
struct served_pipe {
    dev_t device;
    ino_t inode;
};

/* Borrowed, and set anew for each thread that is looked at. */
struct object_context {
    pid_t pid;
    pid_t tid; /* paths go through the thread: the first thread of the process may have ended */
    const struct proc_table *table;
    const bool *member; /* member[i]: table->processes[i] is of the tree */
    const struct served_pipe *served;
    size_t served_count;
    bool strangers; /* the tree was not begun by the supervisor: others may hold what it holds */
};

/* The functions take a struct object_context as their context. */
struct wait_world objects_world(struct object_context *context);

/* True when the process owns a POSIX timer, whether or not it is armed (that cannot be seen); and
 * where that cannot be told. */
bool objects_timers(pid_t pid);

#endif
