/*
 * shutdown_loses_tasks.main_polls: main waits for an empty queue without the lock
 *
 * Patch: moves
 * Why: main stops the pool when it sees queued at 0, so that no letter is lost, but it reads
 * queued without lock while the workers lower it: a data race.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#define WORKERS 2
#define LETTERS 5

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int queued, sent, stopping;          /* guarded by lock */
static sem_t accepted;                      /* one post for each letter that the relay takes */

static void submit(void)
{
    pthread_mutex_lock(&lock);
    queued++;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void shut_down(void)
{
    pthread_mutex_lock(&lock);
    stopping = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (queued == 0 && !stopping)
            pthread_cond_wait(&changed, &lock);
        if (stopping)
            break;
        queued--; /* bug: race(queued) */
        pthread_mutex_unlock(&lock);
        sem_wait(&accepted);
        pthread_mutex_lock(&lock);
        sent++;
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t worker[WORKERS];

    sem_init(&accepted, 0, 0);
    for (int i = 0; i < WORKERS; i++)
        pthread_create(&worker[i], NULL, work, NULL);
    for (int i = 0; i < LETTERS; i++)
        submit();
    /* The relay answers after the order to stop: no more than WORKERS letters are under way. */
    for (int i = 0; i < LETTERS; i++)
        sem_post(&accepted);
    while (queued > 0) /* bug: race(queued) */
        sched_yield();
    shut_down();
    for (int i = 0; i < WORKERS; i++)
        pthread_join(worker[i], NULL);
    sem_destroy(&accepted);

    assert(sent == LETTERS);
    return 0;
}
