/*
 * recorded_locks HOW: takes locks in a known way. Every call checks its result and that errno is left
 * alone.
 */
#include <errno.h>
#include <time.h>

#include "recorded.h"

#define MARK UINT64_C(0x6d61726b6d61726b)

enum { ERRNO = 4711 };

/* Checks the result of a call that must leave errno as it was. */
#define GIVES(result, call)                                                                        \
    do {                                                                                           \
        errno = ERRNO;                                                                             \
        int got = (call);                                                                          \
        assert(got == (result) && errno == ERRNO);                                                 \
    } while (0)

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t third = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t reading = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t writing = PTHREAD_RWLOCK_INITIALIZER;

static inline __attribute__((always_inline)) uint64_t stack_pointer(void)
{
    uint64_t value;
#if defined __x86_64__
    __asm__ volatile("mov %%rsp, %0" : "=r"(value));
#else
    __asm__ volatile("mov %0, sp" : "=r"(value));
#endif
    return value;
}

/* What stands in its frame shows that the right stack was copied. */
static __attribute__((noinline)) void take(pthread_mutex_t *lock)
{
    volatile uint64_t mark[2] = {MARK, (uint64_t)(uintptr_t)lock};
    GIVES(0, pthread_mutex_lock(lock));
    assert(mark[0] == MARK);
    if (lock == &first) {
        say("take.mark", (uint64_t)(uintptr_t)mark);
        say("take.stack", stack_pointer());
        say("take.frame", (uint64_t)(uintptr_t)__builtin_frame_address(0));
    }
}

static __attribute__((noinline)) void take_again(pthread_mutex_t *lock)
{
    GIVES(0, pthread_mutex_lock(lock));
}

static __attribute__((noinline)) void take_read(pthread_rwlock_t *lock)
{
    GIVES(0, pthread_rwlock_rdlock(lock));
}

static void *fail(void *arg)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    say("failing", (uint64_t)gettid());
    GIVES(EBUSY, pthread_mutex_trylock(&first));
    GIVES(ETIMEDOUT, pthread_mutex_timedlock(&first, &now));
    GIVES(ETIMEDOUT, pthread_mutex_clocklock(&first, CLOCK_REALTIME, &now));
    GIVES(EBUSY, pthread_rwlock_trywrlock(&reading));
    GIVES(EBUSY, pthread_rwlock_tryrdlock(&writing));
    GIVES(ETIMEDOUT, pthread_rwlock_timedwrlock(&reading, &now));
    GIVES(ETIMEDOUT, pthread_rwlock_timedrdlock(&writing, &now));
    GIVES(ETIMEDOUT, pthread_rwlock_clockwrlock(&reading, CLOCK_REALTIME, &now));
    GIVES(ETIMEDOUT, pthread_rwlock_clockrdlock(&writing, CLOCK_REALTIME, &now));
    return arg;
}

static void say_locks(void)
{
    SAY_ADDRESS(&first);
    SAY_ADDRESS(&second);
    SAY_ADDRESS(&third);
    SAY_ADDRESS(&reading);
    SAY_ADDRESS(&writing);
    SAY_ADDRESS(take);
    SAY_ADDRESS(take_again);
    SAY_ADDRESS(take_read);
}

static void holds(void)
{
    say_locks();
    take(&first);
    take(&third);
    GIVES(0, pthread_mutex_trylock(&second));
    GIVES(0, pthread_mutex_unlock(&third));
    take_read(&reading);
    GIVES(0, pthread_rwlock_tryrdlock(&reading));
    GIVES(0, pthread_rwlock_unlock(&reading));
    GIVES(0, pthread_rwlock_wrlock(&writing));
    run(fail, NULL);
    ready();
}

static void kind(pthread_mutex_t *lock, int type, int robust)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    pthread_mutexattr_setrobust(&attributes, robust);
    GIVES(0, pthread_mutex_init(lock, &attributes));
    pthread_mutexattr_destroy(&attributes);
}

static void *try_unlock(void *lock)
{
    GIVES(EPERM, pthread_mutex_unlock(lock));
    return NULL;
}

static void recursion(void)
{
    say_locks();
    kind(&first, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
    kind(&second, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
    take(&first);
    take_again(&first);
    GIVES(0, pthread_mutex_trylock(&first));
    GIVES(0, pthread_mutex_unlock(&first));
    GIVES(0, pthread_mutex_unlock(&first));
    run(try_unlock, &first);
    take(&second);
    take_again(&second);
    GIVES(0, pthread_mutex_unlock(&second));
    GIVES(0, pthread_mutex_unlock(&second));
    kind(&third, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
    GIVES(EPERM, pthread_mutex_unlock(&third));
    take(&third);
    GIVES(EDEADLK, pthread_mutex_lock(&third));
    run(try_unlock, &third);
    ready();
}

static void *take_and_end(void *lock)
{
    say("ended", (uint64_t)gettid());
    take_again(lock);
    return NULL;
}

/* A thread that ends with a lock; a robust one, which then is taken over. */
static void ended(void)
{
    say_locks();
    kind(&second, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
    run(take_and_end, &first);
    run(take_and_end, &second);
    GIVES(EOWNERDEAD, pthread_mutex_lock(&second));
    ready();
}

static void *read_and_end(void *lock)
{
    take_read(lock);
    return NULL;
}

static void *unlock_write(void *lock)
{
    GIVES(0, pthread_rwlock_unlock(lock));
    return NULL;
}

/* Locks that another thread gives back than took them, and one whose memory becomes a new lock. */
static void handed_over(void)
{
    say_locks();
    run(take_and_end, &first);
    GIVES(0, pthread_mutex_unlock(&first));
    run(read_and_end, &reading);
    take_read(&reading);
    GIVES(0, pthread_rwlock_unlock(&reading));
    GIVES(0, pthread_rwlock_unlock(&reading));
    GIVES(0, pthread_rwlock_wrlock(&writing));
    run(unlock_write, &writing);
    run(take_and_end, &second);
    GIVES(0, pthread_mutex_init(&second, NULL));
    take(&second);
    GIVES(0, pthread_mutex_unlock(&second));
    take(&third);
    ready();
}

static void executed(void)
{
    say_locks();
    take(&second);
    ready();
}

static void exec_itself(void)
{
    take(&first);
    execl("/proc/self/exe", "recorded_locks", "executed", NULL);
}

int main(int argc, char **argv)
{
    static const struct way ways[] = {{"holds", holds},
                                      {"recursion", recursion},
                                      {"ended", ended},
                                      {"handed-over", handed_over},
                                      {"exec-itself", exec_itself},
                                      {"executed", executed}};
    return GO(ways);
}
