/*
 * event_cleared_too_early.reload_before_start: the first reload comes before the server starts
 *
 * Why: the event keeps its state, so that it does not matter whether the server is there when it
 * is set; the request is still posted after the reload.
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
    event_clear(&loaded);
    price = new_price;
    event_set(&loaded);
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
    reload(42);
    pthread_create(&thread, NULL, server, NULL);
    sem_post(&requests);
    pthread_join(thread, NULL); /* bug: hang(loaded) */

    assert(answer == 42);
    return 0;
}
