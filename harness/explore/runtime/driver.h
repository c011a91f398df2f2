/*
 * For tests of the runtime: runs a small program under it, once or by its fork server, and gives the block as the run
 * left it. Not for programs that leave processes behind. Fails the cmocka test on any failure of its own.
 *
 * RUNTIME is the path of racelab-explore.so and SUBJECTS the folder of the programs in testprogs, both
 * compile definitions.
 */
#ifndef RACELAB_EXPLORE_DRIVER_H
#define RACELAB_EXPLORE_DRIVER_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct driver {
    struct wire_block
        *block;           /* the plan is to be filled before a run, the outcome is there after it */
    char *path;           /* of the block's file */
    const char *program;  /* name of a program in SUBJECTS, or a path */
    const char *argument; /* NULL: none */
    bool server;          /* by the fork server, which runs until driver_close() */
    bool linked;          /* the runtime is linked into the program, not preloaded */
    unsigned time_limit_ms; /* then the run is killed; 0: 20 seconds */
    bool unfit;             /* the program must not be forked; nothing was run */
    pid_t pid;              /* the fork server's */
    int commands, answers;
};

/* Zeroes the plan: STAY, no guide, no limit of points; WIRE_RECORD is set. */
void driver_open(struct driver *driver, const char *program, const char *argument, bool server);
void driver_close(struct driver *driver);
/* One run; its wait status. -1: it was killed at its time limit, or is unfit. */
int driver_run(struct driver *driver);
/* Puts a segment behind the guide. */
void driver_guide(struct driver *driver, unsigned thread, uint32_t until);
/* How often the steps of the last run have this operation by this thread. */
size_t driver_count(const struct driver *driver, enum wire_op op, unsigned thread);
/* Tells the steps and the outcome on stderr, to find out why a test fails. */
void driver_tell(const struct driver *driver);

#endif
