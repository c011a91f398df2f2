/*
 * lost_wakeup.index_first: the shop waits for the index before the pictures
 *
 * Patch: hides
 * Why: the shop now waits for index_loaded first, as a rule before the loader has got so far,
 * but nothing makes it: when the loader signals before the shop has locked, the signal finds no
 * waiter, and pthread_cond_wait still looks at no predicate.
 * Rate: Main mostly waits before the new thread has signalled. It hangs where the loader comes
 * first.
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

    pthread_mutex_lock(&lock);
    pthread_cond_wait(&index_loaded, &lock); /* bug: hang(index_loaded); watchdog rate: lost only
        when the loader sends it before main waits */
    found = index_entries;
    pthread_mutex_unlock(&lock);

    sem_wait(&pictures_loaded);
    shown = pictures;

    pthread_join(thread, NULL);
    assert(shown == 300 && found == 12000);
    return 0;
}
