/*
 * gate_lock_inversion.one_way: one order of locks, and no gate
 *
 * Why: clean_up locks data before dir, as import does. With one order in both no cycle can
 * close, so that the gate is not needed any more.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t dir = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t data = PTHREAD_MUTEX_INITIALIZER;
static int entries;                         /* guarded by dir */
static int stored;                          /* guarded by data */

static void *import(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&data); /* bug: lock-order(dir, data) */
    stored += 2;
    pthread_mutex_lock(&dir); /* bug: lock-order(dir, data) */
    entries += 2;
    pthread_mutex_unlock(&dir);
    pthread_mutex_unlock(&data);
    return NULL;
}

static void *clean_up(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&data); /* bug: lock-order(dir, data) */
    pthread_mutex_lock(&dir);  /* bug: lock-order(dir, data) */
    entries--;
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
