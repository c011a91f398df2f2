/*
 * rwlock_upgrade_gap: read lock given up for the write lock, and the count trusted across the gap
 *
 * Story: two clerks take stock, each of one half of the shelves. They keep the read lock until both
 *        halves are added up, so that no goods move in between; a clerk who then finds the stock
 *        too low orders a truckload, for which he needs the write lock.
 * Wrong: two truckloads arrive where one was needed.
 * Why: POSIX has no upgrade of a read lock, it must be released first. Both clerks read at once and
 *      see the same shortage, and whoever gets the write lock second acts on what he saw before the
 *      first one's order. Every access holds a lock that is strong enough for it: no data race.
 * Fix: the shortage is looked at again under the write lock.
 * Roadmap: threads, Lock, chunks, races
 * CWE: CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition; CWE-362 Concurrent Execution
 *      using Shared Resource with Improper Synchronization ('Race Condition')
 * CERT: CON07-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { CLERKS = 2, SHELVES = 6, MINIMUM = 40, TRUCKLOAD = 50 };

static pthread_rwlock_t store = PTHREAD_RWLOCK_INITIALIZER;
static int shelf[SHELVES] = {5, 0, 9, 4, 0, 7};     /* guarded by store */
static int incoming;                                /* guarded by store */
static int counted[CLERKS];                         /* one each; read by both after the barrier */
static pthread_barrier_t halves_counted;

static int count(int first, int end)
{
    int goods = 0;

    for (int i = first; i < end; i++)
        goods += shelf[i];
    return goods;
}

static void *take_stock(void *arg)
{
    int *own = arg, me = (int)(own - counted), goods = 0;
    bool too_low;

    pthread_rwlock_rdlock(&store);
    *own = count(me * SHELVES / CLERKS, (me + 1) * SHELVES / CLERKS);
    pthread_barrier_wait(&halves_counted);
    for (int i = 0; i < CLERKS; i++)
        goods += counted[i];
    too_low = goods + incoming < MINIMUM;
    pthread_rwlock_unlock(&store);
    if (!too_low)
        return NULL;

    pthread_rwlock_wrlock(&store);
    if (count(0, SHELVES) + incoming < MINIMUM)
        incoming += TRUCKLOAD;
    pthread_rwlock_unlock(&store);
    return NULL;
}

int main(void)
{
    pthread_t clerk[CLERKS];

    pthread_barrier_init(&halves_counted, NULL, CLERKS);
    for (int i = 0; i < CLERKS; i++)
        pthread_create(&clerk[i], NULL, take_stock, &counted[i]);
    for (int i = 0; i < CLERKS; i++)
        pthread_join(clerk[i], NULL);
    pthread_barrier_destroy(&halves_counted);

    assert(incoming == TRUCKLOAD);                  /* bug: wrong-result(incoming) */
    return 0;
}
