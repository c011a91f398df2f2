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
static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;

static void *gate(void *arg)
{
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&door);
        visitors++; /* bug: race(visitors) */
        pthread_mutex_unlock(&door);
    }
    return arg;
}

int main(void)
{
    pthread_t one, two;

    pthread_create(&one, NULL, gate, NULL);
    pthread_create(&two, NULL, gate, NULL);
    pthread_join(one, NULL);
    pthread_mutex_lock(&door);
    printf("%ld so far\n", visitors); /* bug: race(visitors) */
    pthread_mutex_unlock(&door);
    pthread_join(two, NULL);
    assert(visitors == 2000); /* bug: wrong-result(visitors); watchdog rate: both loads must come
                                 before the stores */
    return 0;
}
