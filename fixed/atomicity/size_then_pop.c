/*
 * size_then_pop: size of a queue asked in one critical section, element popped in another
 *
 * Story: a depot queues parcels in a ring. Two drivers see that a parcel is left, drive up to the
 *        ramp and take one.
 * Wrong: one parcel is left and both drivers leave with one: the second takes the stale slot of a
 *        parcel that was delivered before, and the ring's head has run past its tail.
 * Why: depot_size() and depot_pop() are each atomic under the lock. The size is history once the
 *      lock is released, and depot_pop() relies on it.
 * Fix: depot_pop() tests for an empty ring in the critical section in which it takes the parcel.
 * Roadmap: threads, Lock, Semaphore, Queue, races
 * CWE: CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition
 * CERT: CON08-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

#define SLOTS 2                             /* a power of two */
#define DRIVERS 2
#define NO_PARCEL 0

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int ring[SLOTS];                     /* these three: guarded by lock */
static unsigned int head, tail;
static sem_t at_ramp[DRIVERS];

static unsigned int depot_size(void)
{
    pthread_mutex_lock(&lock);
    unsigned int size = tail - head;
    pthread_mutex_unlock(&lock);
    return size;
}

static void depot_put(int parcel)
{
    pthread_mutex_lock(&lock);
    ring[tail++ % SLOTS] = parcel;
    pthread_mutex_unlock(&lock);
}

static int depot_pop(void)
{
    int parcel = NO_PARCEL;

    pthread_mutex_lock(&lock);
    if (tail != head)
        parcel = ring[head++ % SLOTS];
    pthread_mutex_unlock(&lock);
    return parcel;
}

static void *drive(void *arg)
{
    int driver = *(int *)arg, parcel = NO_PARCEL;

    if (depot_size() > 0) {
        /* The ramp opens when both are there. */
        sem_post(&at_ramp[!driver]);
        sem_wait(&at_ramp[driver]);
        parcel = depot_pop();
    }
    *(int *)arg = parcel;
    return NULL;
}

int main(void)
{
    pthread_t thread[DRIVERS];
    int load[DRIVERS] = { 0, 1 };

    depot_put(71);
    depot_put(72);
    assert(depot_pop() == 71);
    for (int i = 0; i < DRIVERS; i++)
        sem_init(&at_ramp[i], 0, 0);
    for (int i = 0; i < DRIVERS; i++)
        pthread_create(&thread[i], NULL, drive, &load[i]);
    for (int i = 0; i < DRIVERS; i++)
        pthread_join(thread[i], NULL);
    assert(load[0] + load[1] == 72);        /* bug: wrong-result(load) */
    assert(depot_size() == 0);
    return 0;
}
