#ifndef RACELAB_PRIMITIVES_FUTURE_H
#define RACELAB_PRIMITIVES_FUTURE_H

/*
 * Python's concurrent.futures.Future: the place where the result of a task will appear.
 *
 *     PENDING --start--> RUNNING --finish--> FINISHED
 *        '-----cancel--> CANCELLED
 *
 * A future has two sides: the submitter asks (result, cancel, ...), the executor answers (start,
 * finish). Each side holds a reference, so either may be done with it first. With a reference,
 * any thread may call any function at any time. What a task wrote before future_finish happens
 * before the return of a future_result that answers with its result. Timeouts are milliseconds,
 * see deadline.h.
 *
 * Different from Python: an exception is a negative error value. A cancelled future counts as
 * done, and as_completed hands it out, as soon as it is cancelled, not when the executor meets
 * it. In place of add_done_callback there are watchers, which run with the future locked: enough
 * for as_completed, too sharp for more.
 */

#include <pthread.h>
#include <stdbool.h>

enum future_state { FUTURE_PENDING, FUTURE_RUNNING, FUTURE_CANCELLED, FUTURE_FINISHED };

struct future_watcher;

struct future {
    pthread_mutex_t mutex;
    pthread_cond_t done;             /* signalled when state becomes CANCELLED or FINISHED */
    enum future_state state;         /* guarded by mutex */
    unsigned references;             /* guarded by references_mutex in future.c */
    int error;                       /* guarded by mutex; the task's, once FINISHED */
    void *value;                     /* guarded by mutex; the task's, once FINISHED */
    void *owned;                     /* guarded by mutex; see future_own */
    void (*free_owned)(void *owned); /* guarded by mutex */
    struct future_watcher *watchers; /* guarded by mutex */
};

/* A pending future with one reference, the caller's; NULL when there is no memory. */
struct future *future_new(void);

/* One more reference to the same future, which is returned. */
struct future *future_share(struct future *future);

/* Gives one reference back; the last one frees the future. NULL is allowed. */
void future_free(struct future *future);

/*
 * Leaves owned to the future, which calls free_owned(owned) when it is freed: for arguments and
 * results that must live as long as somebody can ask for them. To be called at most once.
 */
void future_own(struct future *future, void *owned, void (*free_owned)(void *owned));

/*
 * Waits until the future is done. Returns 0 and the task's value in *value; or the task's own
 * error; or -ECANCELED; or -ETIMEDOUT when it is not done yet. *value is left alone unless 0 is
 * returned, and value may be NULL. As in Python a task may itself fail with one of the last two:
 * future_cancelled and future_done tell them apart.
 */
int future_result(struct future *future, int timeout_ms, void **value);

/*
 * Keeps the task from being started. 0, also when it is cancelled already; -EBUSY when it runs
 * or has run.
 */
int future_cancel(struct future *future);

bool future_cancelled(struct future *future);
bool future_running(struct future *future);
bool future_done(struct future *future); /* cancelled or finished */

/* For executors: true makes a pending future run; false, it was cancelled and must be left. */
bool future_start(struct future *future);

/*
 * For executors: the running task has ended with error (0, or what its caller shall be told)
 * and value. Returns 0, or -EINVAL when the future was not running.
 */
int future_finish(struct future *future, int error, void *value);

/*
 * Wants to be told when a future is done. completed is called once, by whichever thread makes
 * it done or adds the watcher, with the future locked: it must not call back into the future,
 * and locks it takes come after the future's in the lock order. The struct belongs to the
 * caller and stays where it is until completed was called or future_unwatch has returned.
 */
struct future_watcher {
    void (*completed)(struct future_watcher *watcher); /* never changes while watching */
    struct future_watcher *next; /* guarded by the future's mutex until completed is called */
};

void future_watch(struct future *future, struct future_watcher *watcher);

/* completed will not be called any more. Harmless when it was called already. */
void future_unwatch(struct future *future, struct future_watcher *watcher);

#endif
