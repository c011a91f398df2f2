/*
 * visitors.relaxed: each access is atomic, the addition is not
 *
 * Patch: hides
 * Why: A load and a store of their own: no detector of races has anything to say, and increments are lost all the same.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static long visitors;

static void *gate(void *arg)
{
    for (int i = 0; i < 1000; i++) {
        long seen = __atomic_load_n(&visitors, __ATOMIC_RELAXED);
        __atomic_store_n(&visitors, seen + 1, __ATOMIC_RELAXED);
    }
    return arg;
}

int main(void)
{
    pthread_t one, two;

    pthread_create(&one, NULL, gate, NULL);
    pthread_create(&two, NULL, gate, NULL);
    pthread_join(one, NULL);
    printf("%ld so far\n", __atomic_load_n(&visitors, __ATOMIC_RELAXED));
    pthread_join(two, NULL);
    assert(visitors == 2000); /* bug: wrong-result(visitors); watchdog rate: both loads must come
                                 before the stores */
    return 0;
}
