/*
 * result_read_before_done.atomic_size: the size is atomic
 *
 * Patch: hides
 * Why: an atomic size takes the data race away and nothing else: main still does not wait until
 * the worker has stored it, and mostly loads 0.
 * Rate: Nearly every run is wrong: main reads at once, and the worker has first to wake up.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

struct future {
    const char *attachment;
    atomic_size_t size;
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
    pthread_mutex_unlock(&lock);

    size = greeting.size;
    pthread_join(worker, NULL);
    assert(size == 12);                                     /* bug: wrong-result(size); watchdog
        rate: the worker may store the size before the client loads it */
    return 0;
}
