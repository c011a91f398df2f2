/*
 * Runs the modes of a program of testprogs in many schedules, and compares what came of them with what must come.
 */
#ifndef RACELAB_EXPLORE_MODES_TEST_SUPPORT_H
#define RACELAB_EXPLORE_MODES_TEST_SUPPORT_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct expected {
    const char *mode;
    unsigned ends;       /* 1 << enum wire_end: those, and all of them, in the schedules */
    unsigned statuses;   /* 1 << exit status, likewise, where it exited */
    const char *message; /* where it ended as WIRE_DESTROYED; several between '|', each seen */
    unsigned flags;      /* of the plan */
    unsigned lost;       /* enum wire_lost: may be noted; nothing else is, in any schedule */
    unsigned seeds;      /* 0: 200 */
    bool compare; /* what it prints is in every schedule what it prints without the runtime */
    bool clean;   /* ThreadSanitizer has nothing to say, in any schedule */
};

#define ENDS(end) (1u << (end))
#define EXITS     ENDS(WIRE_EXITED)
#define DEADLOCKS ENDS(WIRE_DEADLOCK)
#define DESTROYS  ENDS(WIRE_DESTROYED)
#define STATUS(n) (1u << (n))

/* All of them: once as it comes (WIRE_STAY), then with random schedules. */
void modes_run(const char *program, const struct expected *modes, size_t count);
/* Those that are clean, built with ThreadSanitizer and the runtime inside, in some random schedules: what can come of them
 * is the same. */
void modes_run_tsan(const char *program, const struct expected *modes, size_t count);

/* One schedule, by its guide of pairs (thread, until), ended by {0, 0}. */
struct guided {
    const char *mode;
    struct wire_segment guide[8];
    enum wire_end end;
    int status;
    const char *message; /* NULL: not looked at */
};
void modes_guided(const char *program, const struct guided *schedules, size_t count);
/* Likewise with WIRE_STUCK_FOR_REAL: each ends in a deadlock, in which the threads then stay. */
void modes_stuck(const char *program, const struct guided *schedules, size_t count);

#endif
