/*
 * double_unlock.refusal_returns: the helper only counts, and the refusal returns at once
 *
 * Patch: hides
 * Why: Each half of the patch would do by itself. Together nobody unlocks after a refusal: the
 * counter's thread ends with `plan` locked, and the next counter that sells would wait for an owner
 * that is gone. TSan does not look at the locks of a thread that ends.
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
    if (sold[seat]) {
        refuse();
        return;
    }
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
    pthread_create(&thread, NULL, counter, evening); /* bug: misuse(plan)
                             ; tsan, tsan-gcc blind: it does not look at locks when a thread ends */
    pthread_join(thread, NULL); /* bug: misuse(plan) */

    assert(sold[7] && sold[8] && sold[12] && refused == 1);
    return 0;
}
