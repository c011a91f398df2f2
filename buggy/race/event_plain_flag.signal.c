/*
 * event_plain_flag.signal: the event wakes one of those who wait for it
 *
 * Patch: moves
 * Why: The flag and its mutex are right, but there are two traders and pthread_cond_signal wakes
 *   one. If both wait on opened_set when the market opens, the other one sleeps for ever, and main
 *   with it in pthread_join.
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
static bool opened;
static pthread_mutex_t opened_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened_set = PTHREAD_COND_INITIALIZER;

static void open_market(void)
{
    pthread_mutex_lock(&opened_lock);
    opened = true;
    pthread_cond_signal(&opened_set);
    pthread_mutex_unlock(&opened_lock);
}

static void wait_for_opening(void)
{
    pthread_mutex_lock(&opened_lock);
    while (!opened)
        pthread_cond_wait(&opened_set, &opened_lock);   /* bug: hang(opened_set); watchdog rate:
            both traders must wait before the one signal is sent */
    pthread_mutex_unlock(&opened_lock);
}

static void *trader(void *arg)
{
    struct holding *holding = arg;

    wait_for_opening();
    holding->value = holding->gold * gold_price
                     + holding->grain * grain_price;
    return NULL;
}

int main(void)
{
    static struct holding holdings[TRADERS] = { { 2, 100, 0 }, { 5, 10, 0 } };
    pthread_t traders[TRADERS];
    long total = 0;

    for (int t = 0; t < TRADERS; t++)
        pthread_create(&traders[t], NULL, trader, &holdings[t]);
    gold_price = 1900;
    grain_price = 6;
    open_market();
    for (int t = 0; t < TRADERS; t++) {
        pthread_join(traders[t], NULL);         /* bug: hang(opened_set) */
        total += holdings[t].value;
    }

    printf("holdings are worth %ld\n", total);
    assert(total == 7 * gold_price + 110 * grain_price);
    return 0;
}
