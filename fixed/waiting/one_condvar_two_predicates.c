/*
 * one_condvar_two_predicates: those who fill and those who empty share one condition variable
 *
 * Story: a hatch between kitchen and dining room holds one plate. The cook passes two plates
 * through it, two runners carry one each to its table.
 * Wrong: the second plate never leaves the kitchen: the cook waits beside an empty hatch, and so
 * does the second runner on the other side.
 * Why: one signal wakes one thread, and the signaller cannot say which predicate it made true. The
 * cook fills the hatch, signals, and waits for room. The runner who takes the plate signals for
 * the cook, but the signal wakes the other runner, who finds the hatch empty and waits again.
 * POSIX leaves the choice open; glibc serves those who waited before the cook's own signal first.
 * Fix: one condition variable for each predicate, so that a signal can reach only those whom it
 * concerns.
 * Roadmap: Condition, Queue
 * CWE: CWE-821 Incorrect Synchronization
 * CERT: CON38-C
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
    pthread_cond_signal(&hatch.emptied);
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
