/*
 * bluetooth_driver.one_request: each request is joined before the next thread is made
 *
 * Patch: serial
 * Why: unplug() starts when all requests have ended, so that none can be between its look at
 *   `stopping` and its count. For that the requests come one after the other, and the driver
 *   serves one at a time.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#define REQUESTS 2

static atomic_int pending = 1;              /* requests under way, and 1 for the device itself */
static atomic_bool stopping, stopped;
static sem_t none_pending;                  /* posted whenever pending comes down to 0 */

static void request_leave(void)
{
    if (atomic_fetch_sub(&pending, 1) == 1)
        sem_post(&none_pending);
}

static bool request_enter(void)
{
    if (atomic_load(&stopping))
        return false;
    atomic_fetch_add(&pending, 1);
    return true;
}

static void *dispatch(void *arg)
{
    bool *served = arg;

    if (!request_enter())
        return NULL;
    assert(!atomic_load(&stopped));
    *served = true;
    request_leave();
    return NULL;
}

static void *unplug(void *arg)
{
    (void)arg;
    atomic_store(&stopping, true);
    request_leave();
    sem_wait(&none_pending);
    atomic_store(&stopped, true);           /* from here on there is no device */
    return NULL;
}

int main(void)
{
    pthread_t requests[REQUESTS], unplugged;
    bool served[REQUESTS] = { false };

    sem_init(&none_pending, 0, 0);
    for (int r = 0; r < REQUESTS; r++) {
        pthread_create(&requests[r], NULL, dispatch, &served[r]);
        pthread_join(requests[r], NULL);    /* serial: pending */
        printf("request %d was %s\n", r, served[r] ? "served" : "refused");
    }
    pthread_create(&unplugged, NULL, unplug, NULL);
    pthread_join(unplugged, NULL);
    sem_destroy(&none_pending);
    return 0;
}
