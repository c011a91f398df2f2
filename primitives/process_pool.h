#ifndef RACELAB_PRIMITIVES_PROCESS_POOL_H
#define RACELAB_PRIMITIVES_PROCESS_POOL_H

/*
 * Python's concurrent.futures.ProcessPoolExecutor: a fixed number of child processes that run
 * given functions on bytes and leave the results in futures, which as_completed takes as well.
 *
 * Inside it is a thread pool with as many threads as there are worker processes. The task of a
 * thread is to take one call to an idle worker and to wait for the answer.
 *
 * Any thread may call process_pool_submit and process_pool_shutdown at any time between init and
 * release. process_pool_init forks, and a fork copies only the calling thread: a mutex that
 * another thread holds at that moment stays locked in the child for ever. So make the pool
 * before the process has other threads, and before other pools.
 *
 * A worker that dies while it runs a function gives that call the error -EOWNERDEAD; one that
 * dies between two calls is noticed before the next is sent, and costs no call. Every worker is
 * waited for, at the latest by process_pool_release, so none is left as a zombie. Its death is
 * seen as the end of file on its socket: a function that forks must not leave a child behind
 * that keeps descriptors open. The other way round, a worker ends after its present call when
 * the process that made the pool has died.
 *
 * Different from Python: functions are named by their place in a table given at creation. After
 * a death the pool goes on with the workers that are left, where Python declares the whole pool
 * broken: nothing is known to be wrong with the others. It does not replace the dead, because
 * that would be a fork with threads running. A worker ends by _exit: functions registered with
 * atexit do not run in it. Its standard output is flushed after each call.
 */

#include "future.h"
#include "pipe_channel.h"
#include "pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Runs in a worker. argument has length bytes, is aligned for any type and followed by a 0 byte;
 * it belongs to the worker. *result is NULL and *result_length 0 at first; the function may
 * put there memory from malloc, which the worker frees. Returns 0 or a negative error.
 */
typedef int process_function(const void *argument, size_t length, void **result,
                             size_t *result_length);

/* data is aligned for any type and followed by a 0 byte. */
struct process_result {
    const void *data;
    size_t length;
};

struct process_worker {
    pid_t pid;                   /* of whoever took the worker from the list idle; 0 when dead */
    struct pipe_channel channel; /* likewise; our end */
    struct process_worker *next; /* guarded by the process pool's mutex; in its list idle */
};

struct process_pool {
    struct pool threads; /* guards itself */
    pthread_mutex_t mutex;
    pthread_cond_t changed;         /* signalled when idle or alive changes */
    struct process_worker *idle;    /* guarded by mutex */
    size_t alive;                   /* guarded by mutex; workers not known to be dead */
    struct process_worker *workers; /* the pointer never changes after init */
    size_t count;                   /* never changes after init */
    size_t function_count;          /* never changes after init */
};

/*
 * Forks count workers that know the given functions; the table is not needed afterwards. The
 * pool belongs to the caller and stays where it is until process_pool_release. 0; -EINVAL for no
 * workers; -ENOMEM; -EMFILE, -EAGAIN and other negative errno from the system. Nothing is left
 * behind after a failure.
 */
int process_pool_init(struct process_pool *pool, size_t count, process_function *const functions[],
                      size_t function_count);

/*
 * Waits for all calls as process_pool_shutdown(pool, true, false) does, then for the workers to
 * end. Futures may outlive the pool.
 */
void process_pool_release(struct process_pool *pool);

/*
 * Queues functions[function](argument, length); the argument is copied. 0 and in *future a
 * reference that the caller gives back with future_free; -EINVAL when there is no such function;
 * -EMSGSIZE when the argument does not fit into a message; -ESHUTDOWN after a shutdown; -ENOMEM.
 */
int process_pool_submit(struct process_pool *pool, size_t function, const void *argument,
                        size_t length, struct future **future);

/*
 * As future_result, for futures of a process pool only. *result is valid as long as the caller
 * keeps its reference to the future. To the errors of the function itself come -EOWNERDEAD, its
 * worker has died and how far the function came is unknown; -ECHILD, no worker was left to run
 * it; -EMSGSIZE, the result did not fit into a message; -ENOMEM.
 */
int process_pool_result(struct future *future, int timeout_ms,
                        const struct process_result **result);

/* As pool_shutdown. */
int process_pool_shutdown(struct process_pool *pool, bool wait, bool cancel_pending);

#endif
