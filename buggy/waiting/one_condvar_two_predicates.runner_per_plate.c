/*
 * one_condvar_two_predicates.runner_per_plate: each plate gets its runner when it is in the hatch
 *
 * Patch: serial
 * Why: the cook starts a runner for the plate in the hatch and joins him before the next plate:
 * nobody ever waits at the hatch, and no two threads work on it side by side.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

enum { RUNNERS = 2, PLATES = 2 };

static struct {
    pthread_mutex_t lock; /* guards full and carried */
    pthread_cond_t changed;
    bool full;
    int carried;
} hatch = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static sem_t at_hatch;

static void *run(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&hatch.lock);
    sem_post(&at_hatch); /* with the hatch locked: the cook gets to it only when the runner waits */
    while (!hatch.full)
        pthread_cond_wait(&hatch.changed, &hatch.lock);
    hatch.full = false;
    hatch.carried++;
    pthread_cond_signal(&hatch.changed);
    pthread_mutex_unlock(&hatch.lock);
    return NULL;
}

static void cook(void)
{
    pthread_t runner;

    pthread_mutex_lock(&hatch.lock);
    for (int plate = 0; plate < PLATES; plate++) {
        while (hatch.full)
            pthread_cond_wait(&hatch.changed, &hatch.lock);
        hatch.full = true;
        pthread_mutex_unlock(&hatch.lock);
        pthread_create(&runner, NULL, run, NULL);
        pthread_join(runner, NULL); /* serial: hatch */
        pthread_mutex_lock(&hatch.lock);
    }
    pthread_mutex_unlock(&hatch.lock);
}

int main(void)
{
    sem_init(&at_hatch, 0, 0);
    cook();

    assert(hatch.carried == PLATES && !hatch.full);
    return 0;
}
