/*
 * trylock_with_back_off: two sectors handed over both ways, where one way must not wait
 *
 * Story: air traffic control hands flights over between the sectors sea and land. Each controller
 *        holds his own sector, calls the other, and then takes the other's sector as well.
 * Wrong: when both call at once, no flight leaves either sector any more.
 * Why: inbound flights lock sea before land, outbound ones land before sea, and each controller
 *      waits for the sector that the other holds.
 * Fix: the outbound controller only tries the other sector. Refused, he lets go of his own and
 *      begins again, so he never waits while he holds, and the cycle cannot close.
 * Roadmap: threads, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
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
    pthread_mutex_lock(&sea); /* bug: lock-order(sea, land) */ /* alarm: lock-order(sea, land) by
            helgrind: it enters a trylock into the order like a lock that waits */
    if (call != NULL)
        pthread_barrier_wait(call);
    pthread_mutex_lock(&land); /* bug: hang */ /* alarm: lock-order(sea, land) */ /* bug:
            lock-order(sea, land); helgrind blind: it enters a lock when the lock is got, and here
            the second lock of either thread never is; drd blind: it keeps no lock order */
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
    while (pthread_mutex_lock(&sea)) { /* bug: hang */ /* alarm: lock-order(sea, land) */ /* bug:
            lock-order(sea, land) */
        pthread_mutex_unlock(&land);
        sched_yield();
        pthread_mutex_lock(&land); /* alarm: lock-order(sea, land) */
    }
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
