/*
 * double_unlock.each_branch_unlocks: the helper unlocks, and so does the other branch
 *
 * Why: A refusal is unlocked by refuse alone, a sale by the else branch alone. Each way through
 * sell locks `plan` once and unlocks it once.
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
    pthread_mutex_unlock(&plan); /* bug: misuse(plan) */
}

static void sell(int seat)
{
    pthread_mutex_lock(&plan);
    if (sold[seat])
        refuse();
    else {
        sold[seat] = true;
        pthread_mutex_unlock(&plan); /* bug: misuse(plan) */
    }
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
