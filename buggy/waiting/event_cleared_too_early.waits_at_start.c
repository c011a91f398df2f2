/*
 * event_cleared_too_early.waits_at_start: the server waits for the table first
 *
 * Patch: moves
 * Why: the server waits for the table when it starts, but set and clear are still one breath: a
 * server that looks before or after, or that wakes up after the clear, waits for ever.
 * Rate: Nearly every run hangs: the server would have to look between set and clear.
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
        pthread_cond_wait(&event->changed, &event->lock); /* bug: hang(loaded); watchdog rate: the
            server may look between set and clear */
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
    event_wait(&loaded);
    sem_wait(&requests);
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
