/*
 * plain_refcount.lock_the_day: a subscriber holds the lock from its first message to its last
 *
 * Patch: serial
 * Why: No count goes wrong, but the first subscriber to get holders_lock reads the whole ticker
 *   before the other one sees a single message. What needs the lock is the count, for a moment at
 *   each message.
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
    long holders = message->holders - 1;
    message->holders = holders;
    return holders == 0;
}

static void *subscribe(void *arg)
{
    struct subscriber *self = arg;

    pthread_barrier_wait(&opening_bell);
    pthread_mutex_lock(&holders_lock);          /* serial: message */
    for (int m = 0; m < MESSAGES; m++) {
        self->cents_seen += ticker[m]->cents;
        if (let_go(ticker[m])) {
            free(ticker[m]);
            self->freed++;
        }
    }
    pthread_mutex_unlock(&holders_lock);        /* serial: message */
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
    assert(freed == MESSAGES);
    return 0;
}
