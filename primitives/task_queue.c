#include "task_queue.h"

#include "deadline.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ALLOCATION = 16 };

int task_queue_init(struct task_queue *queue, size_t maxsize)
{
    /* A bounded queue gets all its places now, so that a put cannot run out of memory later. */
    size_t places = maxsize ? maxsize : FIRST_ALLOCATION;

    memset(queue, 0, sizeof *queue);
    queue->items = calloc(places, sizeof *queue->items);
    if (!queue->items)
        return -ENOMEM;
    queue->allocated = places;
    queue->maxsize = maxsize;
    pthread_mutex_init(&queue->mutex, NULL);
    deadline_cond_init(&queue->not_empty);
    deadline_cond_init(&queue->not_full);
    deadline_cond_init(&queue->all_done);
    return 0;
}

void task_queue_release(struct task_queue *queue)
{
    pthread_cond_destroy(&queue->all_done);
    pthread_cond_destroy(&queue->not_full);
    pthread_cond_destroy(&queue->not_empty);
    pthread_mutex_destroy(&queue->mutex);
    free(queue->items);
}

/* With the mutex held. */
static bool is_full(const struct task_queue *queue)
{
    return queue->maxsize > 0 && queue->size == queue->maxsize;
}

/* Doubles the ring of an unbounded queue, with the mutex held. */
static int grow(struct task_queue *queue)
{
    size_t until_end = queue->allocated - queue->first;
    void **items = NULL;

    if (queue->allocated <= SIZE_MAX / 2)
        items = calloc(queue->allocated * 2, sizeof *items);
    if (!items)
        return -ENOMEM;
    /* The ring is full: its oldest items stand from first to the end, the others before first. */
    memcpy(items, queue->items + queue->first, until_end * sizeof *items);
    memcpy(items + until_end, queue->items, queue->first * sizeof *items);
    free(queue->items);
    queue->items = items;
    queue->first = 0;
    queue->allocated *= 2;
    return 0;
}

int task_queue_put_timed(struct task_queue *queue, void *item, int timeout_ms)
{
    struct deadline deadline = deadline_after(timeout_ms);
    int err = 0;

    pthread_mutex_lock(&queue->mutex);
    while (is_full(queue) && !err)
        err = deadline_wait(&queue->not_full, &queue->mutex, &deadline);
    if (is_full(queue))
        goto unlock;
    err = queue->size == queue->allocated ? grow(queue) : 0;
    if (err)
        goto unlock;
    queue->items[(queue->first + queue->size) % queue->allocated] = item;
    queue->size++;
    queue->unfinished++;
    pthread_cond_signal(&queue->not_empty);
unlock:
    pthread_mutex_unlock(&queue->mutex);
    return err;
}

int task_queue_put(struct task_queue *queue, void *item)
{
    return task_queue_put_timed(queue, item, DEADLINE_NEVER);
}

int task_queue_try_put(struct task_queue *queue, void *item)
{
    int err = task_queue_put_timed(queue, item, 0);

    return err == -ETIMEDOUT ? -EAGAIN : err;
}

int task_queue_get_timed(struct task_queue *queue, void **item, int timeout_ms)
{
    struct deadline deadline = deadline_after(timeout_ms);
    int err = 0;

    pthread_mutex_lock(&queue->mutex);
    while (queue->size == 0 && !err)
        err = deadline_wait(&queue->not_empty, &queue->mutex, &deadline);
    if (queue->size > 0) {
        err = 0;
        *item = queue->items[queue->first];
        queue->first = (queue->first + 1) % queue->allocated;
        queue->size--;
        pthread_cond_signal(&queue->not_full);
    }
    pthread_mutex_unlock(&queue->mutex);
    return err;
}

int task_queue_get(struct task_queue *queue, void **item)
{
    return task_queue_get_timed(queue, item, DEADLINE_NEVER);
}

int task_queue_try_get(struct task_queue *queue, void **item)
{
    int err = task_queue_get_timed(queue, item, 0);

    return err == -ETIMEDOUT ? -EAGAIN : err;
}

int task_queue_task_done(struct task_queue *queue)
{
    int err = 0;

    pthread_mutex_lock(&queue->mutex);
    if (queue->unfinished == 0)
        err = -EINVAL;
    else if (--queue->unfinished == 0)
        pthread_cond_broadcast(&queue->all_done);
    pthread_mutex_unlock(&queue->mutex);
    return err;
}

void task_queue_join(struct task_queue *queue)
{
    struct deadline never = deadline_after(DEADLINE_NEVER);

    pthread_mutex_lock(&queue->mutex);
    while (queue->unfinished > 0)
        deadline_wait(&queue->all_done, &queue->mutex, &never);
    pthread_mutex_unlock(&queue->mutex);
}

size_t task_queue_size(struct task_queue *queue)
{
    size_t size;

    pthread_mutex_lock(&queue->mutex);
    size = queue->size;
    pthread_mutex_unlock(&queue->mutex);
    return size;
}
