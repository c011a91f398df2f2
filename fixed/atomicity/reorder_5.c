/*
 * reorder_5: four panels switch the heating to summer in two steps
 *
 * Story: A house has a panel in each of four rooms. On a warm day each panel switches the house to
 *   summer: it is cooled, and to one degree less than asked for. The regulator reads both
 *   settings.
 * Wrong: now and then the house is cooled without the degree, or heated with it.
 * Why: the two settings are each atomic, and mean something only together. It takes one panel that
 *   has made its first step, and no panel that has made its second, for the regulator to read half
 *   of the change. It is the program reorder of SCTBench (Thomson, Donaldson and Betts, PPoPP
 *   2014), here with four threads that set and one that checks.
 * Fix: both settings are in one atomic word: they are stored together and loaded together.
 * Roadmap: threads, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization
 *   ('Race Condition')
 * CERT: CON07-C
 * Rate: The regulator must read between two steps of the panels, or the panels must act between
 *   what it reads. That is so in nearly a quarter of the interleavings, but not in most runs,
 *   where short threads follow one another; nothing makes it likelier.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#define PANELS 4

struct climate {
    int mode;                               /* 0: heat, 1: cool */
    int trim;                               /* degrees added to what is asked for */
};

static _Atomic(struct climate) climate;

static void *switch_to_summer(void *arg)
{
    (void)arg;
    atomic_store(&climate, ((struct climate){ 1, -1 }));
    return NULL;
}

static void *regulate(void *arg)
{
    (void)arg;
    struct climate seen = atomic_load(&climate);
    int cool = seen.mode;
    int degrees = seen.trim;

    assert((cool == 0 && degrees == 0) || (cool == 1 && degrees == -1)); /* bug:
        wrong-result(climate); watchdog rate: one of the loads must see winter and the other one
        summer */
    return NULL;
}

int main(void)
{
    pthread_t panels[PANELS], regulator;

    for (int p = 0; p < PANELS; p++)
        pthread_create(&panels[p], NULL, switch_to_summer, NULL);
    pthread_create(&regulator, NULL, regulate, NULL);
    for (int p = 0; p < PANELS; p++)
        pthread_join(panels[p], NULL);
    pthread_join(regulator, NULL);
    return 0;
}
