/*
 * visitors.counted: the addition is a function of its own
 *
 * Why: The lock is held over the same accesses as before.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static long visitors;
static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;

static void count_one(void)
{
    pthread_mutex_lock(&door);
    visitors++; /* bug: race(visitors) */
    pthread_mutex_unlock(&door);
}

static void *gate(void *arg)
{
    for (int i = 0; i < 1000; i++) {
        count_one();
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
