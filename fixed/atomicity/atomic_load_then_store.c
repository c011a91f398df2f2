/*
 * atomic_load_then_store: atomic counter read in one atomic operation and written in another
 *
 * Story: a server keeps the number of its open connections. One thread accepts a long upload and
 *        announces it; the other, on hearing of it, opens a second connection for its progress.
 * Wrong: two connections are open and the counter says one; a server that stops accepting at a
 *        limit accepts too many.
 * Why: the load and the store are each atomic and free of data races, their combination is not:
 *      the store writes a value derived from a load that another increment has made stale.
 * Fix: one atomic read-modify-write, atomic_fetch_add.
 * Roadmap: threads, Semaphore, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization ('Race
 *      Condition')
 * CERT: CON40-C; CON07-C
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
    atomic_fetch_add(&connections, 1);

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
