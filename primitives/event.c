#include "event.h"

#include "deadline.h"

void event_init(struct event *event)
{
    pthread_mutex_init(&event->mutex, NULL);
    deadline_cond_init(&event->changed);
    event->is_set = false;
    event->set_count = 0;
}

void event_release(struct event *event)
{
    pthread_cond_destroy(&event->changed);
    pthread_mutex_destroy(&event->mutex);
}

void event_set(struct event *event)
{
    pthread_mutex_lock(&event->mutex);
    event->is_set = true;
    event->set_count++;
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->mutex);
}

void event_clear(struct event *event)
{
    pthread_mutex_lock(&event->mutex);
    event->is_set = false;
    pthread_mutex_unlock(&event->mutex);
}

bool event_is_set(struct event *event)
{
    bool is_set;

    pthread_mutex_lock(&event->mutex);
    is_set = event->is_set;
    pthread_mutex_unlock(&event->mutex);
    return is_set;
}

int event_wait(struct event *event, int timeout_ms)
{
    struct deadline deadline = deadline_after(timeout_ms);
    unsigned long seen;
    int err = 0;

    pthread_mutex_lock(&event->mutex);
    seen = event->set_count;
    /*
     * The flag alone would lose a set that is cleared again before the woken thread gets the
     * mutex: it would find the flag clear and sleep on. The count remembers the set.
     */
    while (!event->is_set && event->set_count == seen && !err)
        err = deadline_wait(&event->changed, &event->mutex, &deadline);
    if (event->is_set || event->set_count != seen)
        err = 0;
    pthread_mutex_unlock(&event->mutex);
    return err;
}
