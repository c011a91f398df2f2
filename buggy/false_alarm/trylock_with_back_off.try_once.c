/*
 * trylock_with_back_off.try_once: the outbound controller tries once
 *
 * Patch: moves
 * Why: refused, the outbound controller lets the other go first but does not try sea again: he
 * goes on without it, and in the end unlocks a mutex that he does not hold.
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>

static pthread_mutex_t sea = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t land = PTHREAD_MUTEX_INITIALIZER;
static int over_sea = 9;                    /* guarded by sea */
static int over_land = 9;                   /* guarded by land */

/* `call` is where the controllers meet; NULL at night, when one of them has both sectors. */
static void *hand_inbound(void *call)
{
    pthread_mutex_lock(&sea);
    if (call != NULL)
        pthread_barrier_wait(call);
    pthread_mutex_lock(&land);
    over_sea--;
    over_land++;
    pthread_mutex_unlock(&land);
    pthread_mutex_unlock(&sea); /* bug: misuse(sea) */
    return NULL;
}

static void *hand_outbound(void *call)
{
    pthread_mutex_lock(&land);
    pthread_barrier_wait(call);
    if (pthread_mutex_trylock(&sea)) {
        pthread_mutex_unlock(&land);
        sched_yield();
        pthread_mutex_lock(&land);
    }
    over_land -= 2;
    over_sea += 2;
    pthread_mutex_unlock(&sea); /* bug: misuse(sea) */
    pthread_mutex_unlock(&land);
    return NULL;
}

int main(void)
{
    pthread_t inbound, outbound;
    pthread_barrier_t call;

    hand_inbound(NULL);
    pthread_barrier_init(&call, NULL, 2);
    pthread_create(&inbound, NULL, hand_inbound, &call);
    pthread_setname_np(inbound, "inbound");
    pthread_create(&outbound, NULL, hand_outbound, &call);
    pthread_setname_np(outbound, "outbound");
    pthread_join(inbound, NULL);
    pthread_join(outbound, NULL);
    pthread_barrier_destroy(&call);
    assert(over_sea == 9 && over_land == 9);
    return 0;
}
