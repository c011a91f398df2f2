#include "pool.h"

#include "deadline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_task(struct pool_task *task)
{
    future_free(task->future);
    free(task);
}

/* The oldest task, or NULL when none is left and none will come. */
static struct pool_task *next_task(struct pool *pool)
{
    struct deadline never = deadline_after(DEADLINE_NEVER);
    struct pool_task *task;

    pthread_mutex_lock(&pool->mutex);
    while (!pool->first && !pool->shut_down)
        deadline_wait(&pool->changed, &pool->mutex, &never);
    task = pool->first;
    if (task)
        pool->first = task->next;
    pthread_mutex_unlock(&pool->mutex);
    return task;
}

static void run_tasks(void *argument)
{
    struct pool *pool = argument;
    struct pool_task *task;

    while ((task = next_task(pool)) != NULL) {
        if (future_start(task->future)) {
            void *value = NULL;
            int error = task->function(task->argument, &value);

            future_finish(task->future, error, value);
        }
        free_task(task);
    }
}

int pool_init(struct pool *pool, size_t count, const char *name)
{
    int err = 0;

    memset(pool, 0, sizeof *pool);
    if (count == 0)
        return -EINVAL;
    pool->threads = calloc(count, sizeof *pool->threads);
    if (!pool->threads)
        return -ENOMEM;
    pthread_mutex_init(&pool->mutex, NULL);
    deadline_cond_init(&pool->changed);
    while (pool->count < count && !err) {
        struct thread *thread = &pool->threads[pool->count];
        char thread_name[THREAD_NAME_SIZE];

        snprintf(thread_name, sizeof thread_name, "%s-%zu", name, pool->count);
        /* Daemon: thread_join_all must not wait for threads that only a shutdown can end. */
        thread_init(thread, thread_name, true, run_tasks, pool);
        err = thread_start(thread);
        if (err)
            thread_release(thread);
        else
            pool->count++;
    }
    if (err)
        pool_release(pool);
    return err;
}

void pool_release(struct pool *pool)
{
    pool_shutdown(pool, true, false);
    for (size_t i = 0; i < pool->count; i++)
        thread_release(&pool->threads[i]);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->threads);
}

int pool_submit(struct pool *pool, pool_function *function, void *argument, struct future **future)
{
    struct pool_task *task = calloc(1, sizeof *task);
    struct future *created = future_new();
    int err = -ENOMEM;

    if (!task || !created)
        goto discard;
    task->function = function;
    task->argument = argument;
    task->future = created;

    pthread_mutex_lock(&pool->mutex);
    err = pool->shut_down ? -ESHUTDOWN : 0;
    if (!err) {
        *future = future_share(created);
        if (pool->first)
            pool->last->next = task;
        else
            pool->first = task;
        pool->last = task;
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (!err)
        return 0;
discard:
    future_free(created);
    free(task);
    return err;
}

int pool_shutdown(struct pool *pool, bool wait, bool cancel_pending)
{
    struct pool_task *pending = NULL;

    pthread_mutex_lock(&pool->mutex);
    pool->shut_down = true;
    if (cancel_pending) {
        pending = pool->first;
        pool->first = NULL;
    }
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);

    /* The list is ours alone now; cancelling tells watchers, who may take their time. */
    while (pending) {
        struct pool_task *task = pending;

        pending = task->next;
        future_cancel(task->future);
        free_task(task);
    }
    if (!wait)
        return 0;
    /* Before the first join: two tasks that join each other's threads would wait for ever. */
    for (size_t i = 0; i < pool->count; i++)
        if (thread_is_current(&pool->threads[i]))
            return -EDEADLK;
    for (size_t i = 0; i < pool->count; i++)
        thread_join(&pool->threads[i], DEADLINE_NEVER);
    return 0;
}
