/*
 * seqlock_plain_payload: a seqlock whose payload is not atomic
 *
 * Story: a price feed publishes bid and ask of a share under a sequence count that is odd while it
 *   writes. A trader reads both without a lock, and again if the count was odd or has moved.
 * Wrong: nothing, until a compiler takes the plain accesses at their word: it may load the bid
 *   again after the last look at the count, and the trader deals at a price that never was.
 * Why: to read while the feed may be writing is what a seqlock is for. The count tells afterwards
 *   that a reading is void, but the plain load and the plain store are a data race before that.
 * Fix: bid and ask are atomic. Their order relative to the count comes with it.
 * Roadmap: threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define PRICES 5

static atomic_uint count;                   /* odd: a price is being written */
static atomic_long bid, ask;
static atomic_int readings;                 /* a statistic: how often the price was read */

static void *feed(void *arg)
{
    (void)arg;
    for (int p = 1; p <= PRICES; p++) {
        atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
        bid = 100 * p;                      /* bug: race(price) */
        ask = 100 * p + 2;                  /* bug: race(price) */
        atomic_fetch_add_explicit(&count, 1, memory_order_release);
        while (atomic_load_explicit(&readings, memory_order_relaxed) < p)
            sched_yield();                  /* no price that nobody reads */
    }
    return NULL;
}

static void read_price(long *seen_bid, long *seen_ask)
{
    unsigned before, after;

    do {
        before = atomic_load_explicit(&count, memory_order_acquire);
        *seen_bid = bid;                    /* bug: race(price) */
        *seen_ask = ask;                    /* bug: race(price) */
        after = atomic_load_explicit(&count, memory_order_relaxed);
    } while (before != after || before % 2 == 1);
}

static void *trade(void *arg)
{
    long seen_bid = 0, seen_ask = 0;

    while (seen_bid < 100 * PRICES) {
        read_price(&seen_bid, &seen_ask);
        if (seen_bid != 0 && seen_ask - seen_bid != 2)
            *(bool *)arg = false;
        atomic_fetch_add_explicit(&readings, 1, memory_order_relaxed);
    }
    return NULL;
}

int main(void)
{
    pthread_t feeder, trader;
    bool always_fair = true;

    pthread_create(&feeder, NULL, feed, NULL);
    pthread_create(&trader, NULL, trade, &always_fair);
    pthread_join(feeder, NULL);
    pthread_join(trader, NULL);
    assert(always_fair);
    return 0;
}
