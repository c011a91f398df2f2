/*
 * bluetooth_driver.count_kept: a request counts itself first, and stays counted when it is refused
 *
 * Patch: moves
 * Why: No request works on a freed device any more. But one that finds `stopping` set returns
 *   without giving its count back: `pending` never comes down to 0, and unplug() waits for
 *   `none_pending` for ever.
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
    atomic_fetch_add(&pending, 1);
    if (atomic_load(&stopping))
        return false;
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
    sem_wait(&none_pending);                /* bug: hang(none_pending); watchdog rate: the stop
        must come while a request is between its count of itself and its look at the flag */
    atomic_store(&stopped, true);           /* from here on there is no device */
    return NULL;
}

int main(void)
{
    pthread_t requests[REQUESTS], unplugged;
    bool served[REQUESTS] = { false };

    sem_init(&none_pending, 0, 0);
    for (int r = 0; r < REQUESTS; r++)
        pthread_create(&requests[r], NULL, dispatch, &served[r]);
    pthread_create(&unplugged, NULL, unplug, NULL);
    for (int r = 0; r < REQUESTS; r++) {
        pthread_join(requests[r], NULL);
        printf("request %d was %s\n", r, served[r] ? "served" : "refused");
    }
    pthread_join(unplugged, NULL);          /* bug: hang(none_pending) */
    sem_destroy(&none_pending);
    return 0;
}
