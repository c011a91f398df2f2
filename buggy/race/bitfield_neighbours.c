/*
 * bitfield_neighbours: two threads each own one bit-field, and both bit-fields lie in one word
 *
 * Story: A heating plant keeps the state of its burner and of its pump as bit-fields. Each has a
 *   control thread, which alone reads and writes it, and so nobody thought of a lock.
 * Wrong: The pump is found off although its control had switched it on, or the burner burns on
 *   after it was switched off.
 * Why: Adjacent bit-fields are one memory location. Storing one of them loads the whole word,
 *   changes a bit and stores the word, and so puts back an old value of the neighbour's bit.
 * Fix: A bit-field of width 0 ends the memory location: the two states no longer share a word.
 * Roadmap: threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON32-C; CON43-C; POS49-C
 * Rate: A switch is lost when the other control stores the word between this one's load and its
 *   store. Both controls start together and switch often, which makes that more likely.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define SWITCHINGS 40000

struct plant {
    unsigned burner_on : 1;                     /* the burner control's own */
    unsigned pump_on : 1;                       /* the pump control's own */
};

static struct plant plant;
static pthread_barrier_t power_on;

static void *control_burner(void *disturbances)
{
    unsigned wanted = 0;

    pthread_barrier_wait(&power_on);
    for (int i = 0; i < SWITCHINGS; i++) {
        if (plant.burner_on != wanted)          /* bug: race(plant) */
            ++*(int *)disturbances;
        wanted = !wanted;
        plant.burner_on = wanted;               /* bug: race(plant) */
    }
    return NULL;
}

static void *control_pump(void *disturbances)
{
    unsigned wanted = 0;

    pthread_barrier_wait(&power_on);
    for (int i = 0; i < SWITCHINGS; i++) {
        if (plant.pump_on != wanted)            /* bug: race(plant) */
            ++*(int *)disturbances;
        wanted = !wanted;
        plant.pump_on = wanted;                 /* bug: race(plant) */
    }
    return NULL;
}

int main(void)
{
    int burner_disturbances = 0, pump_disturbances = 0;
    pthread_t burner, pump;

    pthread_barrier_init(&power_on, NULL, 2);
    pthread_create(&burner, NULL, control_burner, &burner_disturbances);
    pthread_create(&pump, NULL, control_pump, &pump_disturbances);
    pthread_join(burner, NULL);
    pthread_join(pump, NULL);
    pthread_barrier_destroy(&power_on);

    printf("disturbed: burner %d times, pump %d times\n", burner_disturbances, pump_disturbances);
    assert(burner_disturbances + pump_disturbances == 0);   /* bug: wrong-result(plant);
        watchdog rate: one control must store the word between the other's load and store of it */
    return 0;
}
