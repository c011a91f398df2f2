/*
 * rwlock_upgrade_gap.read_again: the shortage is looked at again under the read lock
 *
 * Patch: hides
 * Why: The second look comes right before the order, so that it sees nearly always what the
 *   other clerk has ordered, and hardly a run fails. But `store` is still given up between it
 *   and  the write lock: both clerks can find the shortage once more before either writes
 *   `incoming`.
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

    pthread_rwlock_rdlock(&store);
    too_low = count(0, SHELVES) + incoming < MINIMUM;
    pthread_rwlock_unlock(&store);
    if (!too_low)
        return NULL;
    pthread_rwlock_wrlock(&store);
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

    assert(incoming == TRUCKLOAD);                  /* bug: wrong-result(incoming); watchdog
        rate: both clerks must look again before either orders */
    return 0;
}
