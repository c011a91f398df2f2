/*
 * missing_barrier_phase: no barrier between the phase that measures and the phase that scales
 *
 * Story: A recording is normalised, one thread a channel: measure the channel's peak, scale the
 *   channel by the loudest peak of all, and then mix a part of the recording down to mono.
 * Wrong: A quiet channel can come out as loud as the loudest, and the balance of the recording is
 *   gone.
 * Why: The mix-down waits until all channels are scaled, but the scaling does not wait until all
 *   are measured. A thread then reads the peak of a channel while that channel's thread stores it,
 *   or before, and finds 0 there.
 * Fix: A second wait at the barrier separates measuring from scaling.
 * Roadmap: threads, chunks, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C
 * Rate: A thread must reach the scaling before that of the loudest channel has measured. That one
 *   starts last, and so nearly every run goes wrong.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define CHANNELS 3
#define PART 100
#define SAMPLES (CHANNELS * PART)
#define FULL_SCALE 27000

static long channels[CHANNELS][SAMPLES], mono[SAMPLES];
static long peaks[CHANNELS];
static pthread_barrier_t phase_done;

static void *normalise(void *arg)
{
    const int own = *(int *)arg;
    long peak = 0, loudest = 0;

    for (int s = 0; s < SAMPLES; s++)
        peak = channels[own][s] > peak ? channels[own][s] : peak;
    peaks[own] = peak;                          /* bug: race(peaks) */

    for (int c = 0; c < CHANNELS; c++) {
        peak = peaks[c];                        /* bug: race(peaks) */
        loudest = peak > loudest ? peak : loudest;
    }
    for (int s = 0; s < SAMPLES; s++)
        channels[own][s] = channels[own][s] * FULL_SCALE / loudest;

    pthread_barrier_wait(&phase_done);
    for (int s = own * PART; s < (own + 1) * PART; s++) {
        for (int c = 0; c < CHANNELS; c++)
            mono[s] += channels[c][s] / CHANNELS;
    }
    return NULL;
}

int main(void)
{
    int numbers[CHANNELS], differing = 0;
    pthread_t threads[CHANNELS];

    /* The channels sound at one, two and three thirds of the loudest peak. */
    for (int c = 0; c < CHANNELS; c++) {
        for (int s = 0; s < SAMPLES; s++)
            channels[c][s] = (s % 2 ? 1000 : -1000) * (c + 1);
    }

    pthread_barrier_init(&phase_done, NULL, CHANNELS);
    for (int c = 0; c < CHANNELS; c++) {
        numbers[c] = c;
        pthread_create(&threads[c], NULL, normalise, &numbers[c]);
    }
    for (int c = 0; c < CHANNELS; c++)
        pthread_join(threads[c], NULL);
    pthread_barrier_destroy(&phase_done);

    for (int s = 0; s < SAMPLES; s++)
        differing += mono[s] != (s % 2 ? 18000 : -18000);
    printf("%d of %d samples differ\n", differing, SAMPLES);
    assert(differing == 0);                         /* bug: wrong-result(peaks); watchdog rate:
        a thread must read the peaks before the thread of the loudest channel has stored its own */
    return 0;
}
