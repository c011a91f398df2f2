/*
 * event_cleared_too_early.cleared_by_server: the server clears the event before it waits
 *
 * Patch: moves
 * Why: the event is cleared by the server now, right before it waits, and the reload that came
 * before the request is forgotten all the same: nobody sets loaded again.
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
}

static void *server(void *arg)
{
    (void)arg;
    sem_wait(&requests);
    event_clear(&loaded);
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
