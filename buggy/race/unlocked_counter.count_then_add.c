/*
 * unlocked_counter.count_then_add: each gate counts for itself and adds its count at the end
 *
 * Patch: moves
 * Why: The gates meet only once now, but they still meet: "visitors += counted" is a load, an
 *   addition and a store without a lock. The race on visitors is as it was, and where it strikes,
 *   the count of a whole gate is gone instead of one visitor.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define GATES 2
#define VISITORS_PER_GATE 20000

static long visitors;

static void *gate(void *arg)
{
    (void)arg;
    long counted = 0;

    for (int i = 0; i < VISITORS_PER_GATE; i++) {
        counted++;
    }
    visitors += counted;                    /* bug: race(visitors) */
    return NULL;
}

int main(void)
{
    pthread_t gates[GATES];

    for (int g = 0; g < GATES; g++)
        pthread_create(&gates[g], NULL, gate, NULL);
    for (int g = 0; g < GATES; g++)
        pthread_join(gates[g], NULL);

    printf("%ld visitors\n", visitors);
    assert(visitors == GATES * VISITORS_PER_GATE);  /* bug: wrong-result(visitors); watchdog rate:
        an increment is lost only if one gate's load falls between the other's load and store */
    return 0;
}
