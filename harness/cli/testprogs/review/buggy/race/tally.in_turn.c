/*
 * tally.in_turn: the second clerk begins when the first is done
 *
 * Patch: serial
 * Why: Nothing is counted at the same time any more.
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
        sum++; /* serial: sum */
    }
    return NULL;
}

int main(void)
{
    pthread_t clerks[CLERKS];

    for (int i = 0; i < CLERKS; i++) {
        pthread_create(&clerks[i], NULL, count, NULL);
        pthread_join(clerks[i], NULL);
    }
    pthread_mutex_lock(&lock);
    assert(sum == CLERKS * BALLOTS);
    pthread_mutex_unlock(&lock);
    return 0;
}
