/*
 * one_condvar_two_predicates.signal_kept: two condition variables, of which one has no signal
 *
 * Patch: moves
 * Why: cook and runners wait on two condition variables now, but the runner who has emptied the
 * hatch still signals the one on which runners wait, and nobody signals emptied: the cook waits
 * for ever.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

enum { RUNNERS = 2, PLATES = 2 };

static struct {
    pthread_mutex_t lock; /* guards full and carried */
    pthread_cond_t filled;
    pthread_cond_t emptied;
    bool full;
    int carried;
} hatch = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER,
           .emptied = PTHREAD_COND_INITIALIZER};

static sem_t at_hatch;

static void *run(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&hatch.lock);
    sem_post(&at_hatch); /* with the hatch locked: the cook gets to it only when the runner waits */
    while (!hatch.full)
        pthread_cond_wait(&hatch.filled, &hatch.lock); /* bug: hang(changed) */
    hatch.full = false;
    hatch.carried++;
    pthread_cond_signal(&hatch.filled);
    pthread_mutex_unlock(&hatch.lock);
    return NULL;
}

static void cook(void)
{
    pthread_mutex_lock(&hatch.lock);
    for (int plate = 0; plate < PLATES; plate++) {
        while (hatch.full)
            pthread_cond_wait(&hatch.emptied, &hatch.lock); /* bug: hang(changed) */
        hatch.full = true;
        pthread_cond_signal(&hatch.filled);
    }
    pthread_mutex_unlock(&hatch.lock);
}

int main(void)
{
    pthread_t runners[RUNNERS];

    sem_init(&at_hatch, 0, 0);
    for (int i = 0; i < RUNNERS; i++)
        pthread_create(&runners[i], NULL, run, NULL);
    for (int i = 0; i < RUNNERS; i++)
        sem_wait(&at_hatch);
    cook();
    for (int i = 0; i < RUNNERS; i++)
        pthread_join(runners[i], NULL);

    assert(hatch.carried == PLATES && !hatch.full);
    return 0;
}
