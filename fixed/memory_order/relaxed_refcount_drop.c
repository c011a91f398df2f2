/*
 * relaxed_refcount_drop: the last holder of a reference frees what another one may still read
 *
 * Story: a bank's counters quote prices from one table of exchange rates. The table belongs to all
 *   of them: each gives up its reference when it is done, and the last one frees the table.
 * Wrong: on a weakly ordered processor a quote may be made from memory that is another object by
 *   then. A strongly ordered processor hides the fault: the result proves nothing.
 * Why: the decrements are atomic, so that exactly one counter finds itself to be the last. Being
 *   relaxed, they do not order the others' reads of the table before its free(): a data race.
 * Fix: the decrement is acq_rel: a release of all that was done with the table, and for the last
 *   one the acquire of it.
 * Roadmap: threads, races
 * CWE: CWE-416 Use After Free; CWE-366 Race Condition within a Thread
 * CERT: CON43-C; MEM30-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { EURO, YEN, CURRENCIES };

struct rates {
    intptr_t cents[CURRENCIES];             /* not written once there is a counter */
    atomic_int holders;
};

struct counter {
    struct rates *rates;
    int currency;
    intptr_t quote;
};

static void rates_drop(struct rates *rates)
{
    if (atomic_fetch_sub_explicit(&rates->holders, 1, memory_order_acq_rel) == 1)   /* bug:
            race(rates) */
        free(rates);                        /* bug: race(rates); helgrind, drd blind: they follow
            accesses, and to them free() is none */
}

static void *serve(void *arg)
{
    struct counter *counter = arg;

    counter->quote = 250 * counter->rates->cents[counter->currency];    /* bug: race(rates) */
    rates_drop(counter->rates);
    return NULL;
}

int main(void)
{
    struct rates *today = malloc(sizeof(*today));
    struct counter counters[] = { { today, EURO, 0 }, { today, YEN, 0 } };
    pthread_t threads[2];

    if (today == NULL)
        return 1;
    today->cents[EURO] = 108;
    today->cents[YEN] = 2;
    atomic_init(&today->holders, 2);
    for (int c = 0; c < 2; c++)
        pthread_create(&threads[c], NULL, serve, &counters[c]);
    for (int c = 0; c < 2; c++)
        pthread_join(threads[c], NULL);
    assert(counters[0].quote == 27000 && counters[1].quote == 500);
    return 0;
}
