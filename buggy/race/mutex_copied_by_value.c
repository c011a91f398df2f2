/*
 * mutex_copied_by_value: each thread locks its own copy of the mutex
 *
 * Story: A load tester collects response times in a histogram, a structure of a lock and the
 *   buckets. Every client of the test is given the histogram that it reports to.
 * Wrong: The histogram shows fewer requests than were sent.
 * Why: The client's member is a structure, not a pointer, so the assignment copies the lock along
 *   with the pointer to the buckets. Each client locks a mutex that nobody else has, and all add to
 *   the same buckets; besides, the use of a copied mutex is undefined.
 * Fix: A client keeps a pointer to the histogram, so that there is one lock.
 * Roadmap: Lock, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-821 Incorrect Synchronization
 * CERT: CON43-C; POS49-C
 * Rate: A request is not counted when another client stores the bucket between this one's load and
 *   its store. Most requests fall into one bucket, which makes that more likely.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define CLIENTS 3
#define REQUESTS 2000
#define BUCKETS 4
#define BUCKET_MS 25

struct histogram {
    pthread_mutex_t lock;
    long *buckets;                              /* BUCKETS of them, guarded by lock */
};

struct client {
    pthread_t thread;
    int slowest_every;
    struct histogram histogram;
};

static void add(struct histogram *histogram, int ms)
{
    pthread_mutex_lock(&histogram->lock);
    histogram->buckets[ms / BUCKET_MS]++;       /* bug: race(buckets) */
    pthread_mutex_unlock(&histogram->lock);
}

static void *send_requests(void *arg)
{
    struct client *client = arg;

    for (int r = 0; r < REQUESTS; r++) {
        int ms = r % client->slowest_every == 0 ? 80 : 12;

        add(&client->histogram, ms);
    }
    return NULL;
}

int main(void)
{
    static long buckets[BUCKETS];
    static struct histogram histogram = { PTHREAD_MUTEX_INITIALIZER, buckets };
    static struct client clients[CLIENTS];
    long counted = 0;

    for (int c = 0; c < CLIENTS; c++) {
        clients[c].slowest_every = 10 + c;
        clients[c].histogram = histogram;
        pthread_create(&clients[c].thread, NULL, send_requests, &clients[c]);
    }
    for (int c = 0; c < CLIENTS; c++)
        pthread_join(clients[c].thread, NULL);
    for (int b = 0; b < BUCKETS; b++)
        counted += buckets[b];

    printf("%ld of %d requests counted\n", counted, CLIENTS * REQUESTS);
    assert(counted == CLIENTS * REQUESTS);      /* bug: wrong-result(buckets); watchdog rate:
        one client's load must fall between another's load and store */
    return 0;
}
