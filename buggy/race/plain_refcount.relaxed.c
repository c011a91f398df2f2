/*
 * plain_refcount.relaxed: the count is a relaxed atomic
 *
 * Patch: hides
 * Why: The count comes out right, for each subtraction is one atomic operation. But relaxed orders
 *   nothing else: one subscriber's reading of cents is not ordered before the other one's free,
 *   and may come after it. To Helgrind and DRD free() is no access, and they fall silent.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define SUBSCRIBERS 2
#define MESSAGES 1000

struct message {
    atomic_long holders;
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
    return atomic_fetch_sub_explicit(&message->holders, 1, memory_order_relaxed) == 1;  /* bug:
        race(message) */
}

static void *subscribe(void *arg)
{
    struct subscriber *self = arg;

    pthread_barrier_wait(&opening_bell);
    for (int m = 0; m < MESSAGES; m++) {
        self->cents_seen += ticker[m]->cents;   /* bug: race(message) */
        if (let_go(ticker[m])) {
            free(ticker[m]);                    /* bug: race(message); helgrind, drd
                blind: they follow accesses, and to them free() is none */
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
    assert(freed == MESSAGES);
    return 0;
}
