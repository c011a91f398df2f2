/*
 * unlocked_counter.shift_added: each gate counts for itself and adds its count under the lock
 *
 * Why: counted is a local variable, which no other thread can reach, and needs no lock. visitors
 *   is touched once by each gate, with visitors_lock held, and the sum is the same.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define GATES 2
#define VISITORS_PER_GATE 20000

static long visitors;
static pthread_mutex_t visitors_lock = PTHREAD_MUTEX_INITIALIZER;

static void *gate(void *arg)
{
    (void)arg;
    long counted = 0;

    for (int i = 0; i < VISITORS_PER_GATE; i++) {
        counted++;
    }
    pthread_mutex_lock(&visitors_lock);
    visitors += counted;                    /* bug: race(visitors) */
    pthread_mutex_unlock(&visitors_lock);
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
