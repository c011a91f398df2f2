/*
 * size_then_pop.size_again: the size is asked again right before the parcel is popped
 *
 * Patch: hides
 * Why: The second look comes after the ramp, so that it sees nearly always what the other
 *   driver has taken, and hardly a run fails. But `lock` is given back between depot_size() and
 *   depot_pop() as before: both drivers can find the last parcel there once more.
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
        if (depot_size() > 0)
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
    assert(load[0] + load[1] == 72);        /* bug: wrong-result(load); watchdog rate: both
        drivers must ask for the size again before either of them pops */
    assert(depot_size() == 0);
    return 0;
}
