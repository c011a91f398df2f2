/*
 * read_before_join: a thread's result is read before the thread is joined
 *
 * Story: A shop adds up the day's takings in a thread of its own and puts the sum on the report.
 * Wrong: The report may show 0, although the sum is right a moment later.
 * Why: Only pthread_join orders what the thread wrote before what follows in main. The read stands
 *   between pthread_create and pthread_join, so it is concurrent with the thread's store.
 * Fix: Join first, then read.
 * Roadmap: threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C
 * Rate: Nearly every run is wrong: main reads at once, and the thread has first to start and to add
 *   up. Where main is held up just then, the sum is there already.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define SALES 1000

static long takings;

static void *add_up(void *arg)
{
    const int *cents = arg;
    long sum = 0;

    for (int i = 0; i < SALES; i++)
        sum += cents[i];
    takings = sum;                              /* bug: race(takings) */
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
    pthread_join(adder, NULL);
    long report = takings;                      /* bug: race(takings) */

    printf("takings: %ld\n", report);
    assert(report == expected);                 /* bug: wrong-result(takings); watchdog rate:
        the thread may have stored its sum before main reads it */
    return 0;
}
