/*
 * Locks. These functions keep a frame on the stack while the thread waits for the lock, because they
 * note what came of it; none of them is a place where a thread can be cancelled.
 */
#include "explain/recorder/recorder_real.h"

#define RWLOCK pthread_rwlock_t *

/* name, version, parameters */
#define FUNCTIONS(F)                                                                               \
    F(pthread_mutex_lock, NULL, LOCK)                                                              \
    F(pthread_mutex_trylock, NULL, LOCK)                                                           \
    F(pthread_mutex_timedlock, NULL, LOCK, DEADLINE)                                               \
    F(pthread_mutex_clocklock, NULL, LOCK, clockid_t, DEADLINE)                                    \
    F(pthread_mutex_unlock, NULL, LOCK)                                                            \
    F(pthread_mutex_init, NULL, LOCK, const pthread_mutexattr_t *)                                 \
    F(pthread_rwlock_rdlock, NULL, RWLOCK)                                                         \
    F(pthread_rwlock_tryrdlock, NULL, RWLOCK)                                                      \
    F(pthread_rwlock_timedrdlock, NULL, RWLOCK, DEADLINE)                                          \
    F(pthread_rwlock_clockrdlock, NULL, RWLOCK, clockid_t, DEADLINE)                               \
    F(pthread_rwlock_wrlock, NULL, RWLOCK)                                                         \
    F(pthread_rwlock_trywrlock, NULL, RWLOCK)                                                      \
    F(pthread_rwlock_timedwrlock, NULL, RWLOCK, DEADLINE)                                          \
    F(pthread_rwlock_clockwrlock, NULL, RWLOCK, clockid_t, DEADLINE)                               \
    F(pthread_rwlock_unlock, NULL, RWLOCK)                                                         \
    F(pthread_rwlock_init, NULL, RWLOCK, const pthread_rwlockattr_t *)

FUNCTIONS(REAL)

static __attribute__((constructor)) void resolve(void)
{
    FUNCTIONS(RESOLVE)
}

/* A recursive mutex that its owner has more than once. */
static inline bool deeper(const pthread_mutex_t *mutex)
{
    return (mutex->__data.__kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP && mutex->__data.__count > 1;
}

/* EOWNERDEAD: the lock is taken, what it guards may be in disorder. */
#define TOOK(own, result) ((own) && ((result) == 0 || (result) == EOWNERDEAD))

#define TAKES_MUTEX(name, parameters, ...)                                                         \
    EXPORTED int name parameters                                                                   \
    {                                                                                              \
        struct thread_note *own = recorder_thread();                                               \
        int result = real_##name()(__VA_ARGS__);                                                   \
        if (TOOK(own, result) && !deeper(lock))                                                    \
            recorder_took(own, lock, RECORDED_MUTEX, SITE);                                        \
        return result;                                                                             \
    }

#define TAKES_RWLOCK(name, kind, parameters, ...)                                                  \
    EXPORTED int name parameters                                                                   \
    {                                                                                              \
        struct thread_note *own = recorder_thread();                                               \
        int result = real_##name()(__VA_ARGS__);                                                   \
        if (TOOK(own, result))                                                                     \
            recorder_took(own, lock, kind, SITE);                                                  \
        return result;                                                                             \
    }

TAKES_MUTEX(pthread_mutex_lock, (LOCK lock), lock)
TAKES_MUTEX(pthread_mutex_trylock, (LOCK lock), lock)
TAKES_MUTEX(pthread_mutex_timedlock, (LOCK lock, DEADLINE deadline), lock, deadline)
TAKES_MUTEX(pthread_mutex_clocklock, (LOCK lock, clockid_t clock, DEADLINE deadline), lock, clock,
            deadline)

TAKES_RWLOCK(pthread_rwlock_rdlock, RECORDED_READ_LOCK, (RWLOCK lock), lock)
TAKES_RWLOCK(pthread_rwlock_tryrdlock, RECORDED_READ_LOCK, (RWLOCK lock), lock)
TAKES_RWLOCK(pthread_rwlock_timedrdlock, RECORDED_READ_LOCK, (RWLOCK lock, DEADLINE deadline), lock,
             deadline)
TAKES_RWLOCK(pthread_rwlock_clockrdlock, RECORDED_READ_LOCK,
             (RWLOCK lock, clockid_t clock, DEADLINE deadline), lock, clock, deadline)
TAKES_RWLOCK(pthread_rwlock_wrlock, RECORDED_WRITE_LOCK, (RWLOCK lock), lock)
TAKES_RWLOCK(pthread_rwlock_trywrlock, RECORDED_WRITE_LOCK, (RWLOCK lock), lock)
TAKES_RWLOCK(pthread_rwlock_timedwrlock, RECORDED_WRITE_LOCK, (RWLOCK lock, DEADLINE deadline),
             lock, deadline)
TAKES_RWLOCK(pthread_rwlock_clockwrlock, RECORDED_WRITE_LOCK,
             (RWLOCK lock, clockid_t clock, DEADLINE deadline), lock, clock, deadline)

/* The note goes first: after the call, the lock may be another thread's, or its memory be gone. */
EXPORTED int pthread_mutex_unlock(LOCK lock)
{
    struct thread_note *own = recorder_thread();
    struct recorder_other other;
    if (!own || deeper(lock) || recorder_gives(own, lock, true, &other))
        JUMP real_pthread_mutex_unlock()(lock);
    int result = real_pthread_mutex_unlock()(lock);
    if (result == 0)
        recorder_gave_other(&other);
    return result;
}

EXPORTED int pthread_rwlock_unlock(RWLOCK lock)
{
    struct thread_note *own = recorder_thread();
    struct recorder_other other;
    if (!own || recorder_gives(own, lock, false, &other))
        JUMP real_pthread_rwlock_unlock()(lock);
    int result = real_pthread_rwlock_unlock()(lock);
    if (result == 0)
        recorder_gave_other(&other);
    return result;
}

EXPORTED int pthread_mutex_init(LOCK lock, const pthread_mutexattr_t *attributes)
{
    recorder_forget_holds(lock);
    JUMP real_pthread_mutex_init()(lock, attributes);
}

EXPORTED int pthread_rwlock_init(RWLOCK lock, const pthread_rwlockattr_t *attributes)
{
    recorder_forget_holds(lock);
    JUMP real_pthread_rwlock_init()(lock, attributes);
}
