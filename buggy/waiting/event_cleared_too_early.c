/*
 * event_cleared_too_early: an event set and cleared before its waiter looks
 *
 * Story: a rate server answers requests only with a loaded price table. Each reload announces the
 * new table by an event, and requests come in afterwards.
 * Wrong: the first request that comes after a finished reload is never answered.
 * Why: the reload clears the event right after it has set it. An event is a state, not a message: a
 * waiter that looks between set and clear passes, one that comes later waits for the next set.
 * Fix: the event is cleared where its statement becomes untrue, at the start of a reload, not where
 * it has just become true.
 * Roadmap: Event, Condition
 * CWE: CWE-821 Incorrect Synchronization; CWE-696 Incorrect Behavior Order
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

struct event {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_set; /* guarded by lock */
};

static struct event loaded = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
static int price; /* written before a request is posted, read after it */
static sem_t requests;
static int answer;

static void event_set(struct event *event)
{
    pthread_mutex_lock(&event->lock);
    event->is_set = true;
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->lock);
}

static void event_clear(struct event *event)
{
    pthread_mutex_lock(&event->lock);
    event->is_set = false;
    pthread_mutex_unlock(&event->lock);
}

static void event_wait(struct event *event)
{
    pthread_mutex_lock(&event->lock);
    while (!event->is_set)
        pthread_cond_wait(&event->changed, &event->lock); /* bug: hang(loaded) */
    pthread_mutex_unlock(&event->lock);
}

static void reload(int new_price)
{
    price = new_price;
    event_set(&loaded);
    event_clear(&loaded);
}

static void *server(void *arg)
{
    (void)arg;
    sem_wait(&requests);
    event_wait(&loaded);
    answer = price;
    return NULL;
}

int main(void)
{
    pthread_t thread;

    sem_init(&requests, 0, 0);
    pthread_create(&thread, NULL, server, NULL);
    reload(42);
    sem_post(&requests);
    pthread_join(thread, NULL); /* bug: hang(loaded) */

    assert(answer == 42);
    return 0;
}
