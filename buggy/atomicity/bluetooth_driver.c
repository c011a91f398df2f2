/*
 * bluetooth_driver: request let in by the look at a flag, and counted one step too late
 *
 * Story: a Bluetooth driver counts the requests that are under way, and one more for the device
 *   itself. When the adapter is unplugged, the driver lets no new request in, gives the device's
 *   one back, waits for the count to reach zero and then frees the device.
 * Wrong: once in a long while, unplugging the adapter crashes the system: a request is at work on a
 *   device that was freed.
 * Why: a request looks at `stopping` and then adds itself to `pending`, each of them atomic. If all
 *   of the stop comes in between, it finds the count at zero, for the request was let in and is not
 *   yet counted. It is the Bluetooth driver of Qadeer and Wu, KISS (PLDI 2004).
 * Fix: a request counts itself first, then looks at the flag, and takes itself back if that is set.
 *   Whoever finds it clear was counted before the stop began.
 * Roadmap: threads, Event, races
 * CWE: CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition
 * CERT: CON07-C
 * Rate: The stop must find the count at zero between a request's look at the flag and its count of
 *   itself. There are two requests and no pause, so that nearly all runs come out right; nothing
 *   makes it likelier.
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
    assert(!atomic_load(&stopped));         /* bug: wrong-result(stopped); watchdog rate: the stop
        must find nothing pending between a request's look at the flag and its count of itself */
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
    for (int r = 0; r < REQUESTS; r++)
        pthread_create(&requests[r], NULL, dispatch, &served[r]);
    pthread_create(&unplugged, NULL, unplug, NULL);
    for (int r = 0; r < REQUESTS; r++) {
        pthread_join(requests[r], NULL);
        printf("request %d was %s\n", r, served[r] ? "served" : "refused");
    }
    pthread_join(unplugged, NULL);
    sem_destroy(&none_pending);
    return 0;
}
