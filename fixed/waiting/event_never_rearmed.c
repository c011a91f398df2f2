/*
 * event_never_rearmed: two set calls of an event before the first wait, and one wake-up for both
 *
 * Story: a porter listens for the door bell and opens to one guest for each ring. Two guests come
 * while he is still on his round.
 * Wrong: one guest is let in, the other stands in front of the door; the porter waits for a ring.
 * Why: the bell is an auto-reset event, a flag that a wait takes down. A ring while the flag is up
 * changes nothing, so it cannot say how many came: the second ring is merged with the first, and
 * there is no further one to put the flag up again.
 * Fix: a ring means that somebody is there, not that one is. The porter lets in all who stand at
 * the door before he listens again.
 * Roadmap: Event, Condition, Semaphore
 * CWE: CWE-821 Incorrect Synchronization
 * CERT: none
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

enum { GUESTS = 2 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t set;
    bool is_set; /* guarded by lock */
} bell = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
static sem_t at_door, door; /* guests who wait outside; openings of the door, one for each */
static sem_t rung;

static void bell_ring(void)
{
    pthread_mutex_lock(&bell.lock);
    bell.is_set = true;
    pthread_cond_signal(&bell.set);
    pthread_mutex_unlock(&bell.lock);
}

static void bell_wait(void)
{
    pthread_mutex_lock(&bell.lock);
    while (!bell.is_set)
        pthread_cond_wait(&bell.set, &bell.lock); /* bug: hang(bell) */
    bell.is_set = false;
    pthread_mutex_unlock(&bell.lock);
}

static void *guest(void *arg)
{
    (void)arg;
    pthread_setname_np(pthread_self(), "guest");
    sem_post(&at_door);
    bell_ring();
    sem_post(&rung);
    sem_wait(&door); /* bug: hang(bell) */
    return NULL;
}

static void *porter(void *arg)
{
    int *let_in = arg;

    pthread_setname_np(pthread_self(), "porter");
    while (*let_in < GUESTS) {
        bell_wait();
        while (sem_trywait(&at_door) == 0) {
            sem_post(&door);
            ++*let_in;
        }
    }
    return NULL;
}

int main(void)
{
    pthread_t guests[GUESTS], the_porter;
    int let_in = 0;

    sem_init(&at_door, 0, 0);
    sem_init(&door, 0, 0);
    sem_init(&rung, 0, 0);
    for (int i = 0; i < GUESTS; i++)
        pthread_create(&guests[i], NULL, guest, NULL);
    for (int i = 0; i < GUESTS; i++)
        sem_wait(&rung);
    pthread_create(&the_porter, NULL, porter, &let_in);
    pthread_join(the_porter, NULL); /* bug: hang(bell) */
    for (int i = 0; i < GUESTS; i++)
        pthread_join(guests[i], NULL);
    assert(let_in == GUESTS);
    return 0;
}
