/*
 * double_unlock: an error path unlocks twice
 *
 * Story: a theatre sells seats from several counters. A refusal is written down by a helper, and
 * the helper ends the critical section, because it was once called last.
 * Wrong: it seems to work while one counter is open. With two, the second unlock opens the plan of
 * seats under the counter that has just locked it, and a seat is sold twice.
 * Why: refuse unlocks, and so does the common end of sell, which the refusal now reaches as well.
 * The mutex is not locked then, or by somebody else.
 * Fix: the function that locks is the one that unlocks, at one place; the helper only counts.
 * Roadmap: Lock
 * CWE: CWE-765 Multiple Unlocks of a Critical Resource; CWE-832 Unlock of a Resource that is not
 * Locked
 * CERT: CON01-C; POS48-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { SEATS = 20 };

static pthread_mutex_t plan = PTHREAD_MUTEX_INITIALIZER;
static bool sold[SEATS]; /* guarded by plan */
static int refused;      /* guarded by plan */

static void refuse(void)
{
    refused++;
}

static void sell(int seat)
{
    pthread_mutex_lock(&plan);
    if (sold[seat])
        refuse();
    else
        sold[seat] = true;
    pthread_mutex_unlock(&plan); /* bug: misuse(plan) */
}

static void *counter(void *arg)
{
    const int *seats = arg;

    for (int i = 0; i < 2; i++)
        sell(seats[i]);
    return NULL;
}

int main(void)
{
    int morning[] = {7, 8};
    int evening[] = {12, 7};
    pthread_t thread;

    pthread_create(&thread, NULL, counter, morning);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, counter, evening);
    pthread_join(thread, NULL);

    assert(sold[7] && sold[8] && sold[12] && refused == 1);
    return 0;
}
