/*
 * event_plain_flag.semaphore: the event is a semaphore, posted once for each trader
 *
 * Why: A semaphore remembers its posts, so it matters not who comes first: TRADERS posts let
 *   exactly TRADERS waits through, and no flag is needed. Each post orders the prices, stored
 *   before it, ahead of the wait that takes it.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>

#define TRADERS 2

struct holding {
    int gold, grain;
    long value;                                 /* the trader's own until he is joined */
};

static long gold_price, grain_price;
static sem_t opened;

static void open_market(void)
{
    for (int t = 0; t < TRADERS; t++)
        sem_post(&opened);                      /* bug: race(opened) */
}

static void wait_for_opening(void)
{
    sem_wait(&opened);                          /* bug: race(opened) */
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

    sem_init(&opened, 0, 0);
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
