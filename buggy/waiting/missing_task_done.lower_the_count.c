/*
 * missing_task_done.lower_the_count: the error path lowers the count itself
 *
 * Patch: hides
 * Why: the error path lowers queue.unfinished under the lock but does not signal all_done at
 * zero. When the damaged photo is the last to be finished, queue_join is not woken.
 * Rate: Main must wait and the damaged photo, the second of four, be the last that is finished.
 */
#include <assert.h>
#include <pthread.h>
#include <string.h>

enum { PHOTOS = 4, RESIZERS = 2 };

static struct {
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t not_empty;
    pthread_cond_t all_done;
    const char *item[PHOTOS + RESIZERS]; /* room for one album and its sentinels */
    int head, tail, unfinished;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .not_empty = PTHREAD_COND_INITIALIZER,
           .all_done = PTHREAD_COND_INITIALIZER};

static void queue_put(const char *photo)
{
    pthread_mutex_lock(&queue.lock);
    queue.item[queue.tail++] = photo;
    queue.unfinished++;
    pthread_cond_signal(&queue.not_empty);
    pthread_mutex_unlock(&queue.lock);
}

static const char *queue_get(void)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.head == queue.tail)
        pthread_cond_wait(&queue.not_empty, &queue.lock); /* bug: hang(unfinished); watchdog rate:
            it hangs when the damaged photo is the last that is finished */
    const char *photo = queue.item[queue.head++];
    pthread_mutex_unlock(&queue.lock);
    return photo;
}

static void queue_task_done(void)
{
    pthread_mutex_lock(&queue.lock);
    if (--queue.unfinished == 0)
        pthread_cond_broadcast(&queue.all_done);
    pthread_mutex_unlock(&queue.lock);
}

static void queue_join(void)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.unfinished > 0)
        pthread_cond_wait(&queue.all_done, &queue.lock); /* bug: hang(unfinished) */
    pthread_mutex_unlock(&queue.lock);
}

static void *resizer(void *resized)
{
    for (const char *photo; (photo = queue_get()) != NULL;) {
        if (strcmp(photo, "damaged") == 0) {
            pthread_mutex_lock(&queue.lock);
            queue.unfinished--;
            pthread_mutex_unlock(&queue.lock);
            continue;
        }
        ++*(int *)resized;
        queue_task_done();
    }
    return NULL;
}

int main(void)
{
    static const char *const album[PHOTOS] = {"beach", "damaged", "sunset", "harbour"};
    int resized[RESIZERS] = {0};
    pthread_t thread[RESIZERS];

    for (int i = 0; i < RESIZERS; i++)
        pthread_create(&thread[i], NULL, resizer, &resized[i]);
    for (int i = 0; i < PHOTOS; i++)
        queue_put(album[i]);
    queue_join();
    for (int i = 0; i < RESIZERS; i++)
        queue_put(NULL);
    for (int i = 0; i < RESIZERS; i++)
        pthread_join(thread[i], NULL);
    assert(resized[0] + resized[1] == PHOTOS - 1);
    return 0;
}
