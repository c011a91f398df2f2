/* Mutexes of the C library that this test runs on, in processes that hang. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "explain/waits/live_support.h"

#define FUTEX        SYS_futex
#define COUNT(calls) (sizeof(calls) / sizeof *(calls))

/* Objects of all bodies: each runs in a process of its own. */
static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;

static void *cross(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&second);
    pthread_barrier_wait(&barrier);
    pthread_mutex_lock(&first);
    return NULL;
}

static void crossed(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    live_thread(cross, NULL);
    pthread_mutex_lock(&first);
    pthread_barrier_wait(&barrier);
    pthread_mutex_lock(&second);
}

static void crossed_mutexes(void **state)
{
    static const long calls[] = {FUTEX, FUTEX};
    static const char *const frames[][LIVE_FRAMES] = {{"pthread_mutex_lock", "main"},
                                                      {"pthread_mutex_lock", "cross"}};
    struct live live;
    (void)state;
    for (int named = 0; named < 2; named++) {
        live_start(&live, crossed, calls, COUNT(calls));
        live_tell(&live, named ? frames : NULL);
        for (size_t i = 0; i < 2; i++) {
            const struct waiting *waiting = live_waiting(&live, i);
            assert_int_equal(waiting->what, FOR_MUTEX);
            assert_int_equal(waiting->object, (uintptr_t)(i ? &first : &second));
            assert_int_equal(waiting->certain, named);
            assert_int_equal(waiting->holder_count, 1);
            live_check_holder(&live, i, 0, 1 - i, 0, -1);
        }
        live_end(&live);
    }
}

static void set_kind(pthread_mutex_t *mutex, int protocol, int robust, int shared)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, protocol);
    pthread_mutexattr_setrobust(&attributes, robust);
    pthread_mutexattr_setpshared(&attributes, shared);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

static void inheriting(void)
{
    set_kind(&first, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE);
    set_kind(&second, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_PRIVATE);
    pthread_barrier_init(&barrier, NULL, 2);
    live_thread(cross, NULL);
    pthread_mutex_lock(&first);
    pthread_barrier_wait(&barrier);
    pthread_mutex_lock(&second);
}

static void inheriting_and_robust(void **state)
{
    static const long calls[] = {FUTEX, FUTEX};
    static const char *const frames[][LIVE_FRAMES] = {{"pthread_mutex_lock"},
                                                      {"pthread_mutex_lock"}};
    struct live live;
    (void)state;
    live_start(&live, inheriting, calls, COUNT(calls));
    live_tell(&live, frames);
    live_check_holder(&live, 0, 0, 1, 0, -1);
    live_check_holder(&live, 1, 0, 0, 0, -1);
    assert_int_equal(live_waiting(&live, 1)->object, (uintptr_t)&first);
    live_end(&live);
}

static void relocks_inheriting(void)
{
    set_kind(&first, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE);
    pthread_mutex_lock(&first);
    pthread_mutex_lock(&first);
}

/* The kernel refuses such a lock at once, and the C library sleeps on a word of the stack. */
static void inheriting_self_deadlock(void **state)
{
    static const long calls[] = {FUTEX};
    static const char *const frames[][LIVE_FRAMES] = {{"pthread_mutex_lock", "main"}};
    struct live live;
    (void)state;
    live_start(&live, relocks_inheriting, calls, COUNT(calls));
    live_tell(&live, frames);
    assert_int_equal(live_waiting(&live, 0)->what, FOR_MUTEX);
    assert_int_equal(live_waiting(&live, 0)->object, 0);
    assert_non_null(strstr(live_waiting(&live, 0)->note, "kernel refused"));
    assert_int_equal(live_waiting(&live, 0)->holder_count, 0);
    live_end(&live);
}

static void *lock_and_end(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&first);
    return NULL;
}

static void abandoned(void)
{
    pthread_join(live_thread(lock_and_end, NULL), NULL);
    pthread_mutex_lock(&first);
}

static void owner_has_ended(void **state)
{
    static const long calls[] = {FUTEX};
    static const char *const frames[][LIVE_FRAMES] = {{"pthread_mutex_lock", "main"}};
    struct live live;
    (void)state;
    live_start(&live, abandoned, calls, COUNT(calls));
    live_tell(&live, frames);
    live_check_who(&live, 0, 0, "a thread that has ended");
    live_end(&live);
}

static void *lock_and_stay(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&first);
    pthread_barrier_wait(&barrier);
    live_pause();
    return NULL;
}

static void forks_while_locked(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    live_thread(lock_and_stay, NULL);
    pthread_barrier_wait(&barrier);
    if (live_fork() == 0)
        pthread_mutex_lock(&first);
    live_pause();
}

static void forks_owner_ends(void)
{
    pthread_join(live_thread(lock_and_end, NULL), NULL);
    if (live_fork() == 0)
        pthread_mutex_lock(&first);
    live_pause();
}

static void forks_with_own_lock(void)
{
    pthread_mutex_lock(&first);
    if (live_fork() == 0)
        pthread_mutex_lock(&first);
    live_pause();
}

static void locked_over_a_fork(void **state)
{
    static const long three[] = {SYS_pause, SYS_pause, FUTEX};
    static const long two[] = {SYS_pause, FUTEX};
    static const char *const frames[][LIVE_FRAMES] = {
        {"pause", "main"}, {"pthread_mutex_lock", "main"}, {"pthread_mutex_lock", "main"}};
    static const char uncopied[] = "a thread of the parent process that fork did not copy";
    struct live live;
    (void)state;
    live_start(&live, forks_while_locked, three, COUNT(three));
    live_tell(&live, frames);
    assert_int_equal(live_waiting(&live, 0)->what, FOR_SIGNAL);
    live_check_who(&live, 2, 0, uncopied);
    live_end(&live);
    live_start(&live, forks_owner_ends, two, COUNT(two));
    live_tell(&live, frames);
    live_check_who(&live, 1, 0, uncopied);
    live_end(&live);
    live_start(&live, forks_with_own_lock, two, COUNT(two));
    live_tell(&live, frames);
    live_check_who(&live, 1, 0,
                   "the thread of the parent process that called fork, before the fork");
    live_end(&live);
}

static void shares(void)
{
    pthread_mutex_t *mutex =
        mmap(NULL, sizeof *mutex, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    set_kind(mutex, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);
    pthread_mutex_lock(mutex);
    if (live_fork() == 0)
        pthread_mutex_lock(mutex);
    live_pause();
}

static void shared_between_processes(void **state)
{
    static const long calls[] = {SYS_pause, FUTEX};
    static const char *const frames[][LIVE_FRAMES] = {{"pause"}, {"pthread_mutex_lock", "main"}};
    struct live live;
    (void)state;
    live_start(&live, shares, calls, COUNT(calls));
    live_tell(&live, frames);
    live_check_holder(&live, 1, 0, 0, 0, -1);
    live_end(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crossed_mutexes),          cmocka_unit_test(inheriting_and_robust),
        cmocka_unit_test(inheriting_self_deadlock), cmocka_unit_test(owner_has_ended),
        cmocka_unit_test(locked_over_a_fork),       cmocka_unit_test(shared_between_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
