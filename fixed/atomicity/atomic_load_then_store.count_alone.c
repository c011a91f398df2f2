/*
 * atomic_load_then_store.count_alone: load and store where nobody else can count
 *
 * Why: watch_progress() counts only after it has heard of `announced`, and that is posted after
 *   the store. Until then `connections` has a single writer, for whom a load and a store are as
 *   good as atomic_fetch_add.
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

    atomic_store(&connections, open + 1);
    sem_post(&announced);
    sem_wait(&watched);                     /* the client waits for its progress bar */
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
