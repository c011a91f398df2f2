/* The other lock objects of the C library that this test runs on, in processes that hang. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "explain/waits/live_support.h"

#define FUTEX        SYS_futex
#define COUNT(calls) (sizeof(calls) / sizeof *(calls))

/* Objects of all bodies: each runs in a process of its own. */
static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;

static void *wait_for_change(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&first);
    live_shared->step = 1;
    pthread_cond_wait(&changed, &first);
    pthread_cond_wait(&changed, &first);
    return NULL;
}

/* The first wait is woken, so that the second is of the condition's other group. */
static void waits_twice(void)
{
    live_thread(wait_for_change, NULL);
    while (live_shared->step == 0)
        sched_yield();
    pthread_mutex_lock(&first);
    pthread_cond_signal(&changed);
    pthread_cond_wait(&never, &first);
}

static void conditions(void **state)
{
    static const long calls[] = {FUTEX, FUTEX};
    static const char *const frames[][LIVE_FRAMES] = {{"pthread_cond_wait", "main"},
                                                      {"pthread_cond_wait", "wait_for_change"}};
    struct live live;
    (void)state;
    for (int named = 0; named < 2; named++) {
        live_start(&live, waits_twice, calls, COUNT(calls));
        live_tell(&live, named ? frames : NULL);
        for (size_t i = 0; i < 2; i++) {
            const struct waiting *waiting = live_waiting(&live, i);
            assert_int_equal(waiting->what, FOR_CONDITION);
            assert_int_equal(waiting->object, (uintptr_t)(i ? &changed : &never));
            assert_int_equal(waiting->certain, named);
            assert_int_equal(waiting->holder_count, 0);
        }
        /* The two waits stand in the two groups, at words of both kinds. */
        assert_int_not_equal(live.samples[0].args[0] % 8, live.samples[1].args[0] % 8);
        live_end(&live);
    }
}

static void wakes_but_keeps(void)
{
    live_thread(wait_for_change, NULL);
    while (live_shared->step == 0)
        sched_yield();
    pthread_mutex_lock(&first);
    pthread_cond_signal(&changed);
    live_pause();
}

static void woken_takes_mutex_again(void **state)
{
    static const long calls[] = {SYS_pause, FUTEX};
    static const char *const frames[][LIVE_FRAMES] = {{"pause"}, {"pthread_cond_wait"}};
    struct live live;
    (void)state;
    live_start(&live, wakes_but_keeps, calls, COUNT(calls));
    live_tell(&live, frames);
    assert_int_equal(live_waiting(&live, 1)->what, FOR_MUTEX);
    assert_string_equal(live_waiting(&live, 1)->call, "pthread_cond_wait");
    live_check_holder(&live, 1, 0, 0, 0, -1);
    live_end(&live);
}

static void *lock_for_writing(void *unused)
{
    (void)unused;
    pthread_rwlock_wrlock(&rwlock);
    return NULL;
}

static void *lock_for_reading(void *unused)
{
    (void)unused;
    pthread_rwlock_rdlock(&rwlock);
    return NULL;
}

static void reads_first(void)
{
    pthread_rwlock_rdlock(&rwlock);
    pthread_join(live_thread(lock_for_writing, NULL), NULL);
}

static void writes_first(void)
{
    pthread_rwlock_wrlock(&rwlock);
    live_thread(lock_for_writing, NULL);
    pthread_join(live_thread(lock_for_reading, NULL), NULL);
}

static void prefers_writers(void)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&rwlock, &attributes);
    pthread_rwlock_rdlock(&rwlock);
    live_thread(lock_for_writing, NULL);
    while (pthread_rwlock_tryrdlock(&rwlock) == 0)
        pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_rdlock(&rwlock);
}

