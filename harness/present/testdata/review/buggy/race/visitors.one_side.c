/*
 * visitors.one_side: the gates take the lock, the reader does not
 *
 * Patch: moves
 * Why: The gates exclude each other now, and `main` reads `visitors` without `door`.
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
    long seen = visitors; /* bug: race(visitors) */
    printf("%ld so far\n", seen);
    pthread_join(two, NULL);
    assert(visitors == 2000); /* bug: wrong-result(visitors); watchdog rate: both loads must come
                                 before the stores */
    return 0;
}
