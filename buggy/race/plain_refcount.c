/*
 * plain_refcount: a plain integer counts who still holds a message
 *
 * Story: A news ticker allocates each message once and hands it to both of its subscribers. Each
 *   reads the message and lets go of it, and whoever is the last one frees it.
 * Wrong: Some messages are never freed: the ticker grows from day to day until it is restarted.
 * Why: Letting go is a load, a subtraction and a store. Both subscribers can load a count of 2 and
 *   both store 1, so that neither is the last. And even where the count comes out right, nothing
 *   orders one subscriber's reading before the other one's free.
 * Fix: The count changes with holders_lock held. The last one to let go locks it after the other's
 *   unlock, which orders the other's reading before his free as well.
 * Roadmap: threads, Lock, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-911 Improper Update of Reference Count
 * CERT: CON43-C; POS49-C; CON07-C
 * Rate: A message is kept when both subscribers load its count before either has stored it. They
 *   start together on the same long ticker, and yet must be at the same message by chance.
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

static struct message *ticker[MESSAGES];
static pthread_barrier_t opening_bell;

static bool let_go(struct message *message)
{
    long holders = message->holders - 1;        /* bug: race(message) */
    message->holders = holders;                 /* bug: race(message) */
    return holders == 0;
}

static void *subscribe(void *arg)
{
    struct subscriber *self = arg;

    pthread_barrier_wait(&opening_bell);
    for (int m = 0; m < MESSAGES; m++) {
        self->cents_seen += ticker[m]->cents;   /* bug: race(message) */
        if (let_go(ticker[m])) {
            free(ticker[m]);                    /* bug: race(message) */
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
