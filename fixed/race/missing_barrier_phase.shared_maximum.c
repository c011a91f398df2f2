/*
 * missing_barrier_phase.shared_maximum: the loudest peak is kept in one shared variable
 *
 * Why: Each thread raises loudest to its own peak with loudest_lock held, and then waits at the
 *   barrier. After the barrier nobody writes loudest any more, and the barrier has ordered all
 *   those stores before the reads, which therefore need no lock.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define CHANNELS 3
#define PART 100
#define SAMPLES (CHANNELS * PART)
#define FULL_SCALE 27000

static long channels[CHANNELS][SAMPLES], mono[SAMPLES];
static long loudest;
static pthread_mutex_t loudest_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t phase_done;

static void *normalise(void *arg)
{
    const int own = *(int *)arg;
    long peak = 0;

    for (int s = 0; s < SAMPLES; s++)
        peak = channels[own][s] > peak ? channels[own][s] : peak;
    pthread_mutex_lock(&loudest_lock);
    loudest = peak > loudest ? peak : loudest;  /* bug: race(peaks) */
    pthread_mutex_unlock(&loudest_lock);

    pthread_barrier_wait(&phase_done);
    for (int s = 0; s < SAMPLES; s++)
        channels[own][s] = channels[own][s] * FULL_SCALE / loudest; /* bug: race(peaks) */

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
