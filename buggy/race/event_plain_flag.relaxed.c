/*
 * event_plain_flag.relaxed: the flag is a relaxed atomic
 *
 * Patch: moves
 * Why: opened is atomic now and no longer raced on. But a relaxed store publishes nothing:
 *   gold_price and grain_price are not ordered before it, and the traders' reads of them race with
 *   main's stores as before.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#define TRADERS 2

struct holding {
    int gold, grain;
    long value;                                 /* the trader's own until he is joined */
};

static long gold_price, grain_price;
static atomic_bool opened;

static void open_market(void)
{
    atomic_store_explicit(&opened, true, memory_order_relaxed); /* alarm: race(opened) by
        helgrind, drd: an atomic load or store is a plain move in the machine code they see */
}

static void wait_for_opening(void)
{
    while (!atomic_load_explicit(&opened, memory_order_relaxed))    /* alarm: race(opened) */
        sched_yield();
}

static void *trader(void *arg)
{
    struct holding *holding = arg;

    wait_for_opening();
    holding->value = holding->gold * gold_price         /* bug: race(prices) */
                     + holding->grain * grain_price;    /* bug: race(prices) */
    return NULL;
}

int main(void)
{
    static struct holding holdings[TRADERS] = { { 2, 100, 0 }, { 5, 10, 0 } };
    pthread_t traders[TRADERS];
    long total = 0;

    for (int t = 0; t < TRADERS; t++)
        pthread_create(&traders[t], NULL, trader, &holdings[t]);
    gold_price = 1900;                          /* bug: race(prices) */
    grain_price = 6;                            /* bug: race(prices) */
    open_market();
    for (int t = 0; t < TRADERS; t++) {
        pthread_join(traders[t], NULL);
        total += holdings[t].value;
    }

    printf("holdings are worth %ld\n", total);
    assert(total == 7 * gold_price + 110 * grain_price);
    return 0;
}
