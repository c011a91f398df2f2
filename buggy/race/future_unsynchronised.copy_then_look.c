/*
 * future_unsynchronised.copy_then_look: the quote is copied, then the state looked at, under a lock
 *
 * Patch: hides
 * Why: Every access holds futures_lock, so there is no data race to report. But the quote is
 *   copied in one critical section and the state read in a later one: if fulfil() comes between
 *   them, the state is DONE and the copy is from before.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#define SUPPLIERS 2

struct quote {
    long cents, days;
};

struct future {
    enum { PENDING, DONE } state;
    struct quote quote;
};

static pthread_mutex_t futures_lock = PTHREAD_MUTEX_INITIALIZER;
static struct future futures[SUPPLIERS];

static void fulfil(struct future *future, long cents, long days)
{
    pthread_mutex_lock(&futures_lock);
    future->quote.cents = cents;
    future->quote.days = days;
    future->state = DONE;
    pthread_mutex_unlock(&futures_lock);
}

static struct quote result(struct future *future)
{
    struct quote quote;
    int state;

    do {
        pthread_mutex_lock(&futures_lock);
        quote = future->quote;
        pthread_mutex_unlock(&futures_lock);
        sched_yield();
        pthread_mutex_lock(&futures_lock);
        state = future->state;
        pthread_mutex_unlock(&futures_lock);
    } while (state != DONE);
    return quote;
}

static void *supplier(void *arg)
{
    struct future *future = arg;
    long number = future - futures;

    fulfil(future, 1200 - 150 * number, 3 + number);
    return NULL;
}

int main(void)
{
    pthread_t suppliers[SUPPLIERS];
    struct quote best = { 0, 0 };

    for (int s = 0; s < SUPPLIERS; s++) {
        pthread_create(&suppliers[s], NULL, supplier, &futures[s]);
    }
    for (int s = 0; s < SUPPLIERS; s++) {
        struct quote quote = result(&futures[s]);

        if (s == 0 || quote.cents < best.cents)
            best = quote;
    }
    for (int s = 0; s < SUPPLIERS; s++)
        pthread_join(suppliers[s], NULL);

    printf("best quote: %ld cents in %ld days\n", best.cents, best.days);
    assert(best.cents == 1050 && best.days == 4); /* bug: wrong-result(quote); watchdog
        rate: a supplier must fulfil between the copy of its quote and the look at its state */
    return 0;
}
