#ifndef RACELAB_PRIMITIVES_POOL_H
#define RACELAB_PRIMITIVES_POOL_H

/*
 * Python's concurrent.futures.ThreadPoolExecutor: a fixed number of threads that run submitted
 * functions in the order of submission and leave the results in futures.
 *
 * Any thread, a task included, may call pool_submit and pool_shutdown at any time between
 * pool_init and pool_release. What a thread wrote before pool_submit happens before the task
 * starts. A task that waits for the future of another task occupies its thread meanwhile: when
 * all threads wait for tasks that are still queued, nobody is left to run those.
 *
 * Different from Python: all threads start in pool_init, not one by one as tasks come in; a
 * task reports failure by its return value; a program that ends without pool_shutdown does not
 * wait for the tasks.
 */

#include "future.h"
#include "thread.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A task. Returns 0 with its value in *value, which is NULL at first, or a negative error;
 * future_result passes both on. Who frees argument and value is between task and submitter.
 */
typedef int pool_function(void *argument, void **value);

struct pool_task {
    struct pool_task *next;  /* guarded by the pool's mutex */
    pool_function *function; /* these three never change once the task is queued */
    void *argument;
    struct future *future; /* the executor's reference */
};

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t changed;  /* a task was queued, or the pool was shut down */
    struct pool_task *first; /* guarded by mutex; the oldest task not started */
    struct pool_task *last;  /* guarded by mutex; without meaning when first is NULL */
    bool shut_down;          /* guarded by mutex */
    struct thread *threads;  /* the pointer never changes after init */
    size_t count;            /* never changes after init */
};

/*
 * Starts count threads, called "NAME-0" and so on. The pool belongs to the caller and stays
 * where it is until pool_release. 0; -EINVAL for no threads at all; -ENOMEM; -EAGAIN when the
 * system has not that many threads to give. Nothing is left behind after a failure.
 */
int pool_init(struct pool *pool, size_t count, const char *name);

/* Waits as pool_shutdown(pool, true, false) does; not to be called by a task of the pool. */
void pool_release(struct pool *pool);

/*
 * Queues function(argument). 0 and in *future a reference that the caller gives back with
 * future_free, before or after the task has run; -ESHUTDOWN after pool_shutdown; -ENOMEM.
 */
int pool_submit(struct pool *pool, pool_function *function, void *argument, struct future **future);

/*
 * Refuses new tasks from now on. Those that are queued still run, or, with cancel_pending, are
 * cancelled; those that run are never disturbed. With wait it returns when all threads have
 * ended. It may be called again. 0, or -EDEADLK when a task of this pool asks to wait: the rest
 * has happened by then.
 */
int pool_shutdown(struct pool *pool, bool wait, bool cancel_pending);

#endif
