/*
 * barrier_count_too_big: a barrier that expects one thread too many
 *
 * Story: a weather model computes each region in its own thread. All measure, meet at a barrier,
 * and then forecast from their neighbours' measurements.
 * Wrong: the model never finishes its first step; all regions have measured.
 * Why: the barrier was initialised to count main, which starts the regions and joins them but never
 * comes to the barrier. Three of four wait, and the fourth waits for them.
 * Fix: the count is the number of threads that call pthread_barrier_wait.
 * Roadmap: threads, chunks
 * CWE: CWE-193 Off-by-one Error; CWE-821 Incorrect Synchronization
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum { REGIONS = 3 };

struct region {
    pthread_t thread;
    int id;
};

static pthread_barrier_t all_measured;
static int measured[REGIONS]; /* written by its region before the barrier, read after it */
static int forecast[REGIONS]; /* the region's own until it is joined */

static void *simulate(void *arg)
{
    int id = ((struct region *)arg)->id;
    int west = (id + REGIONS - 1) % REGIONS;
    int east = (id + 1) % REGIONS;

    measured[id] = 10 * (id + 1);
    pthread_barrier_wait(&all_measured); /* bug: hang(all_measured) */
    forecast[id] = (measured[west] + measured[id] + measured[east]) / 3;
    return NULL;
}

int main(void)
{
    struct region regions[REGIONS];

    pthread_barrier_init(&all_measured, NULL, REGIONS);
    for (int i = 0; i < REGIONS; i++) {
        regions[i].id = i;
        pthread_create(&regions[i].thread, NULL, simulate, &regions[i]);
    }
    for (int i = 0; i < REGIONS; i++)
        pthread_join(regions[i].thread, NULL); /* bug: hang(all_measured) */

    for (int i = 0; i < REGIONS; i++)
        assert(forecast[i] == 20);
    return 0;
}
