/*
 * gate_lock_inversion.gate_for_import: the gate is held by one import at a time
 *
 * Patch: moves
 * Why: only import takes the gate. Two imports were never in each other's way; import and
 * clean_up can still hold data and dir, each waiting for the other.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t dir = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t data = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int entries;                         /* guarded by dir */
static int stored;                          /* guarded by data */

static void *import(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&gate);
    pthread_mutex_lock(&data); /* bug: lock-order(dir, data) */ /* alarm: lock-order(dir, data) by
        tsan, tsan-gcc, helgrind: a lock held around the cycle does not count */
    stored += 2;
    pthread_mutex_lock(&dir);  /* alarm: lock-order(dir, data) */ /* bug: lock-order(dir, data);
        drd blind: it keeps no lock order */
    entries += 2;
    pthread_mutex_unlock(&dir);
    pthread_mutex_unlock(&data);
    pthread_mutex_unlock(&gate);
    return NULL;
}

static void *clean_up(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&dir);  /* bug: lock-order(dir, data) */ /* alarm: lock-order(dir, data) */
    entries--;
    pthread_mutex_lock(&data); /* bug: lock-order(dir, data) */ /* alarm: lock-order(dir, data) */
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
