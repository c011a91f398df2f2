/*
 * relaxed_ring_index: the reader of a ring buffer gives its slots back with a relaxed store
 *
 * Story: a player decodes a song in one thread and plays it in another. Between them is a ring of
 *   samples without a lock: each side writes one index and reads the other's.
 * Wrong: on a weakly ordered processor a sample is heard that belongs four samples later. A
 *   strongly ordered processor hides the fault: the result proves nothing.
 * Why: `played` tells the decoder that a slot is free. Stored relaxed, it may be seen before the
 *   sample was loaded, and the slot is filled again: the load and the next round's store to the
 *   slot race. The other index, `decoded`, is right, and it orders the other direction only.
 * Fix: `played` is stored with memory_order_release.
 * Roadmap: threads, Queue, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-821 Incorrect Synchronization
 * CERT: CON43-C
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

#define SLOTS 4
#define SAMPLES 32

static long ring[SLOTS];
static atomic_size_t decoded;               /* samples put into the ring */
static atomic_size_t played;                /* samples taken out of it */

static void *decode(void *arg)
{
    (void)arg;
    for (size_t s = 0; s < SAMPLES; s++) {
        while (s - atomic_load_explicit(&played, memory_order_acquire) == SLOTS)    /* alarm:
                race(played) by helgrind, drd: the atomics of an index are plain moves to them */
            sched_yield();
        ring[s % SLOTS] = (long)s * 3;      /* bug: race(ring) */ /* alarm: race(ring) by helgrind,
                drd: they see no order in the stores to the indices and the loads of them */
        atomic_store_explicit(&decoded, s + 1, memory_order_release);   /* alarm: race(decoded) by
                helgrind, drd: the atomics of an index are plain moves to them */
    }
    return NULL;
}

static void *play(void *arg)
{
    long *volume = arg;

    for (size_t s = 0; s < SAMPLES; s++) {
        while (s == atomic_load_explicit(&decoded, memory_order_acquire)) /* alarm: race(decoded) */
            sched_yield();
        *volume += ring[s % SLOTS];         /* bug: race(ring) */ /* alarm: race(ring) */
        atomic_store_explicit(&played, s + 1, memory_order_relaxed);    /* alarm: race(played) */
    }
    return NULL;
}

int main(void)
{
    pthread_t decoder, player;
    long volume = 0;

    pthread_create(&player, NULL, play, &volume);
    pthread_create(&decoder, NULL, decode, NULL);
    pthread_join(decoder, NULL);
    pthread_join(player, NULL);
    assert(volume == 3 * SAMPLES * (SAMPLES - 1) / 2);
    return 0;
}
