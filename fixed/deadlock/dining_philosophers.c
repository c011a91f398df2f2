/*
 * dining_philosophers: a lock cycle over five forks that no two neighbours close
 *
 * Story: five philosophers sit round a table with one fork between each two. Each takes the left
 * fork, then the right one, eats and puts both back. This evening they come to eat one after the
 * other.
 * Wrong: nothing, until all five sit down together and each has a left fork in hand.
 * Why: no two philosophers lock the same pair of forks in opposite orders; the order closes to a
 * cycle only over all five: 0 before 1 before 2 before 3 before 4 before 0.
 * Fix: the fork with the lower number first. The last philosopher then starts on the right, and the
 * order has an end.
 * Roadmap: Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum { SEATS = 5 };

static pthread_mutex_t forks[SEATS];
static int used[SEATS]; /* used[i] is guarded by forks[i] */

static void *philosopher(void *arg)
{
    int seat = *(int *)arg;
    int left = seat;
    int right = (seat + 1) % SEATS;
    int first = left < right ? left : right;
    int second = left < right ? right : left;

    pthread_mutex_lock(&forks[first]);  /* bug: lock-order(forks); drd blind: keeps no lock order */
    pthread_mutex_lock(&forks[second]); /* bug: lock-order(forks) */
    used[left]++;
    used[right]++;
    pthread_mutex_unlock(&forks[second]);
    pthread_mutex_unlock(&forks[first]);
    return NULL;
}

int main(void)
{
    pthread_t thread;

    for (int i = 0; i < SEATS; i++)
        pthread_mutex_init(&forks[i], NULL);
    for (int seat = 0; seat < SEATS; seat++) {
        pthread_create(&thread, NULL, philosopher, &seat);
        pthread_join(thread, NULL);
    }
    for (int i = 0; i < SEATS; i++)
        assert(used[i] == 2);
    return 0;
}
