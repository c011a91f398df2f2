/*
 * visitors: two gates count in one counter
 *
 * Story: The gates of a museum count who comes in.
 * Wrong: The count can be too low.
 * Why: visitors++ is a load, an addition and a store.
 * Fix: The counter is touched with `door` held.
 * Roadmap: threads, Lock
 * CWE: CWE-366 Race Condition within a Thread
 * CERT: CON43-C
 * Rate: Both loads must come before the stores.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static long visitors;

static void *gate(void *arg)
{
    for (int i = 0; i < 1000; i++) {
        visitors++; /* bug: race(visitors) */
    }
    return arg;
}

int main(void)
{
    pthread_t one, two;

    pthread_create(&one, NULL, gate, NULL);
    pthread_create(&two, NULL, gate, NULL);
    pthread_join(one, NULL);
    printf("%ld so far\n", visitors); /* bug: race(visitors) */
    pthread_join(two, NULL);
    assert(visitors == 2000); /* bug: wrong-result(visitors); watchdog rate: both loads must come
                                 before the stores */
    return 0;
}
