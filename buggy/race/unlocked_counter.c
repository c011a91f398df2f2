/*
 * unlocked_counter: a counter that two threads increment without a lock
 *
 * Story: The two gates of a museum count the visitors they let in, in one shared counter.
 * Wrong: At closing time the counter can show fewer visitors than passed through the gates.
 * Why: visitors++ is a load, an addition and a store. Nothing orders one gate's steps against the
 *   other's, so both can load the same value, and the second store then wipes out the first. The
 *   data race is there in every run, also in those that happen to lose no increment.
 * Fix: Each increment is made with visitors_lock held.
 * Roadmap: threads, Lock, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C; POS49-C; CON07-C
 * Rate: An increment is lost where one gate's load falls between the other's load and store. Both
 *   gates count many visitors without a pause, which makes that more likely.
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
    for (int i = 0; i < VISITORS_PER_GATE; i++) {
        visitors++;                         /* bug: race(visitors) */
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
