/*
 * atomic_load_then_store.store_before_wait: the store comes right behind the announcement
 *
 * Patch: hides
 * Why: Load and store are close together now, and the other thread has to be woken first, so
 *   that hardly a run fails. But it is announced before `connections` is stored: an increment
 *   that comes at once is overwritten with `open + 1`.
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
    atomic_store(&connections, open + 1);
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

    assert(atomic_load(&connections) == 2); /* bug: wrong-result(connections); watchdog
        rate: the other thread must count between the announcement and the store */
    return 0;
}
