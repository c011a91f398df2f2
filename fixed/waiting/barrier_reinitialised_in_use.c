/*
 * barrier_reinitialised_in_use: a barrier initialised anew while it is in use
 *
 * Story: a light show. Lamps and music meet at a barrier before each cue. The music skips the
 * second cue and initialises the barrier again, as it would call Barrier.reset in Python.
 * Wrong: the show stops before the third cue, lamps and music both waiting for each other.
 * Why: POSIX has no reset, and to initialise a barrier in use is undefined. Lamps that wait at it
 * are forgotten and not let go; lamps that come later are one cue behind, and nobody comes to their
 * last one.
 * Fix: the music comes to the barrier for the cue that it skips, too, and does not play.
 * Roadmap: threads
 * CWE: CWE-666 Operation on Resource in Wrong Phase of Lifetime
 * CERT: none
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { PARTIES = 2, CUES = 3 };

static pthread_barrier_t gate;

static void *light_lamps(void *lit)
{
    for (int cue = 0; cue < CUES; cue++) {
        pthread_barrier_wait(&gate); /* bug: hang(gate) */ /* bug: race(gate)
            ; helgrind, drd blind: they do not take a barrier's calls for accesses to its memory */
        ++*(int *)lit;
    }
    return NULL;
}

static void skip_cue(void)
{
    pthread_barrier_wait(&gate); /* bug: race(gate) */ /* bug: misuse(gate)
        ; tsan, tsan-gcc blind: they know a barrier by its memory only, and take this for a write */
}

int main(void)
{
    static const bool skipped[CUES] = {false, true, false};
    pthread_t lamps;
    int lit = 0;
    int played = 0;

    pthread_barrier_init(&gate, NULL, PARTIES);
    pthread_create(&lamps, NULL, light_lamps, &lit);
    pthread_setname_np(lamps, "lamps");
    for (int cue = 0; cue < CUES; cue++) {
        if (skipped[cue]) {
            skip_cue();
        } else {
            pthread_barrier_wait(&gate); /* bug: hang(gate) */
            played++;
        }
    }
    pthread_join(lamps, NULL); /* bug: hang(gate) */
    pthread_barrier_destroy(&gate);

    assert(lit == CUES && played == CUES - 1);
    return 0;
}
