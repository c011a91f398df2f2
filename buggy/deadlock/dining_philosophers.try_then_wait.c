/*
 * dining_philosophers.try_then_wait: the second fork is waited for only if a trylock fails
 *
 * Patch: hides
 * Why: The trylock spares the wait while the fork is free, but where it is taken the philosopher
 * waits for `forks[second]` with `forks[first]` in hand, as before. In a run in which every fork is
 * free TSan sees trylocks only, and these add no edge to its lock order.
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
    int first = left;
    int second = right;

    pthread_mutex_lock(&forks[first]);  /* bug: lock-order(forks); drd blind: keeps no lock order
                                           ; tsan, tsan-gcc blind: a trylock adds no edge to it */
    if (pthread_mutex_trylock(&forks[second]) != 0) /* bug: lock-order(forks) */
        pthread_mutex_lock(&forks[second]);         /* bug: lock-order(forks) */
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
