/*
 * future_unsynchronised.shared_semaphore: one semaphore says for both futures that one is done
 *
 * Patch: moves
 * Why: A post says that some quote is there, not whose. If the second supplier posts first,
 *   result(&futures[0]) returns while the first one is still to store its quote: the read of quote
 *   races with that, and finds a price of 0.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

#define SUPPLIERS 2

struct quote {
    long cents, days;
};

struct future {
    struct quote quote;
};

static sem_t fulfilled;
static struct future futures[SUPPLIERS];

static void fulfil(struct future *future, long cents, long days)
{
    future->quote.cents = cents;                /* bug: race(quote); tsan, tsan-gcc, helgrind, drd
            rate: the second supplier must post before the first one */
    future->quote.days = days;                  /* bug: race(quote); tsan, tsan-gcc, helgrind, drd
            rate: the second supplier must post before the first one */
    sem_post(&fulfilled);
}

static struct quote result(struct future *future)
{
    sem_wait(&fulfilled);
    struct quote quote = future->quote;         /* bug: race(quote); tsan, tsan-gcc, helgrind, drd
            rate: the second supplier must post before the first one */
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

    sem_init(&fulfilled, 0, 0);
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
            rate: the second supplier must post before the first one */
    return 0;
}
