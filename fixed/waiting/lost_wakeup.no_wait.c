/*
 * lost_wakeup.no_wait: the wait for the index is taken out
 *
 * Why: the loader sets index_entries before it posts pictures_loaded, and the shop reads it
 * after its sem_wait, so that the predicate is always true there: the loop never waited.
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
    found = index_entries; /* bug: hang(index_loaded) */
    pthread_mutex_unlock(&lock);

    pthread_join(thread, NULL);
    assert(shown == 300 && found == 12000);
    return 0;
}
