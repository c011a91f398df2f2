/*
 * read_before_join.both_under_lock: store and read of the sum hold a lock
 *
 * Patch: hides
 * Why: With takings_lock around both accesses there is no data race any more, and no race detector
 *   has anything to report. But a lock excludes, it does not make main wait: main can read takings
 *   before the thread has stored its sum.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define SALES 1000

static pthread_mutex_t takings_lock = PTHREAD_MUTEX_INITIALIZER;
static long takings;

static void *add_up(void *arg)
{
    const int *cents = arg;
    long sum = 0;

    for (int i = 0; i < SALES; i++)
        sum += cents[i];
    pthread_mutex_lock(&takings_lock);
    takings = sum;
    pthread_mutex_unlock(&takings_lock);
    return NULL;
}

int main(void)
{
    static int cents[SALES];
    long expected = 0;
    pthread_t adder;

    for (int i = 0; i < SALES; i++) {
        cents[i] = 100 + i % 50;
        expected += cents[i];
    }

    pthread_create(&adder, NULL, add_up, cents);
    pthread_mutex_lock(&takings_lock);
    long report = takings;
    pthread_mutex_unlock(&takings_lock);
    pthread_join(adder, NULL);

    printf("takings: %ld\n", report);
    assert(report == expected);                 /* bug: wrong-result(takings); watchdog rate:
        the thread may have stored its sum before main reads it */
    return 0;
}
