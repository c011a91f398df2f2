/*
 * tally.own_lock: each clerk has a lock of its own
 *
 * Patch: moves
 * Why: A lock that the other clerk does not take keeps nobody out.
 * Rate: A ballot is lost where one clerk's load falls between the other's load and store.
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
    for (int i = 0; i < BALLOTS; i++) {
        pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
        pthread_mutex_lock(&own);
        sum++; /* bug: race(sum) */
        pthread_mutex_unlock(&own);
    }
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
