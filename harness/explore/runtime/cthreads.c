/*
 * C11's mutexes and conditions: in glibc those of POSIX by other names, which call them past every interposer.
 * ThreadSanitizer does not know them, and sees them here as POSIX's.
 */
#include "explore/runtime/sync.h"

#include <threads.h>

/* Of POSIX's results: see thrd_err_map() of nptl/thrd_priv.h. */
static int result_of(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case ENOMEM:
        return thrd_nomem;
    case ETIMEDOUT:
        return thrd_timedout;
    case EBUSY:
        return thrd_busy;
    default:
        return thrd_error;
    }
}

static pthread_mutex_t *mutex_of(mtx_t *mutex)
{
    return (pthread_mutex_t *)mutex;
}

static pthread_cond_t *condition_of(cnd_t *condition)
{
    return (pthread_cond_t *)condition;
}

EXPORTED int mtx_init(mtx_t *mutex, int type)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE
                                                                : PTHREAD_MUTEX_NORMAL);
    int result = mutex_init(mutex_of(mutex), &attributes, CALLER);
    pthread_mutexattr_destroy(&attributes);
    return result_of(result);
}

EXPORTED void mtx_destroy(mtx_t *mutex)
{
    mutex_destroy(mutex_of(mutex), CALLER);
}

EXPORTED int mtx_lock(mtx_t *mutex)
{
    return result_of(mutex_lock(mutex_of(mutex), NULL, CALLER));
}

EXPORTED int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict at)
{
    return result_of(mutex_lock(mutex_of(mutex), &(struct limit){CLOCK_REALTIME, at}, CALLER));
}

EXPORTED int mtx_trylock(mtx_t *mutex)
{
    return result_of(mutex_trylock(mutex_of(mutex), CALLER));
}

EXPORTED int mtx_unlock(mtx_t *mutex)
{
    return result_of(mutex_unlock(mutex_of(mutex), CALLER));
}

EXPORTED int cnd_init(cnd_t *condition)
{
    return result_of(condition_init(condition_of(condition), NULL, CALLER));
}

EXPORTED void cnd_destroy(cnd_t *condition)
{
    condition_destroy(condition_of(condition), CALLER);
}

EXPORTED int cnd_signal(cnd_t *condition)
{
    return result_of(condition_signal(condition_of(condition), CALLER));
}

EXPORTED int cnd_broadcast(cnd_t *condition)
{
    return result_of(condition_broadcast(condition_of(condition), CALLER));
}

EXPORTED int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
    return result_of(condition_wait(condition_of(condition), mutex_of(mutex), NULL, CALLER));
}

EXPORTED int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex,
                           const struct timespec *restrict at)
{
    return result_of(condition_wait(condition_of(condition), mutex_of(mutex),
                                    &(struct limit){CLOCK_REALTIME, at}, CALLER));
}
