/*
 * atomic_load_then_store.exchange_once: a compare-and-swap that is not tried again
 *
 * Patch: moves
 * Why: atomic_compare_exchange_strong no longer overwrites the other increment, as `open` is
 *   stale by then: it fails. Nobody looks at its result or tries again, so that the  upload is
 *   not counted.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

static atomic_int connections;
static sem_t announced, watched;

static void *accept_upload(void *arg)
{
    (void)arg;
    int open = atomic_load(&connections);

    sem_post(&announced);
    sem_wait(&watched);                     /* the client waits for its progress bar */
    atomic_compare_exchange_strong(&connections, &open, open + 1);
    return NULL;
}

static void *watch_progress(void *arg)
{
    (void)arg;
    sem_wait(&announced);
    atomic_fetch_add(&connections, 1);
    sem_post(&watched);
    return NULL;
}

int main(void)
{
    pthread_t upload, progress;

    sem_init(&announced, 0, 0);
    sem_init(&watched, 0, 0);
    pthread_create(&upload, NULL, accept_upload, NULL);
    pthread_create(&progress, NULL, watch_progress, NULL);
    pthread_join(upload, NULL);
    pthread_join(progress, NULL);
    sem_destroy(&announced);
    sem_destroy(&watched);

    assert(atomic_load(&connections) == 2); /* bug: wrong-result(connections) */
    return 0;
}
