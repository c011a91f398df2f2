/*
 * lost_wakeup: a signal sent before anyone waits
 *
 * Story: a shop starts up. A loader thread reads the search index, then the pictures, and announces
 * each; the shop opens its doors when it has both.
 * Wrong: the shop never opens, although everything was loaded.
 * Why: a semaphore remembers a post, a condition variable forgets a signal that finds no waiter.
 * The index is announced while the shop still waits for the pictures, so its wait, which looks at
 * no predicate first, is for a signal that has already gone by.
 * Fix: wait only while the predicate is false: the entries of the index, guarded by the same mutex,
 * remember what the signal cannot.
 * Roadmap: Condition, Semaphore
 * CWE: CWE-821 Incorrect Synchronization
 * CERT: CON36-C; CON38-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t index_loaded = PTHREAD_COND_INITIALIZER;
static int index_entries; /* guarded by lock */
static sem_t pictures_loaded;
static int pictures; /* published by pictures_loaded */

static void *loader(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    index_entries = 12000;
    pthread_cond_signal(&index_loaded);
    pthread_mutex_unlock(&lock);

    pictures = 300;
    sem_post(&pictures_loaded);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int shown, found;

    sem_init(&pictures_loaded, 0, 0);
    pthread_create(&thread, NULL, loader, NULL);

    sem_wait(&pictures_loaded);
    shown = pictures;

    pthread_mutex_lock(&lock);
    pthread_cond_wait(&index_loaded, &lock); /* bug: hang(index_loaded) */
    found = index_entries;
    pthread_mutex_unlock(&lock);

    pthread_join(thread, NULL);
    assert(shown == 300 && found == 12000);
    return 0;
}
