/*
 * trylock_with_back_off.let_go_first: the outbound controller lets go before he locks the sea
 *
 * Why: after the call the outbound controller unlocks land and then locks sea before land, as
 * the inbound one does. He changes nothing until he has both, so that letting go in between is
 * harmless.
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
    pthread_mutex_lock(&sea); /* bug: lock-order(sea, land) */
    if (call != NULL)
        pthread_barrier_wait(call);
    pthread_mutex_lock(&land); /* bug: hang */ /* bug: lock-order(sea, land) */
    over_sea--;
    over_land++;
    pthread_mutex_unlock(&land);
    pthread_mutex_unlock(&sea);
    return NULL;
}

static void *hand_outbound(void *call)
{
    pthread_mutex_lock(&land); /* bug: lock-order(sea, land) */
    pthread_barrier_wait(call);
    pthread_mutex_unlock(&land);
    pthread_mutex_lock(&sea); /* bug: hang */ /* bug: lock-order(sea, land) */
    pthread_mutex_lock(&land);
    over_land -= 2;
    over_sea += 2;
    pthread_mutex_unlock(&sea);
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
    pthread_join(inbound, NULL);            /* bug: hang */
    pthread_join(outbound, NULL);
    pthread_barrier_destroy(&call);
    assert(over_sea == 9 && over_land == 9);
    return 0;
}
