/*
 * result_read_before_done: result of a future read without waiting for it
 *
 * Story: a mail client decodes an attachment on a worker. It submits the task, closes the pool for
 *        further tasks and reads the decoded size from the future.
 * Wrong: the size is 0 when the client is faster than the worker, and right when it is not.
 * Why: submitting orders what came before it ahead of the task, but nothing orders the task ahead
 *      of the client's read. The worker's store and that load are a data race.
 * Fix: the client waits until the future is done, under the lock that the worker sets it with.
 * Roadmap: threads, Condition, pool, futures, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C; POS49-C
 * Rate: Nearly every run is wrong: main reads at once, and the worker has first to wake up. Where
 *        main is held up just then, the size is there already.
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
        future->size = decoded_size(future->attachment);    /* bug: race(size) */
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

    size = greeting.size;                                   /* bug: race(size) */
    pthread_join(worker, NULL);
    assert(size == 12);                                     /* bug: wrong-result(size); watchdog
        rate: the worker may store the size before the client loads it */
    return 0;
}
