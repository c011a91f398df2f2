/*
 * gate_lock_inversion.try_data: the clean-up tries the second lock until it gets it
 *
 * Patch: hides
 * Why: clean_up tries data in a loop but holds dir all the while, for which an import with data
 * waits: neither can go on. ThreadSanitizer enters no trylock into its lock order and falls
 * silent.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>

static pthread_mutex_t dir = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t data = PTHREAD_MUTEX_INITIALIZER;
static int entries;                         /* guarded by dir */
static int stored;                          /* guarded by data */

static void *import(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&data); /* bug: lock-order(dir, data) */
    stored += 2;
    pthread_mutex_lock(&dir);  /* bug: lock-order(dir, data); tsan, tsan-gcc blind: a trylock
        is no edge of the lock order; drd blind: it keeps no lock order */
    entries += 2;
    pthread_mutex_unlock(&dir);
    pthread_mutex_unlock(&data);
    return NULL;
}

static void *clean_up(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&dir);  /* bug: lock-order(dir, data) */
    entries--;
    while (pthread_mutex_trylock(&data)) /* bug: lock-order(dir, data) */
        sched_yield();
    stored--;
    pthread_mutex_unlock(&data);
    pthread_mutex_unlock(&dir);
    return NULL;
}

static void serve(void *(*request)(void *))
{
    pthread_t thread;

    pthread_create(&thread, NULL, request, NULL);
    pthread_join(thread, NULL);
}

int main(void)
{
    serve(import);
    serve(clean_up);
    assert(entries == 1 && stored == 1);
    return 0;
}
