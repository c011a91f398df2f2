/*
 * visitors.in_turn: the second gate opens when the first has closed
 *
 * Patch: serial
 * Why: The gates no longer work at the same time, which is what two gates are for.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static long visitors;
/* serial: visitors */

static void *gate(void *arg)
{
    for (int i = 0; i < 1000; i++) {
        visitors++;
    }
    return arg;
}

int main(void)
{
    pthread_t one, two;

    pthread_create(&one, NULL, gate, NULL);
    pthread_join(one, NULL);
    pthread_create(&two, NULL, gate, NULL);
    printf("%ld so far\n", visitors);
    pthread_join(two, NULL);
    assert(visitors == 2000);
    return 0;
}
