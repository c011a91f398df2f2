/*
 * reorder_3: two signal boxes set a route in two steps, and a driver sees it half set
 *
 * Story: Either of two signal boxes sends trains to the branch line: it sets the points and then
 *   lowers the signal arm. Both may do so at once, as they want the same. A driver looks at both.
 * Wrong: now and then a train meets points that are set and an arm that is not, or the other way
 *   round.
 * Why: points and arm are each atomic, and mean something only together. Whoever looks at them
 *   between the first change of the points and the first of the arm sees half a route. It is the
 *   program reorder of SCTBench (Thomson, Donaldson and Betts, PPoPP 2014), here with two threads
 *   that set and one that checks.
 * Fix: the route is one atomic word of two halves: it is set by one store and seen by one load.
 * Roadmap: threads, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization
 *   ('Race Condition')
 * CERT: CON07-C
 * Rate: The driver must look between two steps of the boxes, or the boxes must act between his two
 *   looks. That is so in 28 of the 90 interleavings, but not in most runs, where short threads
 *   follow one another; nothing makes it likelier.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#define BOXES 2

static atomic_int points;                   /* 0: main line, 1: branch line */
static atomic_int arm;                      /* 0: stop, -1: go, for the branch line */

static void *set_branch(void *arg)
{
    (void)arg;
    atomic_store(&points, 1);
    atomic_store(&arm, -1);
    return NULL;
}

static void *drive(void *arg)
{
    (void)arg;
    int line = atomic_load(&points);
    int sign = atomic_load(&arm);

    assert((line == 0 && sign == 0) || (line == 1 && sign == -1)); /* bug:
        wrong-result(route); watchdog rate: one of the loads must see the old route and the
        other one the new */
    return NULL;
}

int main(void)
{
    pthread_t boxes[BOXES], driver;

    for (int b = 0; b < BOXES; b++)
        pthread_create(&boxes[b], NULL, set_branch, NULL);
    pthread_create(&driver, NULL, drive, NULL);
    for (int b = 0; b < BOXES; b++)
        pthread_join(boxes[b], NULL);
    pthread_join(driver, NULL);
    return 0;
}
