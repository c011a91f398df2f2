/*
 * relaxed_spinlock.relaxed_unlock: taken with acquire, given back with a relaxed store
 *
 * Patch: moves
 * Why: An acquire synchronises with a release, and the store to `lot_taken` is none any more.
 *   What was written to `highest` under the lock may be seen after the lock is free.
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
    while (atomic_exchange_explicit(&lot_taken, true, memory_order_acquire))    /* alarm:
            race(lot_taken) by helgrind, drd: to them the exchange is a plain load and store */
        sched_yield();
}

static void lot_unlock(void)
{
    atomic_store_explicit(&lot_taken, false, memory_order_relaxed); /* alarm: race(lot_taken) */
}

static void *hall(void *arg)
{
    const struct bid *bids = arg;

    for (int b = 0; b < BIDS; b++) {
        lot_lock();
        if (bids[b].cents > highest.cents)  /* bug: race(highest) */ /* alarm: race(highest) by
                helgrind, drd: neither takes an exchange and a store for a lock */
            highest = bids[b];              /* bug: race(highest) */ /* alarm: race(highest) */
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
    pthread_create(&halls[1], NULL, hall, (void *)south);
    pthread_join(halls[0], NULL);
    pthread_join(halls[1], NULL);
    assert(highest.bidder == 23 && highest.cents == 4100);
    return 0;
}
