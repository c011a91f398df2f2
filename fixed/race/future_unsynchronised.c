/*
 * future_unsynchronised: the result of a hand-made future is read by polling its state
 *
 * Story: A buyer asks two suppliers for a quote, each in a thread that fulfils a future, and takes
 *   the cheaper quote when both are done.
 * Wrong: A future can be done and its quote not there yet: the buyer orders at a price of 0.
 * Why: fulfil() stores the quote and then the state, the buyer polls the state and then reads the
 *   quote. Both are plain accesses, so neither the state nor the quote is ordered between them.
 * Fix: Each future has a mutex and a condition: the state changes under the mutex, and result()
 *   waits on the condition for it.
 * Roadmap: futures, threads, Condition, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C; POS49-C
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
    pthread_mutex_lock(&future->lock);
    future->quote.cents = cents;                /* bug: race(quote) */
    future->quote.days = days;                  /* bug: race(quote) */
    future->state = DONE;                       /* bug: race(state) */
    pthread_cond_signal(&future->done);
    pthread_mutex_unlock(&future->lock);
}

static struct quote result(struct future *future)
{
    pthread_mutex_lock(&future->lock);
    while (future->state != DONE)               /* bug: race(state) */
        pthread_cond_wait(&future->done, &future->lock);
    struct quote quote = future->quote;         /* bug: race(quote) */
    pthread_mutex_unlock(&future->lock);
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
