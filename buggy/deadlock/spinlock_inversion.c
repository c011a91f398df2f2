/*
 * spinlock_inversion: two spinlocks taken in opposite orders
 *
 * Story: a network driver. The receiver refills its ring with buffers from the pool; when memory is
 * short, a shrinker takes spare buffers off the ring, so that the pool can give memory back.
 * Wrong: a machine short of memory under load: both threads run at full speed and no packet moves.
 * No thread is asleep, so a list of waiting threads shows nothing.
 * Why: the receiver holds the ring and spins for the pool, the shrinker holds the pool and spins
 * for the ring. That a spinlock is held for a few instructions only makes the moment rarer, not
 * the order right.
 * Fix: the shrinker takes the buffers off the ring first and books them into the pool afterwards.
 * In between they are its own, and it never holds both locks.
 * Roadmap: threads, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum { SLOTS = 8, BUFFERS = 20, PACKETS = 6 };

static pthread_spinlock_t ring;
static int filled; /* slots of the ring with a buffer in them, guarded by ring */

static pthread_spinlock_t pool;
static int spare = BUFFERS; /* guarded by pool */

static void refill(void)
{
    pthread_spin_lock(&ring); /* bug: lock-order(ring, pool); drd blind: it keeps no lock order */
    int wanted = SLOTS - filled;
    pthread_spin_lock(&pool); /* bug: lock-order(ring, pool) */
    int given = wanted < spare ? wanted : spare;
    spare -= given;
    pthread_spin_unlock(&pool);
    filled += given;
    pthread_spin_unlock(&ring);
}

static void *receive(void *consumed)
{
    refill();
    for (int i = 0; i < PACKETS; i++) {
        pthread_spin_lock(&ring);
        filled--;
        pthread_spin_unlock(&ring);
        ++*(int *)consumed;
    }
    refill();
    return NULL;
}

static void *shrink(void *arg)
{
    pthread_spin_lock(&pool); /* bug: lock-order(ring, pool) */
    pthread_spin_lock(&ring); /* bug: lock-order(ring, pool) */
    int taken = filled / 2;
    filled -= taken;
    pthread_spin_unlock(&ring);
    spare += taken;
    pthread_spin_unlock(&pool);
    return arg;
}

static void run(const char *name, void *(*work)(void *), void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, work, arg);
    pthread_setname_np(thread, name);
    pthread_join(thread, NULL);
}

int main(void)
{
    int consumed = 0;

    pthread_spin_init(&ring, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_init(&pool, PTHREAD_PROCESS_PRIVATE);
    run("receiver", receive, &consumed);
    run("shrinker", shrink, NULL); /* today memory runs short after the packets have been through */

    assert(consumed == PACKETS && filled == SLOTS / 2);
    assert(filled + spare + consumed == BUFFERS);
    return 0;
}
