/*
 * read_before_join.semaphore_first: a semaphore says that the sum is there, the join comes later
 *
 * Why: The read stands before the join again, but after sem_wait(&added), which returns only once
 *   the thread has stored takings and posted. A post orders what came before it as a join does,
 *   and nobody writes takings afterwards.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

#define SALES 1000

static sem_t added;
static long takings;

static void *add_up(void *arg)
{
    const int *cents = arg;
    long sum = 0;

    for (int i = 0; i < SALES; i++)
        sum += cents[i];
    takings = sum;                              /* bug: race(takings) */
    sem_post(&added);
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

    sem_init(&added, 0, 0);
    pthread_create(&adder, NULL, add_up, cents);
    sem_wait(&added);
    long report = takings;                      /* bug: race(takings) */
    pthread_join(adder, NULL);

    printf("takings: %ld\n", report);
    assert(report == expected);                 /* bug: wrong-result(takings); watchdog rate:
        the thread may have stored its sum before main reads it */
    return 0;
}
