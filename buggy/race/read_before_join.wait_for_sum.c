/*
 * read_before_join.wait_for_sum: main waits until the sum is not 0 any more
 *
 * Patch: moves
 * Why: main now waits for the sum, but by reading takings while the thread stores it: nothing
 *   orders the two, it is still a data race, and the compiler may read takings once and never look
 *   again. Only pthread_join makes the store visible to main.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
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
    while (takings == 0)                        /* bug: race(takings) */
        sched_yield();
    long report = takings;                      /* bug: race(takings) */
    pthread_join(adder, NULL);

    printf("takings: %ld\n", report);
    assert(report == expected);
    return 0;
}
