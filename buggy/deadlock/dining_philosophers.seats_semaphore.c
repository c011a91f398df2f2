/*
 * dining_philosophers.seats_semaphore: a semaphore lets philosophers to the table
 *
 * Patch: moves
 * Why: `room` has as many permits as there are seats, so all five can still sit down, each with a
 * left fork in hand. With one permit less somebody would always find both forks free.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

enum { SEATS = 5 };

static pthread_mutex_t forks[SEATS];
static sem_t room;
static int used[SEATS]; /* used[i] is guarded by forks[i] */

static void *philosopher(void *arg)
{
    int seat = *(int *)arg;
    int left = seat;
    int right = (seat + 1) % SEATS;
    int first = left;
    int second = right;

    sem_wait(&room);
    pthread_mutex_lock(&forks[first]);  /* bug: lock-order(forks); drd blind: keeps no lock order */
    pthread_mutex_lock(&forks[second]); /* bug: lock-order(forks) */
    used[left]++;
    used[right]++;
    pthread_mutex_unlock(&forks[second]);
    pthread_mutex_unlock(&forks[first]);
    sem_post(&room);
    return NULL;
}

int main(void)
{
    pthread_t thread;

    sem_init(&room, 0, SEATS);
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
