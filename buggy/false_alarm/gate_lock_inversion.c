/*
 * gate_lock_inversion: two locks taken in both orders, with and without a gate lock around them
 *
 * Story: a document store has a lock for its directory and one for its data. An import adds data
 *        and then the entries; a clean-up takes an entry out and then removes its data.
 * Wrong: when an import and a clean-up meet, each holds the lock that the other wants, and the
 *        store stops. In this run the requests come one after the other and all is well.
 * Why: imports lock data before directory, clean-ups directory before data: a cycle. Nothing but
 *      the moment of the requests keeps the two from running at once.
 * Fix: both take a third lock first, the gate. Only its holder nests the other two, so no two
 *      threads can close the cycle, which is still there in the order.
 * Roadmap: threads, Lock, deadlocks
 * CWE: CWE-833 Deadlock
 * CERT: CON35-C; POS51-C
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
    pthread_mutex_lock(&data); /* bug: lock-order(dir, data) */ /* alarm: lock-order(dir, data) by
        tsan, tsan-gcc, helgrind: a lock held around the cycle does not count */
    stored += 2;
    pthread_mutex_lock(&dir);  /* alarm: lock-order(dir, data) */ /* bug: lock-order(dir, data);
        drd blind: it keeps no lock order */
    entries += 2;
    pthread_mutex_unlock(&dir);
    pthread_mutex_unlock(&data);
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