static void read_write_locks(void **state)
{
    static const long two[] = {FUTEX, FUTEX};
    static const long three[] = {FUTEX, FUTEX, FUTEX};
    static const struct live_object objects[] = {
        {&rwlock, sizeof rwlock, "table.lock", "pthread_rwlock_t"}, {0}};
    static const char *const frames[][LIVE_FRAMES] = {
        {"pthread_join"}, {"pthread_rwlock_wrlock"}, {"pthread_rwlock_rdlock"}};
    static const char *const behind[][LIVE_FRAMES] = {{"pthread_rwlock_rdlock"},
                                                      {"pthread_rwlock_wrlock"}};
    struct live live;
    (void)state;
    for (int known = 0; known < 2; known++) {
        live_objects = known ? objects : NULL;
        live_start(&live, reads_first, two, COUNT(two));
        live_tell(&live, known ? NULL : frames);
        assert_int_equal(live_waiting(&live, 1)->what, FOR_WRITE_LOCK);
        assert_int_equal(live_waiting(&live, 1)->object, (uintptr_t)&rwlock);
        assert_int_equal(live_waiting(&live, 1)->count, 1);
        assert_int_equal(live_waiting(&live, 1)->holder_count, 0);
        assert_int_equal(live_waiting(&live, 0)->what, FOR_JOIN);
        live_check_holder(&live, 0, 0, 1, 0, -1);
        live_end(&live);
        live_start(&live, writes_first, three, COUNT(three));
        live_tell(&live, known ? NULL : frames);
        for (size_t i = 1; i < 3; i++) {
            assert_int_equal(live_waiting(&live, i)->what, i == 1 ? FOR_WRITE_LOCK : FOR_READ_LOCK);
            assert_int_equal(live_waiting(&live, i)->object, (uintptr_t)&rwlock);
            assert_int_equal(live_waiting(&live, i)->count, 0);
            live_check_holder(&live, i, 0, 0, 0, -1);
        }
        live_end(&live);
    }
    live_objects = NULL;
    live_start(&live, prefers_writers, two, COUNT(two));
    live_tell(&live, behind);
    assert_int_equal(live_waiting(&live, 0)->object, (uintptr_t)&rwlock);
    assert_int_equal(live_waiting(&live, 0)->count, 1);
    assert_non_null(strstr(live_waiting(&live, 0)->note, "prefers writers"));
    assert_int_equal(live_waiting(&live, 1)->object, (uintptr_t)&rwlock);
    live_end(&live);
}

static void *meet_twice(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return NULL;
}

static void one_round_and_two(void)
{
    pthread_barrier_init(&barrier, NULL, 3);
    live_thread(meet_twice, NULL);
    live_thread(meet_twice, NULL);
    pthread_barrier_wait(&barrier);
    sem_init(&semaphore, 0, 0);
    sem_wait(&semaphore);
}

static void barriers_and_semaphores(void **state)
{
    static const long calls[] = {FUTEX, FUTEX, FUTEX};
    static const char *const frames[][LIVE_FRAMES] = {
        {"sem_wait"}, {"pthread_barrier_wait"}, {"pthread_barrier_wait"}};
    struct live live;
    (void)state;
    live_start(&live, one_round_and_two, calls, COUNT(calls));
    live_tell(&live, frames);
    assert_int_equal(live_waiting(&live, 0)->what, FOR_SEMAPHORE);
    assert_int_equal(live_waiting(&live, 0)->object, (uintptr_t)&semaphore);
    assert_int_equal(live_waiting(&live, 0)->count, 0);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(live_waiting(&live, i)->object, (uintptr_t)&barrier);
        assert_int_equal(live_waiting(&live, i)->count, 2);
        assert_int_equal(live_waiting(&live, i)->needed, 3);
    }
    live_end(&live);
}

/* One before and one after that nobody waits for. */
static char semaphores[3][64];

static void named(void)
{
    sem_t *opened[3];
    for (size_t i = 0; i < 3; i++) {
        opened[i] = sem_open(semaphores[i], O_CREAT | O_EXCL, 0600, 0);
        if (opened[i] == SEM_FAILED)
            _exit(3);
    }
    sem_wait(opened[1]);
}

static void named_semaphore(void **state)
{
    static const long calls[] = {FUTEX};
    struct live live;
    (void)state;
    for (int i = 0; i < 3; i++) {
        snprintf(semaphores[i], sizeof semaphores[i], "/racelab-wait-%d-%d", (int)getpid(), i);
        sem_unlink(semaphores[i]);
    }
    live_start(&live, named, calls, COUNT(calls));
    live_tell(&live, NULL);
    for (size_t i = 0; i < 3; i++)
        sem_unlink(semaphores[i]);
    assert_int_equal(live_waiting(&live, 0)->what, FOR_SEMAPHORE);
    assert_string_equal(live_waiting(&live, 0)->name, semaphores[1]);
    live_end(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),       cmocka_unit_test(woken_takes_mutex_again),
        cmocka_unit_test(read_write_locks), cmocka_unit_test(barriers_and_semaphores),
        cmocka_unit_test(named_semaphore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
