/*
 * relaxed_ring_index.atomic_slots: the slots are atomic and relaxed as well
 *
 * Patch: hides
 * Why: Atomic slots have no data race, and ThreadSanitizer is silent. But the relaxed load of a
 *   slot and the relaxed store of `played` are in no order for the decoder: the slot can still
 *   be filled again before it was  read.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

#define SLOTS 4
#define SAMPLES 32

static atomic_long ring[SLOTS];
static atomic_size_t decoded;               /* samples put into the ring */
static atomic_size_t played;                /* samples taken out of it */

static void *decode(void *arg)
{
    (void)arg;
    for (size_t s = 0; s < SAMPLES; s++) {
        while (s - atomic_load_explicit(&played, memory_order_acquire) == SLOTS)    /* alarm:
                race(played) by helgrind, drd: the atomics of an index are plain moves to them */
            sched_yield();
        atomic_store_explicit(&ring[s % SLOTS], (long)s * 3,    /* bug: race(ring); tsan,
                tsan-gcc blind: atomic accesses are no data race, whatever their order */
                              memory_order_relaxed);
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
        *volume += atomic_load_explicit(&ring[s % SLOTS],       /* bug: race(ring) */
                                        memory_order_relaxed);
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
