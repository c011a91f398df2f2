/*
 * rwlock_upgrade_gap.upgrade_in_place: the write lock is taken while the read lock is held
 *
 * Patch: moves
 * Why: There is no gap any more, but POSIX has no upgrade either: each clerk waits in
 *   pthread_rwlock_wrlock for all read locks on `store` to be given back, his own among them.
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
    if (!too_low) {
        pthread_rwlock_unlock(&store);
        return NULL;
    }

    pthread_rwlock_wrlock(&store);                  /* bug: hang(store) */
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
        pthread_join(clerk[i], NULL);               /* bug: hang(store) */
    pthread_barrier_destroy(&halves_counted);

    assert(incoming == TRUCKLOAD);
    return 0;
}
