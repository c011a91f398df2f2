/*
 * event_plain_flag: a volatile flag stands in for an event
 *
 * Story: Two traders wait for the opening auction. main fills in the opening prices and raises a
 *   flag, and each trader then values his shares.
 * Wrong: A trader may see the flag raised and still work with prices of zero.
 * Why: volatile keeps the compiler from caching the flag; it makes the accesses neither atomic nor
 *   ordered between threads. So the flag is raced on, and the prices it should publish are too.
 * Fix: The flag becomes an event: set under a mutex and broadcast, waited for on a condition.
 * Roadmap: Event, Condition, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C; CON02-C
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>

#define TRADERS 2

struct holding {
    int gold, grain;
    long value;                                 /* the trader's own until he is joined */
};

static long gold_price, grain_price;
static bool opened;                             /* guarded by opened_lock */
static pthread_mutex_t opened_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened_set = PTHREAD_COND_INITIALIZER;

static void open_market(void)
{
    pthread_mutex_lock(&opened_lock);
    opened = true;                              /* bug: race(opened) */
    pthread_cond_broadcast(&opened_set);
    pthread_mutex_unlock(&opened_lock);
}

static void wait_for_opening(void)
{
    pthread_mutex_lock(&opened_lock);
    while (!opened)                             /* bug: race(opened) */
        pthread_cond_wait(&opened_set, &opened_lock);
    pthread_mutex_unlock(&opened_lock);
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
