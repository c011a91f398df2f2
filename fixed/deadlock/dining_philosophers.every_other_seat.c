/*
 * dining_philosophers.every_other_seat: odd seats start on the right, even ones on the left
 *
 * Why: Of any two neighbours but 4 and 0 one starts on the left and one on the right, so forks 1
 * and 3 are always taken last: nobody waits for another fork while holding one of those, and no
 * circle closes.
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
    int first = seat % 2 == 0 ? left : right;
    int second = seat % 2 == 0 ? right : left;

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
