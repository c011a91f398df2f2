/*
 * atomic_load_then_store.lock_around: load and store under a mutex, which is kept over the wait
 *
 * Patch: moves
 * Why: `connections_lock` makes load and store one step, but accept_upload() waits for
 *   `watched` with it held, and watch_progress() needs it before it can post  `watched`: both
 *   wait for ever.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

static atomic_int connections;
static pthread_mutex_t connections_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t announced, watched;

static void *accept_upload(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&connections_lock);
    int open = atomic_load(&connections);

    sem_post(&announced);
    sem_wait(&watched);                     /* bug: hang(connections_lock) */
    atomic_store(&connections, open + 1);
    pthread_mutex_unlock(&connections_lock);
    return NULL;
}

static void *watch_progress(void *arg)
{
    (void)arg;
    sem_wait(&announced);
    pthread_mutex_lock(&connections_lock);  /* bug: hang(connections_lock) */
    atomic_fetch_add(&connections, 1);
    pthread_mutex_unlock(&connections_lock);
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
    pthread_join(upload, NULL);             /* bug: hang(connections_lock) */
    pthread_join(progress, NULL);           /* bug: hang(connections_lock) */
    sem_destroy(&announced);
    sem_destroy(&watched);

    assert(atomic_load(&connections) == 2);
    return 0;
}
