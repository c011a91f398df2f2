#ifndef RACELAB_PRIMITIVES_EVENT_H
#define RACELAB_PRIMITIVES_EVENT_H

/*
 * Python's threading.Event: a flag that threads can wait for.
 *
 * Any thread may call event_set, event_clear, event_is_set and event_wait at any time between
 * event_init and event_release. What a thread wrote before event_set happens before the return
 * of every event_wait that this set ends. Timeouts are milliseconds, see deadline.h.
 *
 * Different from Python: event_wait returns 0 or -ETIMEDOUT where Python returns True or False.
 */

#include <pthread.h>
#include <stdbool.h>

struct event {
    pthread_mutex_t mutex;
    pthread_cond_t changed;  /* signalled when is_set becomes true */
    bool is_set;             /* guarded by mutex */
    unsigned long set_count; /* guarded by mutex; how often event_set was called, may wrap */
};

/* The event is clear at first. It belongs to the caller, who ends it with event_release. */
void event_init(struct event *event);

/*
 * Nobody may use the event any more. That event_wait has returned does not say that the thread
 * which set the event has left event_set: join it first.
 */
void event_release(struct event *event);

/* Wakes every thread that waits at this moment, even if event_clear follows at once. */
void event_set(struct event *event);

void event_clear(struct event *event);

/* By the time the caller looks at the answer it may be out of date. */
bool event_is_set(struct event *event);

/* Returns 0 when the event is set or was set during the wait, -ETIMEDOUT otherwise. */
int event_wait(struct event *event, int timeout_ms);

#endif
