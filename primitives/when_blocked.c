#include "when_blocked.h"

#include "deadline.h"

#include <stdlib.h>

int __real_deadline_wait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                         const struct deadline *deadline);
int __wrap_deadline_wait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                         const struct deadline *deadline);
int __real_deadline_poll(int fd, short events, const struct deadline *deadline);
int __wrap_deadline_poll(int fd, short events, const struct deadline *deadline);

enum { WAITERS_MAX = 64 };

/* One call of deadline_wait or deadline_poll; of the latter both are NULL. */
struct waiter {
    const pthread_cond_t *cond;
    pthread_mutex_t *mutex;
    bool used;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* after the primitives' own mutexes */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct waiter waiters[WAITERS_MAX]; /* guarded by lock */

static struct waiter *enter(const pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    struct waiter *waiter = waiters;

    pthread_mutex_lock(&lock);
    while (waiter < waiters + WAITERS_MAX && waiter->used)
        waiter++;
    if (waiter == waiters + WAITERS_MAX)
        abort();
    *waiter = (struct waiter){.cond = cond, .mutex = mutex, .used = true};
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return waiter;
}

static void leave(struct waiter *waiter)
{
    pthread_mutex_lock(&lock);
    waiter->used = false;
    pthread_mutex_unlock(&lock);
}

int __wrap_deadline_wait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                         const struct deadline *deadline)
{
    struct waiter *waiter = enter(cond, mutex);
    int err = __real_deadline_wait(cond, mutex, deadline);

    leave(waiter);
    return err;
}

int __wrap_deadline_poll(int fd, short events, const struct deadline *deadline)
{
    struct waiter *waiter = enter(NULL, NULL);
    int err = __real_deadline_poll(fd, events, deadline);

    leave(waiter);
    return err;
}

/* With lock held. Also finds the mutex of the last waiter. */
static size_t count_waiters(const pthread_cond_t *cond, pthread_mutex_t **mutex)
{
    size_t count = 0;

    for (const struct waiter *waiter = waiters; waiter < waiters + WAITERS_MAX; waiter++) {
        if (waiter->used && (!cond || waiter->cond == cond)) {
            *mutex = waiter->mutex;
            count++;
        }
    }
    return count;
}

/*
 * A waiter is counted a moment before it waits, while it still holds the mutex of its condition.
 * When that mutex can be locked, all who were counted have given it up, and so they wait.
 */
static void let_them_wait(pthread_mutex_t *mutex)
{
    if (!mutex)
        return;
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
}

static void *watch(void *argument)
{
    struct when_blocked *when = argument;
    pthread_mutex_t *mutex = NULL;
    bool blocked;

    pthread_mutex_lock(&lock);
    while (!(blocked = count_waiters(when->cond, &mutex) > 0) && !when->ended)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    if (blocked) {
        let_them_wait(mutex);
        when->action(when->argument);
        when->ran = true;
    }
    return NULL;
}

void when_blocked_start(struct when_blocked *when, const pthread_cond_t *cond,
                        void (*action)(void *argument), void *argument)
{
    *when = (struct when_blocked){.cond = cond, .action = action, .argument = argument};
    if (pthread_create(&when->thread, NULL, watch, when))
        abort();
}

bool when_blocked_end(struct when_blocked *when)
{
    pthread_mutex_lock(&lock);
    when->ended = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    pthread_join(when->thread, NULL);
    return when->ran;
}

void wait_until_blocked(const pthread_cond_t *cond, size_t threads)
{
    pthread_mutex_t *mutex = NULL;

    pthread_mutex_lock(&lock);
    while (count_waiters(cond, &mutex) < threads)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    let_them_wait(mutex);
}
