#ifndef RACELAB_PRIMITIVES_TASK_QUEUE_H
#define RACELAB_PRIMITIVES_TASK_QUEUE_H

/*
 * Python's queue.Queue: a first-in, first-out queue between threads that also counts the work
 * not done yet, so that somebody can wait until all of it is.
 *
 * Any thread may call any function but init and release at any time between those two. What a
 * thread wrote before it put an item happens before the return of the get that takes that
 * item; what it wrote before task_done happens before the return of the join it completes.
 * Timeouts are milliseconds, see deadline.h.
 *
 * The queue carries pointers and never looks behind them: an item belongs to whoever put it
 * until the put succeeds, and to whoever got it afterwards.
 *
 * Different from Python: queue.Full and queue.Empty are -EAGAIN from a try and -ETIMEDOUT from
 * a timed call; there is no shutdown(), consumers are told to end by an item that means so.
 */

#include <pthread.h>
#include <stddef.h>

struct task_queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty; /* signalled once for each item put */
    pthread_cond_t not_full;  /* signalled once for each item got */
    pthread_cond_t all_done;  /* signalled when unfinished becomes 0 */
    void **items;             /* guarded by mutex; a ring of allocated places */
    size_t allocated;         /* guarded by mutex */
    size_t first;             /* guarded by mutex; where in items the oldest one stands */
    size_t size;              /* guarded by mutex */
    size_t unfinished;        /* guarded by mutex; items put, minus calls of task_done */
    size_t maxsize;           /* never changes after init; 0 for no bound */
};

/*
 * maxsize is the number of items the queue holds at most, 0 for as many as memory allows. The
 * queue belongs to the caller, who ends it with task_queue_release. Returns 0 or -ENOMEM.
 */
int task_queue_init(struct task_queue *queue, size_t maxsize);

/*
 * Nobody may use the queue any more. That task_queue_join has returned does not say that the
 * last consumer has left task_queue_task_done. Items still in the queue are forgotten, not freed.
 */
void task_queue_release(struct task_queue *queue);

/*
 * Adds item, which may be NULL, as the newest. A full queue makes task_queue_put wait,
 * task_queue_try_put return -EAGAIN, and task_queue_put_timed wait at most timeout_ms and then
 * return -ETIMEDOUT. Only a queue without bound can answer -ENOMEM. Returns 0 otherwise.
 */
int task_queue_put(struct task_queue *queue, void *item);
int task_queue_try_put(struct task_queue *queue, void *item);
int task_queue_put_timed(struct task_queue *queue, void *item, int timeout_ms);

/*
 * Takes the oldest item into *item. An empty queue makes task_queue_get wait,
 * task_queue_try_get return -EAGAIN, and task_queue_get_timed wait at most timeout_ms and then
 * return -ETIMEDOUT; *item is left alone then. Returns 0 otherwise.
 */
int task_queue_get(struct task_queue *queue, void **item);
int task_queue_try_get(struct task_queue *queue, void **item);
int task_queue_get_timed(struct task_queue *queue, void **item, int timeout_ms);

/*
 * Says that the work on one item is done; each consumer calls it once for each item it got.
 * Returns 0, or -EINVAL when it was called more often than there were items put.
 */
int task_queue_task_done(struct task_queue *queue);

/* Waits until task_done has been called for every item put. */
void task_queue_join(struct task_queue *queue);

/* Items in the queue now; by the time the caller looks at the answer it may be out of date. */
size_t task_queue_size(struct task_queue *queue);

#endif
