#ifndef RACELAB_PRIMITIVES_DEADLINE_H
#define RACELAB_PRIMITIVES_DEADLINE_H

/*
 * Deadlines: the one place where the primitives look at a clock and wait.
 *
 * A timeout is an int number of milliseconds, read as poll(2) reads it: negative waits without
 * limit, 0 does not wait. Python counts seconds in a float and says None for no limit; an int
 * cannot be a NaN. A call turns its timeout into a deadline once, so spurious wake-ups and
 * interrupted system calls do not stretch the wait. The clock is CLOCK_MONOTONIC: somebody who
 * sets the time of day neither cuts a wait short nor makes it endless.
 */

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

enum { DEADLINE_NEVER = -1 }; /* the timeout that waits without limit */

/* A plain value: copy it freely, one thread at a time. */
struct deadline {
    bool never;
    struct timespec at; /* CLOCK_MONOTONIC; without meaning when never is true */
};

struct deadline deadline_after(int timeout_ms);

/* Milliseconds left, rounded up, as poll(2) takes them: -1 for never, 0 when it has passed. */
int deadline_remaining(const struct deadline *deadline);

/*
 * Initialises a condition that measures deadlines as deadline_wait does: with its default
 * attributes a condition measures CLOCK_REALTIME. pthread_cond_destroy ends it. The C library
 * allocates nothing for a condition, so there is no failure to report.
 */
void deadline_cond_init(pthread_cond_t *cond);

/*
 * Waits on cond, which deadline_cond_init has initialised, with mutex held. Returns 0 after a
 * wake-up, which may be spurious, and -ETIMEDOUT when the deadline has passed. The caller tests
 * its predicate again in both cases: a deadline may pass just as the predicate becomes true.
 */
int deadline_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct deadline *deadline);

/*
 * Waits until poll(2) reports events, an error or a hang-up on fd: what to do about those is
 * for the read or write that follows. Signals do not end the wait. Returns 0, -ETIMEDOUT,
 * -EBADF for a descriptor that is not open, or another negative errno.
 */
int deadline_poll(int fd, short events, const struct deadline *deadline);

#endif
