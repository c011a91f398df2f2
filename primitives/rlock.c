#include "rlock.h"

#include "deadline.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

struct rlock *rlock_new(void)
{
    struct rlock *lock = calloc(1, sizeof *lock);

    if (!lock)
        return NULL;
    pthread_mutex_init(&lock->mutex, NULL);
    deadline_cond_init(&lock->released);
    return lock;
}

void rlock_free(struct rlock *lock)
{
    if (!lock)
        return;
    pthread_cond_destroy(&lock->released);
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

int rlock_acquire_timed(struct rlock *lock, int timeout_ms)
{
    struct deadline deadline = deadline_after(timeout_ms);
    pthread_t self = pthread_self();
    int err = 0;

    pthread_mutex_lock(&lock->mutex);
    while (lock->count > 0 && !pthread_equal(lock->owner, self) && !err)
        err = deadline_wait(&lock->released, &lock->mutex, &deadline);
    if (lock->count == 0) {
        lock->owner = self;
        lock->count = 1;
        err = 0;
    } else if (pthread_equal(lock->owner, self)) {
        if (lock->count == UINT_MAX)
            err = -EAGAIN;
        else
            lock->count++;
    }
    pthread_mutex_unlock(&lock->mutex);
    return err;
}

int rlock_acquire(struct rlock *lock)
{
    return rlock_acquire_timed(lock, DEADLINE_NEVER);
}

int rlock_try_acquire(struct rlock *lock)
{
    int err = rlock_acquire_timed(lock, 0);

    return err == -ETIMEDOUT ? -EBUSY : err;
}

int rlock_release(struct rlock *lock)
{
    int err = 0;

    pthread_mutex_lock(&lock->mutex);
    if (lock->count == 0 || !pthread_equal(lock->owner, pthread_self()))
        err = -EPERM;
    else if (--lock->count == 0)
        pthread_cond_signal(&lock->released);
    pthread_mutex_unlock(&lock->mutex);
    return err;
}
