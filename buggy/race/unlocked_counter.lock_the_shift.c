/*
 * unlocked_counter.lock_the_shift: the lock is held for the whole loop
 *
 * Patch: serial
 * Why: The counter is right, but whoever gets visitors_lock first keeps it until its last visitor
 *   is in: the other gate stays shut all day. Held for each visitor alone, the lock lets both
 *   gates count by turns.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define GATES 2
#define VISITORS_PER_GATE 20000

static pthread_mutex_t visitors_lock = PTHREAD_MUTEX_INITIALIZER;
static long visitors;

static void *gate(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&visitors_lock);     /* serial: visitors */
    for (int i = 0; i < VISITORS_PER_GATE; i++) {
        visitors++;
    }
    pthread_mutex_unlock(&visitors_lock);   /* serial: visitors */
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
    assert(visitors == GATES * VISITORS_PER_GATE);
    return 0;
}
