/*
 * double_unlock.helper_locks_too: the helper locks what it unlocks
 *
 * Patch: moves
 * Why: refuse now has a lock for its unlock, but it is called with `plan` locked already, by sell.
 * A mutex of the normal kind does not let its owner in a second time: the counter waits for itself,
 * and nobody sells a seat any more.
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
    pthread_mutex_lock(&plan); /* bug: hang(plan) */ /* bug: misuse(plan)
                      ; tsan, tsan-gcc, helgrind blind: a mutex that was never given a kind by an
                        init call may be a recursive one to them */
    refused++;
    pthread_mutex_unlock(&plan);
}

static void sell(int seat)
{
    pthread_mutex_lock(&plan);
    if (sold[seat])
        refuse();
    else
        sold[seat] = true;
    pthread_mutex_unlock(&plan);
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
    pthread_join(thread, NULL); /* bug: hang(plan) */

    assert(sold[7] && sold[8] && sold[12] && refused == 1);
    return 0;
}
