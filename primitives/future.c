#include "future.h"

#include "deadline.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Guards the references of all futures. A future's own mutex could not: whoever gives back the
 * last reference would destroy it while the one before may still be inside its unlock. POSIX
 * lets the last one do that, but the tools see an unlock that touches freed memory.
 */
static pthread_mutex_t references_mutex = PTHREAD_MUTEX_INITIALIZER;

struct future *future_new(void)
{
    struct future *future = calloc(1, sizeof *future);

    if (!future)
        return NULL;
    pthread_mutex_init(&future->mutex, NULL);
    deadline_cond_init(&future->done);
    future->state = FUTURE_PENDING;
    future->references = 1;
    return future;
}

struct future *future_share(struct future *future)
{
    pthread_mutex_lock(&references_mutex);
    future->references++;
    pthread_mutex_unlock(&references_mutex);
    return future;
}

void future_free(struct future *future)
{
    unsigned left;

    if (!future)
        return;
    pthread_mutex_lock(&references_mutex);
    left = --future->references;
    pthread_mutex_unlock(&references_mutex);
    if (left > 0)
        return;
    if (future->free_owned)
        future->free_owned(future->owned);
    pthread_cond_destroy(&future->done);
    pthread_mutex_destroy(&future->mutex);
    free(future);
}

void future_own(struct future *future, void *owned, void (*free_owned)(void *owned))
{
    pthread_mutex_lock(&future->mutex);
    future->owned = owned;
    future->free_owned = free_owned;
    pthread_mutex_unlock(&future->mutex);
}

/* With the mutex held. */
static bool is_done(const struct future *future)
{
    return future->state == FUTURE_CANCELLED || future->state == FUTURE_FINISHED;
}

/* Makes the future done, with the mutex held. */
static void settle(struct future *future, enum future_state state)
{
    struct future_watcher *watcher;

    future->state = state;
    pthread_cond_broadcast(&future->done);
    while ((watcher = future->watchers) != NULL) {
        future->watchers = watcher->next;
        watcher->completed(watcher);
    }
}

int future_result(struct future *future, int timeout_ms, void **value)
{
    struct deadline deadline = deadline_after(timeout_ms);
    int err = 0;

    pthread_mutex_lock(&future->mutex);
    while (!is_done(future) && !err)
        err = deadline_wait(&future->done, &future->mutex, &deadline);
    if (future->state == FUTURE_CANCELLED)
        err = -ECANCELED;
    else if (future->state == FUTURE_FINISHED)
        err = future->error;
    if (!err && value)
        *value = future->value;
    pthread_mutex_unlock(&future->mutex);
    return err;
}

int future_cancel(struct future *future)
{
    int err = 0;

    pthread_mutex_lock(&future->mutex);
    if (future->state == FUTURE_PENDING)
        settle(future, FUTURE_CANCELLED);
    else if (future->state != FUTURE_CANCELLED)
        err = -EBUSY;
    pthread_mutex_unlock(&future->mutex);
    return err;
}

static enum future_state get_state(struct future *future)
{
    enum future_state state;

    pthread_mutex_lock(&future->mutex);
    state = future->state;
    pthread_mutex_unlock(&future->mutex);
    return state;
}

bool future_cancelled(struct future *future)
{
    return get_state(future) == FUTURE_CANCELLED;
}

bool future_running(struct future *future)
{
    return get_state(future) == FUTURE_RUNNING;
}

bool future_done(struct future *future)
{
    enum future_state state = get_state(future);

    return state == FUTURE_CANCELLED || state == FUTURE_FINISHED;
}

bool future_start(struct future *future)
{
    bool started;

    pthread_mutex_lock(&future->mutex);
    started = future->state == FUTURE_PENDING;
    if (started)
        future->state = FUTURE_RUNNING;
    pthread_mutex_unlock(&future->mutex);
    return started;
}

int future_finish(struct future *future, int error, void *value)
{
    int err = -EINVAL;

    pthread_mutex_lock(&future->mutex);
    if (future->state == FUTURE_RUNNING) {
        future->error = error;
        future->value = value;
        settle(future, FUTURE_FINISHED);
        err = 0;
    }
    pthread_mutex_unlock(&future->mutex);
    return err;
}

void future_watch(struct future *future, struct future_watcher *watcher)
{
    pthread_mutex_lock(&future->mutex);
    if (is_done(future)) {
        watcher->completed(watcher);
    } else {
        watcher->next = future->watchers;
        future->watchers = watcher;
    }
    pthread_mutex_unlock(&future->mutex);
}

void future_unwatch(struct future *future, struct future_watcher *watcher)
{
    struct future_watcher **link;

    pthread_mutex_lock(&future->mutex);
    for (link = &future->watchers; *link; link = &(*link)->next) {
        if (*link == watcher) {
            *link = watcher->next;
            break;
        }
    }
    pthread_mutex_unlock(&future->mutex);
}
