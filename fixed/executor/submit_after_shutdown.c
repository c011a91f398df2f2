/*
 * submit_after_shutdown: a pool takes a task after its worker has gone
 *
 * Story: A shop's sales are booked by a clerk, the worker of a pool of one. At closing time the
 *   clerk is sent home; the register then submits the sale to a last customer, and waits for it.
 * Wrong: The sale is accepted, nobody books it, and the shop never closes.
 * Why: submit() asks whether the queue has room, not whether anybody is left to empty it.
 * Fix: submit() refuses once the pool is closed, under the lock under which it is closed; the
 *   register then books the sale itself, as it does when the queue is full.
 * Roadmap: threads, pool, futures, Condition, server
 * CWE: CWE-672 Operation on a Resource after Expiration or Release
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>

enum { SLOTS = 8 };

struct sale {
    long cents;
    bool booked;                                /* guarded by lock */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_changed = PTHREAD_COND_INITIALIZER;
static pthread_cond_t sale_booked = PTHREAD_COND_INITIALIZER;
static struct sale *queue[SLOTS];               /* the queue and these four: guarded by lock */
static int head, tail, closed;
static long takings;

/* submit() and book() are called with lock held. */
static bool submit(struct sale *sale)
{
    if (tail == SLOTS || closed)
        return false;
    queue[tail++] = sale;
    pthread_cond_signal(&queue_changed);
    return true;
}

static void book(struct sale *sale)
{
    takings += sale->cents;
    sale->booked = true;
    pthread_cond_signal(&sale_booked);
}

static void sell(struct sale *sale)
{
    pthread_mutex_lock(&lock);
    if (!submit(sale))
        book(sale);
    while (!sale->booked)
        pthread_cond_wait(&sale_booked, &lock); /* bug: hang(sale_booked) */
    pthread_mutex_unlock(&lock);
}

static void *run_register(void *arg)
{
    sell(&(struct sale){ .cents = 300 });
    return arg;
}

static void *run_clerk(void *arg)
{
    pthread_mutex_lock(&lock);
    while (head < tail || !closed) {
        if (head < tail)
            book(queue[head++]);
        else
            pthread_cond_wait(&queue_changed, &lock);
    }
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t clerk, till;

    pthread_create(&clerk, NULL, run_clerk, NULL);
    sell(&(struct sale){ .cents = 1250 });

    pthread_mutex_lock(&lock);
    closed = 1;
    pthread_cond_signal(&queue_changed);
    pthread_mutex_unlock(&lock);
    pthread_join(clerk, NULL);
    pthread_create(&till, NULL, run_register, NULL);    /* one customer is left */
    pthread_join(till, NULL);                   /* bug: hang(sale_booked) */
    assert(takings == 1550);
    return 0;
}
