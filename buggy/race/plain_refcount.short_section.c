/*
 * plain_refcount.short_section: the new count is computed before the lock is taken
 *
 * Patch: moves
 * Why: Only the store holds holders_lock, the load stands before it. Both subscribers can still
 *   load a count of 2 and then store 1, one after the other: neither is the last, and the load
 *   races with the other's store.
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define SUBSCRIBERS 2
#define MESSAGES 1000

struct message {
    long holders;
    long cents;
};

struct subscriber {
    long cents_seen;
    int freed;
};

static pthread_mutex_t holders_lock = PTHREAD_MUTEX_INITIALIZER;
static struct message *ticker[MESSAGES];
static pthread_barrier_t opening_bell;

static bool let_go(struct message *message)
{
    long holders = message->holders - 1;        /* bug: race(message) */

    pthread_mutex_lock(&holders_lock);
    message->holders = holders;                 /* bug: race(message) */
    pthread_mutex_unlock(&holders_lock);
    return holders == 0;
}

static void *subscribe(void *arg)
{
    struct subscriber *self = arg;

    pthread_barrier_wait(&opening_bell);
    for (int m = 0; m < MESSAGES; m++) {
        self->cents_seen += ticker[m]->cents;
        if (let_go(ticker[m])) {
            free(ticker[m]);
            self->freed++;
        }
    }
    return NULL;
}

int main(void)
{
    static struct subscriber subscribers[SUBSCRIBERS];
    pthread_t threads[SUBSCRIBERS];

    for (int m = 0; m < MESSAGES; m++) {
        ticker[m] = malloc(sizeof *ticker[m]);
        ticker[m]->holders = SUBSCRIBERS;
        ticker[m]->cents = m;
    }
    pthread_barrier_init(&opening_bell, NULL, SUBSCRIBERS);
    for (int s = 0; s < SUBSCRIBERS; s++)
        pthread_create(&threads[s], NULL, subscribe, &subscribers[s]);
    for (int s = 0; s < SUBSCRIBERS; s++)
        pthread_join(threads[s], NULL);
    pthread_barrier_destroy(&opening_bell);

    int freed = subscribers[0].freed + subscribers[1].freed;
    printf("%d of %d messages freed\n", freed, MESSAGES);
    assert(freed == MESSAGES);                  /* bug: wrong-result(message); watchdog rate:
        both subscribers must load a count before either has stored it */
    return 0;
}
