/*
 * relaxed_ring_index.acquire_add: the slot is given back with an acquire increment
 *
 * Patch: moves
 * Why: atomic_fetch_add with acquire orders what comes after it. What must be ordered is the
 *   load of the sample before it, and for that `played` needs a release: the load still races
 *   with the next  store to the slot.
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
        atomic_fetch_add_explicit(&played, 1, memory_order_acquire);    /* alarm: race(played) */
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
