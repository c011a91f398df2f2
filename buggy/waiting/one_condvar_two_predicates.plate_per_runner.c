/*
 * one_condvar_two_predicates.plate_per_runner: the cook passes each plate when a runner has come
 *
 * Patch: hides
 * Why: when only one runner stands at the hatch all is well; when the second has come as well
 * before the first plate is taken, the runner's signal can still wake the other runner instead
 * of the cook.
 * Rate: Both runners must wait before the first plate is in the hatch.
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
        pthread_cond_wait(&hatch.changed, &hatch.lock); /* bug: hang(changed) */
    hatch.full = false;
    hatch.carried++;
    pthread_cond_signal(&hatch.changed);
    pthread_mutex_unlock(&hatch.lock);
    return NULL;
}

static void cook(void)
{
    for (int plate = 0; plate < PLATES; plate++) {
        sem_wait(&at_hatch);
        pthread_mutex_lock(&hatch.lock);
        while (hatch.full)
            pthread_cond_wait(&hatch.changed, &hatch.lock); /* bug: hang(changed); watchdog rate:
                both runners must wait before the first plate is there */
        hatch.full = true;
        pthread_cond_signal(&hatch.changed);
        pthread_mutex_unlock(&hatch.lock);
    }
}

int main(void)
{
    pthread_t runners[RUNNERS];

    sem_init(&at_hatch, 0, 0);
    for (int i = 0; i < RUNNERS; i++)
        pthread_create(&runners[i], NULL, run, NULL);
    cook();
    for (int i = 0; i < RUNNERS; i++)
        pthread_join(runners[i], NULL);

    assert(hatch.carried == PLATES && !hatch.full);
    return 0;
}
