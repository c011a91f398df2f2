/*
 * tally: two clerks count ballots into one number
 *
 * Story: Two clerks of a polling station count the ballots of their box into one sum.
 * Wrong: The sum can be less than the ballots that were cast.
 * Why: sum++ is a load, an addition and a store, and nothing keeps one clerk's from the other's.
 * Fix: Each ballot is counted with the lock held.
 * Roadmap: threads, Lock, races
 * CWE: CWE-366 Race Condition within a Thread
 * CERT: CON43-C
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
        sum++; /* bug: race(sum) */
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
