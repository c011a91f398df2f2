/*
 * future_unsynchronised.short_sections: the quote is stored and copied outside the lock
 *
 * Why: The quote is stored before its supplier locks and sets state, and copied after the buyer
 *   has seen DONE and unlocked. The unlock of the one and the lock of the other order the two, and
 *   nobody writes the quote again after that, so only state needs the lock.
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
    pthread_mutex_t lock;                       /* guards state and quote */
    pthread_cond_t done;
};

static struct future futures[SUPPLIERS];

static void fulfil(struct future *future, long cents, long days)
{
    future->quote.cents = cents;                /* bug: race(quote) */
    future->quote.days = days;                  /* bug: race(quote) */
    pthread_mutex_lock(&future->lock);
    future->state = DONE;                       /* bug: race(state) */
    pthread_cond_signal(&future->done);
    pthread_mutex_unlock(&future->lock);
}

static struct quote result(struct future *future)
{
    pthread_mutex_lock(&future->lock);
    while (future->state != DONE)               /* bug: race(state) */
        pthread_cond_wait(&future->done, &future->lock);
    pthread_mutex_unlock(&future->lock);
    struct quote quote = future->quote;         /* bug: race(quote) */
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
        pthread_mutex_init(&futures[s].lock, NULL);
        pthread_cond_init(&futures[s].done, NULL);
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
    assert(best.cents == 1050 && best.days == 4);
    return 0;
}
