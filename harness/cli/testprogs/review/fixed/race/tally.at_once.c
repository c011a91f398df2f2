/*
 * tally.at_once: each clerk adds its whole box at once
 *
 * Why: The lock is held where the sum is changed, once for each clerk.
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum { CLERKS = 2, BALLOTS = 50 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int sum;

static void *count(void *unused)
{
    (void)unused;
    int own = 0;
    for (int i = 0; i < BALLOTS; i++)
        own++;
    pthread_mutex_lock(&lock);
    sum += own; /* bug: race(sum) */
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t clerks[CLERKS];

    for (int i = 0; i < CLERKS; i++)
        pthread_create(&clerks[i], NULL, count, NULL);
    for (int i = 0; i < CLERKS; i++)
        pthread_join(clerks[i], NULL);
    pthread_mutex_lock(&lock);
    assert(sum == CLERKS * BALLOTS); /* bug: wrong-result(sum); watchdog rate: loads must meet */
    pthread_mutex_unlock(&lock);
    return 0;
}
