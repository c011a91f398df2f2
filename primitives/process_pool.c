#include "process_pool.h"

#include "deadline.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In front of the bytes of either message; as large as any alignment asks for. */
union frame {
    uint32_t function; /* to the worker: which one to run */
    int32_t error;     /* from the worker: what it returned */
    max_align_t aligned;
};

/* One submitted call. Its future owns it, since the result lies in it. */
struct process_call {
    struct process_pool *pool;
    struct process_result result; /* of the thread that runs the call, until it is finished */
    void *answer;                 /* likewise; what result points into */
    size_t request_length;        /* with the frame */
    union frame request[];        /* the frame and the argument */
};

static void free_call(void *owned)
{
    struct process_call *call = owned;

    free(call->answer);
    free(call);
}

/* --- the worker process --- */

static int answer_call(struct pipe_channel *channel, int error, const void *result, size_t length)
{
    union frame *answer = NULL;
    int err;

    if (!error && length > PIPE_CHANNEL_MESSAGE_MAX - sizeof *answer)
        error = -EMSGSIZE;
    if (!error)
        answer = calloc(1, sizeof *answer + length);
    if (!answer) {
        const union frame failure = {.error = error ? error : -ENOMEM};

        return pipe_channel_send(channel, &failure, sizeof failure);
    }
    if (length > 0)
        memcpy(answer + 1, result, length);
    err = pipe_channel_send(channel, answer, sizeof *answer + length);
    free(answer);
    return err;
}

static void run_calls(struct pipe_channel *channel, process_function *const functions[])
{
    void *request, *result;
    size_t length, result_length;
    int error, err = 0;

    while (!err && pipe_channel_receive(channel, &request, &length) == 0) {
        const union frame *frame = request;

        result = NULL;
        result_length = 0;
        error =
            functions[frame->function](frame + 1, length - sizeof *frame, &result, &result_length);
        fflush(stdout);
        err = answer_call(channel, error, result, result_length);
        free(result);
        free(request);
    }
}

/* --- the parent, before it has threads and after they have ended --- */

static int start_worker(struct process_pool *pool, struct process_worker *worker,
                        process_function *const functions[])
{
    struct pipe_channel theirs;
    int err = pipe_channel_open(&worker->channel, &theirs, true);

    if (err)
        return err;
    fflush(stdout); /* or the worker would print what is buffered once more */
    worker->pid = fork();
    if (worker->pid == 0) {
        /* The workers before this one would not see their end of file while this one lives. */
        for (struct process_worker *other = pool->workers; other <= worker; other++)
            pipe_channel_close(&other->channel);
        run_calls(&theirs, functions);
        _exit(EXIT_SUCCESS);
    }
    err = worker->pid < 0 ? -errno : 0;
    pipe_channel_close(&theirs);
    if (err)
        pipe_channel_close(&worker->channel);
    return err;
}

/* Returns when the worker is dead and no zombie. */
static void reap(struct process_worker *worker)
{
    /* ECHILD: the program ignores SIGCHLD, or has reaped the worker itself. */
    while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    pipe_channel_close(&worker->channel);
    worker->pid = 0;
}

static void end_workers(struct process_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->workers[i].pid == 0)
            continue;
        /* Not just closed: a process forked by others may hold a copy of our end. */
        pipe_channel_hang_up(&pool->workers[i].channel);
        reap(&pool->workers[i]);
    }
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->workers);
}

int process_pool_init(struct process_pool *pool, size_t count, process_function *const functions[],
                      size_t function_count)
{
    int err = 0;

    memset(pool, 0, sizeof *pool);
    if (count == 0)
        return -EINVAL;
    pool->workers = calloc(count, sizeof *pool->workers);
    if (!pool->workers)
        return -ENOMEM;
    pthread_mutex_init(&pool->mutex, NULL);
    deadline_cond_init(&pool->changed);
    pool->function_count = function_count;
    while (pool->count < count && !err) {
        struct process_worker *worker = &pool->workers[pool->count];

        err = start_worker(pool, worker, functions);
        if (!err) {
            worker->next = pool->idle;
            pool->idle = worker;
            pool->alive = ++pool->count;
        }
    }
    if (!err)
        err = pool_init(&pool->threads, count, "process");
    if (err)
        end_workers(pool);
    return err;
}

void process_pool_release(struct process_pool *pool)
{
    pool_release(&pool->threads);
    end_workers(pool);
}

/* --- the parent's threads --- */

/* Waits for an idle worker; NULL when all are dead. */
static struct process_worker *take_worker(struct process_pool *pool)
{
    struct deadline never = deadline_after(DEADLINE_NEVER);
    struct process_worker *worker;

    pthread_mutex_lock(&pool->mutex);
    while (!pool->idle && pool->alive > 0)
        deadline_wait(&pool->changed, &pool->mutex, &never);
    worker = pool->idle;
    if (worker)
        pool->idle = worker->next;
    pthread_mutex_unlock(&pool->mutex);
    return worker;
}

static void give_worker_back(struct process_pool *pool, struct process_worker *worker)
{
    pthread_mutex_lock(&pool->mutex);
    worker->next = pool->idle;
    pool->idle = worker;
    pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
}

static void bury_worker(struct process_pool *pool, struct process_worker *worker)
{
    /* It may live on with a closed or garbled channel; a dead one cannot be hurt by this. */
    kill(worker->pid, SIGKILL);
    reap(worker);
    pthread_mutex_lock(&pool->mutex);
    pool->alive--;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
}

/* The pool_function of all calls. */
static int run_remotely(void *argument, void **value)
{
    struct process_call *call = argument;
    struct process_worker *worker;
    const union frame *frame;
    size_t length;
    int err;

    for (;;) {
        worker = take_worker(call->pool);
        if (!worker)
            return -ECHILD;
        err = pipe_channel_send(&worker->channel, call->request, call->request_length);
        if (!err)
            break;
        /* It has not received the whole call, so it has not begun: another one may run it. */
        bury_worker(call->pool, worker);
        if (err != -EPIPE)
            return err;
    }
    err = pipe_channel_receive(&worker->channel, &call->answer, &length);
    if (err || length < sizeof *frame) {
        bury_worker(call->pool, worker);
        return err == -ENOMEM ? err : -EOWNERDEAD;
    }
    give_worker_back(call->pool, worker);
    frame = call->answer;
    call->result.data = frame + 1;
    call->result.length = length - sizeof *frame;
    *value = &call->result;
    return frame->error;
}

int process_pool_submit(struct process_pool *pool, size_t function, const void *argument,
                        size_t length, struct future **future)
{
    struct process_call *call;
    int err;

    if (function >= pool->function_count)
        return -EINVAL;
    if (length > PIPE_CHANNEL_MESSAGE_MAX - sizeof(union frame))
        return -EMSGSIZE;
    call = calloc(1, sizeof *call + sizeof(union frame) + length);
    if (!call)
        return -ENOMEM;
    call->pool = pool;
    call->request_length = sizeof(union frame) + length;
    call->request->function = (uint32_t)function;
    if (length > 0)
        memcpy(call->request + 1, argument, length);
    err = pool_submit(&pool->threads, run_remotely, call, future);
    if (err)
        free_call(call);
    else
        future_own(*future, call, free_call);
    return err;
}

int process_pool_result(struct future *future, int timeout_ms, const struct process_result **result)
{
    void *value = NULL;
    int err = future_result(future, timeout_ms, &value);

    if (!err)
        *result = value;
    return err;
}

int process_pool_shutdown(struct process_pool *pool, bool wait, bool cancel_pending)
{
    return pool_shutdown(&pool->threads, wait, cancel_pending);
}
