/*
 * Conditions and semaphores, and what is to be known of new threads. Each function notes and then
 * jumps on, so that no frame of the recorder is on a stack that a cancellation unwinds.
 */
#include <semaphore.h>
#include <stddef.h>

#include "explain/recorder/recorder_real.h"

#define COND      pthread_cond_t *
#define SEMAPHORE sem_t *

#if defined __x86_64__
#define CONDITION_VERSION "GLIBC_2.3.2"
#elif defined __aarch64__
#define CONDITION_VERSION "GLIBC_2.17"
#else
#error "The symbol version of pthread_cond_wait is not known for this processor."
#endif

/* A condition's functions have carried this version since their layout changed. Sanitizers look for
 * exactly that; a plain reference finds it, too. */
#define CONDITION_FUNCTION(name) __asm__(".symver " #name ", " #name "@@@" CONDITION_VERSION)

/* name, version, parameters */
#define FUNCTIONS(F)                                                                               \
    F(pthread_cond_signal, CONDITION_VERSION, COND)                                                \
    F(pthread_cond_broadcast, CONDITION_VERSION, COND)                                             \
    F(pthread_cond_wait, CONDITION_VERSION, COND, LOCK)                                            \
    F(pthread_cond_timedwait, CONDITION_VERSION, COND, LOCK, DEADLINE)                             \
    F(pthread_cond_clockwait, NULL, COND, LOCK, clockid_t, DEADLINE)                               \
    F(pthread_cond_init, CONDITION_VERSION, COND, const pthread_condattr_t *)                      \
    F(pthread_cond_destroy, CONDITION_VERSION, COND)                                               \
    F(sem_post, NULL, SEMAPHORE)                                                                   \
    F(sem_wait, NULL, SEMAPHORE)                                                                   \
    F(sem_timedwait, NULL, SEMAPHORE, DEADLINE)                                                    \
    F(sem_clockwait, NULL, SEMAPHORE, clockid_t, DEADLINE)                                         \
    F(sem_init, NULL, SEMAPHORE, int, unsigned)                                                    \
    F(sem_destroy, NULL, SEMAPHORE)                                                                \
    F(pthread_create, NULL, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)        \
    F(pthread_setattr_default_np, NULL, const pthread_attr_t *)

FUNCTIONS(REAL)

static __attribute__((constructor)) void begin(void)
{
    FUNCTIONS(RESOLVE)
    (void)recorder_thread();
    recorder_first_thread();
}

/* Wake-ups, too, are noted first: the thread that wakes may destroy what woke it. */
EXPORTED int pthread_cond_signal(COND condition)
{
    recorder_wakes(condition, SITE);
    JUMP real_pthread_cond_signal()(condition);
}
CONDITION_FUNCTION(pthread_cond_signal);

EXPORTED int pthread_cond_broadcast(COND condition)
{
    recorder_wakes(condition, SITE);
    JUMP real_pthread_cond_broadcast()(condition);
}
CONDITION_FUNCTION(pthread_cond_broadcast);

EXPORTED int pthread_cond_wait(COND condition, LOCK lock)
{
    recorder_waits(condition, lock);
    JUMP real_pthread_cond_wait()(condition, lock);
}
CONDITION_FUNCTION(pthread_cond_wait);

EXPORTED int pthread_cond_timedwait(COND condition, LOCK lock, DEADLINE deadline)
{
    recorder_waits(condition, lock);
    JUMP real_pthread_cond_timedwait()(condition, lock, deadline);
}
CONDITION_FUNCTION(pthread_cond_timedwait);

EXPORTED int pthread_cond_clockwait(COND condition, LOCK lock, clockid_t clock, DEADLINE deadline)
{
    recorder_waits(condition, lock);
    JUMP real_pthread_cond_clockwait()(condition, lock, clock, deadline);
}

EXPORTED int pthread_cond_init(COND condition, const pthread_condattr_t *attributes)
{
    recorder_forget_wakes(condition);
    JUMP real_pthread_cond_init()(condition, attributes);
}
CONDITION_FUNCTION(pthread_cond_init);

EXPORTED int pthread_cond_destroy(COND condition)
{
    recorder_forget_wakes(condition);
    JUMP real_pthread_cond_destroy()(condition);
}
CONDITION_FUNCTION(pthread_cond_destroy);

EXPORTED int sem_post(SEMAPHORE semaphore)
{
    recorder_wakes(semaphore, SITE);
    JUMP real_sem_post()(semaphore);
}

EXPORTED int sem_wait(SEMAPHORE semaphore)
{
    recorder_waits(semaphore, NULL);
    JUMP real_sem_wait()(semaphore);
}

EXPORTED int sem_timedwait(SEMAPHORE semaphore, DEADLINE deadline)
{
    recorder_waits(semaphore, NULL);
    JUMP real_sem_timedwait()(semaphore, deadline);
}

EXPORTED int sem_clockwait(SEMAPHORE semaphore, clockid_t clock, DEADLINE deadline)
{
    recorder_waits(semaphore, NULL);
    JUMP real_sem_clockwait()(semaphore, clock, deadline);
}

EXPORTED int sem_init(SEMAPHORE semaphore, int shared, unsigned value)
{
    recorder_forget_wakes(semaphore);
    JUMP real_sem_init()(semaphore, shared, value);
}

EXPORTED int sem_destroy(SEMAPHORE semaphore)
{
    recorder_forget_wakes(semaphore);
    JUMP real_sem_destroy()(semaphore);
}

/* glibc puts no guard page below a stack that the program supplies, nor where none is wanted. */
static bool unguarded(const pthread_attr_t *attributes)
{
    size_t guard = 0;
    size_t size = 0;
    void *low = NULL;
    if (pthread_attr_getguardsize(attributes, &guard) != 0 || guard == 0)
        return true;
    /* Without a stack of the program's, the end comes out as 0. */
    return pthread_attr_getstack(attributes, &low, &size) != 0 || (uint64_t)low + size != 0;
}

EXPORTED int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                            void *(*start)(void *), void *argument)
{
    if (attributes && unguarded(attributes))
        recorder_unguarded();
    JUMP real_pthread_create()(thread, attributes, start, argument);
}

EXPORTED int pthread_setattr_default_np(const pthread_attr_t *attributes)
{
    if (unguarded(attributes))
        recorder_unguarded();
    JUMP real_pthread_setattr_default_np()(attributes);
}
