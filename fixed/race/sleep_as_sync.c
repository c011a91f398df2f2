/*
 * sleep_as_sync: a pause that is long enough stands in for waiting
 *
 * Story: A gas detector calibrates its probe in a thread when it is switched on. That takes a
 *   moment, so main pauses before it derives the alarm level from the zero level.
 * Wrong: On a busy device the calibration takes longer than the pause: the alarm level is derived
 *   from a zero level of 0, and the alarm goes off in clean air.
 * Why: Time orders nothing. However long the pause, no synchronisation puts the probe's store of
 *   the zero level before main's load of it, so the two are a data race in every run.
 * Fix: The probe posts a semaphore once it is calibrated, and main waits for that.
 * Roadmap: Semaphore, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-821 Incorrect Synchronization
 * CERT: CON43-C
 * Rate: The alarm level is wrong only where the calibration outlasts the pause. The pause is
 *   generous, as it always is, and so the result is nearly always right; the race does not mind.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>

#define RAW_READINGS 64
#define TOP_ABOVE_ZERO 400

static long zero_level;
static sem_t calibrated;
static sem_t sample_wanted;

static long raw_reading(int n)
{
    return 1200 + n % 5 - 2;                    /* clean air, and some noise */
}

static void *probe(void *arg)
{
    long *sample = arg, sum = 0;

    for (int n = 0; n < RAW_READINGS; n++)
        sum += raw_reading(n);
    zero_level = sum / RAW_READINGS;            /* bug: race(zero_level) */
    sem_post(&calibrated);

    sem_wait(&sample_wanted);
    *sample = raw_reading(RAW_READINGS);
    return NULL;
}

int main(void)
{
    static long sample;
    pthread_t probe_thread;

    sem_init(&calibrated, 0, 0);
    sem_init(&sample_wanted, 0, 0);
    pthread_create(&probe_thread, NULL, probe, &sample);
    sem_wait(&calibrated);
    long top_level = zero_level + TOP_ABOVE_ZERO;   /* bug: race(zero_level) */

    sem_post(&sample_wanted);
    pthread_join(probe_thread, NULL);
    sem_destroy(&calibrated);
    sem_destroy(&sample_wanted);

    printf("sample %ld, top at %ld\n", sample, top_level);
    assert(sample <= top_level);              /* bug: wrong-result(zero_level); watchdog rate:
        the calibration must take longer than the pause */
    return 0;
}
