/*
 * unlocked_counter.atomic_type: the counter is atomic, the addition is not
 *
 * Patch: hides
 * Why: visitors is atomic now, and so each load and each store of it is free of data races. But
 *   "visitors = visitors + 1" is an atomic load and an atomic store, not one operation as
 *   visitors++ would be: both gates can still load the same value, and no race detector has
 *   anything to say of it.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define GATES 2
#define VISITORS_PER_GATE 20000

static atomic_long visitors;

static void *gate(void *arg)
{
    (void)arg;
    for (int i = 0; i < VISITORS_PER_GATE; i++) {
        visitors = visitors + 1;
    }
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
