/*
 * queue_peek_unlocked: the front of a locked queue is looked at without the lock
 *
 * Story: A taxi office takes calls and sends out cabs, through a queue with a lock. The screen on
 *   the wall shows the front of the queue; it takes nothing out, and so it was given no lock.
 * Wrong: The screen can show the name of one caller with the street of another.
 * Why: The queue's lock orders only those who take it. The peek reads the queue while the others
 *   change it, and the order at the front can be another one at its second read.
 * Fix: The peek copies the order with the queue's lock held.
 * Roadmap: Queue, Lock, Condition, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C; POS49-C
 * Rate: The front slot must be filled anew between the peek's two reads of it. The queue is short,
 *   so that a slot is filled often, but those two reads are close together.
 */
#include <assert.h>
#include <pthread.h>

#define CALLS 2000
#define GLANCES (10 * CALLS)
#define LENGTH 2                                /* of the queue */

struct meal {
    long caller, street;                        /* caller n lives in street 3 * n */
};

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static struct meal orders[LENGTH];             /* guarded by queue_lock */
static long front, count;                       /* guarded by queue_lock */

static void *take_calls(void *arg)
{
    (void)arg;
    for (long n = 1; n <= CALLS; n++) {
        pthread_mutex_lock(&queue_lock);
        while (count == LENGTH)                 /* bug: race(queue) */
            pthread_cond_wait(&moved, &queue_lock);
        orders[(front + count) % LENGTH] = (struct meal){ n, 3 * n };  /* bug: race(queue) */
        count++;                                /* bug: race(queue) */
        pthread_cond_broadcast(&moved);
        pthread_mutex_unlock(&queue_lock);
    }
    return NULL;
}

static void *send_cabs(void *arg)
{
    (void)arg;
    for (int sent = 0; sent < CALLS; sent++) {
        pthread_mutex_lock(&queue_lock);
        while (count == 0)                      /* bug: race(queue) */
            pthread_cond_wait(&moved, &queue_lock);
        front = (front + 1) % LENGTH;           /* bug: race(queue) */
        count--;                                /* bug: race(queue) */
        pthread_cond_broadcast(&moved);
        pthread_mutex_unlock(&queue_lock);
    }
    return NULL;
}

static struct meal peek(void)
{
    struct meal shown = { 0, 0 };
    if (count > 0)                              /* bug: race(queue) */
        shown = orders[front];                  /* bug: race(queue) */
    return shown;
}

static int watch_screen(void)
{
    int mixed_up = 0;

    for (int glance = 0; glance < GLANCES; glance++) {
        struct meal shown = peek();
        mixed_up += shown.street != 3 * shown.caller;
    }
    return mixed_up;
}

int main(void)
{
    pthread_t clerk, dispatcher;
    pthread_create(&clerk, NULL, take_calls, NULL);
    pthread_create(&dispatcher, NULL, send_cabs, NULL);
    int mixed_up = watch_screen();
    pthread_join(clerk, NULL);
    pthread_join(dispatcher, NULL);

    assert(mixed_up == 0);                      /* bug: wrong-result(queue); watchdog rate:
        an meal must be stored in the front slot between the peek's two reads of it */
    return 0;
}
