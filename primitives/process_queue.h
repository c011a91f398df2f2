#ifndef RACELAB_PRIMITIVES_PROCESS_QUEUE_H
#define RACELAB_PRIMITIVES_PROCESS_QUEUE_H

/*
 * Python's multiprocessing.Queue with a bound: a first-in, first-out queue of messages between
 * a process and those it forks, in shared memory.
 *
 * Any thread of any process that has the queue may put and get at any time; each process has
 * its own struct, a copy made by fork, and releases it itself. Timeouts are milliseconds, see
 * deadline.h.
 *
 * A process may die at any instruction, also with the queue locked, and the others go on:
 * - The mutex is robust: the next one to lock it learns of the death and repairs the queue.
 * - A put or a get takes effect by one store. A message is in the queue whole, or not at all.
 * - Nobody waits on a process-shared condition. glibc counts the waiters of a condition in
 *   shared memory: when one of them is killed it stays counted, and sooner or later a
 *   pthread_cond_signal waits for ever for it to leave, with the mutex locked. A process waits
 *   in poll(2) on an event descriptor instead, where the kernel forgets it when it dies. The
 *   price is that a message wakes all who wait for one, and that all but one wait again.
 *
 * Different from Python: a put copies the message into the queue before it returns, with no
 * feeder thread behind it, so there is nothing to flush when the process ends. Messages are
 * bytes with a maximal length. In Python a process that is killed inside the queue leaves it
 * locked or corrupted. There is no task_done and no join.
 */

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* What the processes share; slots of equal size follow it. */
struct process_queue_shared {
    pthread_mutex_t mutex; /* process-shared and robust */
    uint64_t put_count;    /* guarded by mutex; messages ever put; one store is the put */
    uint64_t got_count;    /* guarded by mutex; messages ever got; one store is the get */
    _Alignas(16) unsigned char slots[];
};

/* Each process has its own; nothing in it changes between init (or fork) and release. */
struct process_queue {
    struct process_queue_shared *shared;
    size_t mapped;    /* bytes of shared */
    size_t capacity;  /* slots */
    size_t slot_size; /* bytes from one slot to the next */
    size_t message_max;
    int not_empty_fd; /* an event descriptor, readable while the queue is not empty */
    int not_full_fd;  /* likewise while it is not full */
};

/*
 * A queue of at most capacity messages of at most message_max bytes each. To be called before
 * the fork of the processes that shall have it. 0; -EINVAL for a capacity of 0; -EOVERFLOW;
 * -ENOMEM, -EMFILE or another negative errno.
 */
int process_queue_init(struct process_queue *queue, size_t capacity, size_t message_max);

/* Gives up this process's access; no thread of it may be using the queue. */
void process_queue_release(struct process_queue *queue);

/*
 * Adds a message of length bytes as the newest. A full queue makes process_queue_put wait,
 * process_queue_try_put return -EAGAIN, and process_queue_put_timed wait at most timeout_ms and
 * then return -ETIMEDOUT. -EMSGSIZE when it is longer than message_max. Returns 0 otherwise.
 */
int process_queue_put(struct process_queue *queue, const void *data, size_t length);
int process_queue_try_put(struct process_queue *queue, const void *data, size_t length);
int process_queue_put_timed(struct process_queue *queue, const void *data, size_t length,
                            int timeout_ms);

/*
 * Takes the oldest message into data, which has room for size bytes, and tells its *length. An
 * empty queue makes process_queue_get wait, process_queue_try_get return -EAGAIN, and
 * process_queue_get_timed wait at most timeout_ms and then return -ETIMEDOUT. When the oldest
 * message has more than size bytes it stays, -EMSGSIZE is returned, and *length says how many.
 * Returns 0 otherwise.
 */
int process_queue_get(struct process_queue *queue, void *data, size_t size, size_t *length);
int process_queue_try_get(struct process_queue *queue, void *data, size_t size, size_t *length);
int process_queue_get_timed(struct process_queue *queue, void *data, size_t size, size_t *length,
                            int timeout_ms);

/* Messages in the queue now; by the time the caller looks at it the answer may be out of date. */
size_t process_queue_size(struct process_queue *queue);

#endif
