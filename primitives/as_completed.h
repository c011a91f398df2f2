#ifndef RACELAB_PRIMITIVES_AS_COMPLETED_H
#define RACELAB_PRIMITIVES_AS_COMPLETED_H

/*
 * Python's concurrent.futures.as_completed: hands out futures in the order in which they are
 * done, those that are done already first, in the order of the array.
 *
 * One thread at a time uses an iterator; the futures may be used by anybody meanwhile, other
 * iterators included. Timeouts are milliseconds, see deadline.h.
 *
 * Different from Python: the time limit is that of one step, not of the whole iteration, and a
 * future that is listed twice is handed out twice.
 */

#include "future.h"

#include <pthread.h>
#include <stddef.h>

enum { AS_COMPLETED_END = 1 };

struct as_completed_entry {
    struct future_watcher watcher;
    struct as_completed *iterator;   /* never changes after init */
    struct future *future;           /* never changes after init */
    struct as_completed_entry *next; /* guarded by the iterator's mutex; in its list ready */
};

struct as_completed {
    pthread_mutex_t mutex; /* comes after any future's mutex in the lock order */
    pthread_cond_t completed;
    struct as_completed_entry *ready;     /* guarded by mutex; done, not handed out yet */
    struct as_completed_entry *ready_end; /* guarded by mutex; the last of them */
    struct as_completed_entry *entries;   /* the pointer never changes after init */
    size_t count;                         /* never changes after init */
    size_t handed_out;                    /* of the one thread that iterates */
};

/*
 * Prepares to iterate over count futures. The array is not needed afterwards; the caller keeps
 * its references to the futures until as_completed_release. Returns 0 or -ENOMEM.
 */
int as_completed_init(struct as_completed *iterator, struct future *const futures[], size_t count);

/* May come before the end of the iteration; the futures are then no longer watched. */
void as_completed_release(struct as_completed *iterator);

/*
 * Waits for the next future that is done. 0 and *future, the caller's own pointer without a new
 * reference; AS_COMPLETED_END after the last one; -ETIMEDOUT, after which one may go on.
 */
int as_completed_next(struct as_completed *iterator, int timeout_ms, struct future **future);

#endif
