/*
 * reorder_20: nineteen engines halt a market in two steps, and a feed publishes one of them
 *
 * Story: When prices fall too fast, each of nineteen matching engines of an exchange halts the
 *   market and gives the reason. A feed publishes both to the traders.
 * Wrong: now and then a halt is published without a reason, or a reason without a halt.
 * Why: halt and reason are each atomic, and mean something only together. However many engines
 *   there are, what counts is the time between the first halt and the first reason. It is the
 *   program reorder of SCTBench (Thomson, Donaldson and Betts, PPoPP 2014), here with nineteen
 *   threads that set and one that checks.
 * Fix: halt and reason are in one atomic word: they are stored together and loaded together.
 * Roadmap: threads, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization
 *   ('Race Condition')
 * CERT: CON07-C
 * Rate: The feed must read between the first halt and the first reason, or both must come between
 *   its two loads. That is so in about a thirteenth of the interleavings, but in hardly any run,
 *   where short threads follow one another; nothing makes it likelier.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#define ENGINES 19

struct market {
    int halted;                             /* 0: open, 1: halted */
    int reason;                             /* 0: none, -1: prices fell too fast */
};

static _Atomic(struct market) market;

static void *halt(void *arg)
{
    (void)arg;
    atomic_store(&market, ((struct market){ 1, -1 }));
    return NULL;
}

static void *publish(void *arg)
{
    (void)arg;
    struct market seen = atomic_load(&market);
    int halt_seen = seen.halted;
    int why_seen = seen.reason;

    assert((halt_seen == 0 && why_seen == 0) || (halt_seen == 1 && why_seen == -1)); /* bug:
        wrong-result(market); watchdog rate: one of the loads must see the market before the
        halt and the other one after it */
    return NULL;
}

int main(void)
{
    pthread_t engines[ENGINES], feed;

    for (int e = 0; e < ENGINES; e++)
        pthread_create(&engines[e], NULL, halt, NULL);
    pthread_create(&feed, NULL, publish, NULL);
    for (int e = 0; e < ENGINES; e++)
        pthread_join(engines[e], NULL);
    pthread_join(feed, NULL);
    return 0;
}
