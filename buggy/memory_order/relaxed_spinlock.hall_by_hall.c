/*
 * relaxed_spinlock.hall_by_hall: one hall has ended before the other one opens
 *
 * Patch: serial
 * Why: pthread_join and pthread_create order all bids of the first hall before those of the
 *   second, so that it does not matter that the exchange on `lot_taken` is relaxed. The halls
 *   never take bids at the same time.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define BIDS 6

struct bid {
    int bidder;
    long cents;
};

static atomic_bool lot_taken;               /* the spinlock; guards highest */
static struct bid highest;

static void lot_lock(void)
{
    while (atomic_exchange_explicit(&lot_taken, true, memory_order_relaxed))
        sched_yield();
}

static void lot_unlock(void)
{
    atomic_store_explicit(&lot_taken, false, memory_order_release);
}

static void *hall(void *arg)
{
    const struct bid *bids = arg;

    for (int b = 0; b < BIDS; b++) {
        lot_lock();
        if (bids[b].cents > highest.cents)
            highest = bids[b];
        lot_unlock();
    }
    return NULL;
}

int main(void)
{
    static const struct bid north[BIDS] = { { 11, 500 }, { 12, 800 }, { 11, 900 }, { 12, 2500 },
                                            { 11, 2600 }, { 12, 4000 } };
    static const struct bid south[BIDS] = { { 21, 600 }, { 22, 700 }, { 21, 1500 }, { 23, 2400 },
                                            { 21, 3900 }, { 23, 4100 } };
    pthread_t halls[2];

    pthread_create(&halls[0], NULL, hall, (void *)north);
    pthread_join(halls[0], NULL);           /* serial: highest */
    pthread_create(&halls[1], NULL, hall, (void *)south);
    pthread_join(halls[1], NULL);
    assert(highest.bidder == 23 && highest.cents == 4100);
    return 0;
}
