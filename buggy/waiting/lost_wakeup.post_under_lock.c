/*
 * lost_wakeup.post_under_lock: the loader posts inside its critical section
 *
 * Patch: moves
 * Why: the post of pictures_loaded is now sent with lock held, but the shop cannot lock before
 * the loader has signalled index_loaded and unlocked. Its pthread_cond_wait looks at no
 * predicate and always comes after the only signal.
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
    pictures = 300;
    sem_post(&pictures_loaded);
    pthread_cond_signal(&index_loaded);
    pthread_mutex_unlock(&lock);
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
