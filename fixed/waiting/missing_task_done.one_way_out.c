/*
 * missing_task_done.one_way_out: both paths of the worker report at the end of the loop
 *
 * Why: the damaged photo is not counted and then runs into the queue_task_done that the others
 * run into: each photo taken is reported done exactly once.
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
        pthread_cond_wait(&queue.not_empty, &queue.lock); /* bug: hang(unfinished) */
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
        if (strcmp(photo, "damaged") != 0)
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
