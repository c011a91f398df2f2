/*
 * result_read_before_done.read_under_lock: the client reads the size in its critical section
 *
 * Patch: hides
 * Why: main reads greeting.size with lock held, in the section in which it queues the task, and
 * the worker can take the task only after that. Now the read always comes before the store, so
 * that no detector sees a race, and size is always 0.
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

struct future {
    const char *attachment;
    size_t size;
    int done;                               /* guarded by lock */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct future greeting = { .attachment = "aGVsbG8sIHdvcmxk" };
static struct future *queued;               /* guarded by lock */
static int closed;                          /* guarded by lock */

/* Four characters of base64 are three bytes. */
static size_t decoded_size(const char *text)
{
    return strlen(text) / 4 * 3;
}

static void *work(void *arg)
{
    struct future *future;

    (void)arg;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (queued == NULL && !closed)
            pthread_cond_wait(&changed, &lock);
        if (queued == NULL)
            break;
        future = queued;
        queued = NULL;
        pthread_mutex_unlock(&lock);
        future->size = decoded_size(future->attachment);
        pthread_mutex_lock(&lock);
        future->done = 1;
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t worker;
    size_t size;

    pthread_create(&worker, NULL, work, NULL);
    pthread_mutex_lock(&lock);
    queued = &greeting;
    closed = 1;
    pthread_cond_broadcast(&changed);
    size = greeting.size;
    pthread_mutex_unlock(&lock);

    pthread_join(worker, NULL);
    assert(size == 12);                                     /* bug: wrong-result(size) */
    return 0;
}
