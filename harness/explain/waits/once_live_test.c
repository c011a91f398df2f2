/* pthread_once() of the C library that this test runs on, in processes that hang. */
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "explain/waits/live_support.h"

#define FUTEX        SYS_futex
#define COUNT(calls) (sizeof(calls) / sizeof *(calls))

static pthread_barrier_t barrier;
static pthread_once_t once_a = PTHREAD_ONCE_INIT;
static pthread_once_t once_b = PTHREAD_ONCE_INIT;

static void open_a_again(void)
{
    pthread_once(&once_a, open_a_again);
}

static void recursive(void)
{
    pthread_once(&once_a, open_a_again);
}

static void open_b(void)
{
    pthread_barrier_wait(&barrier);
    pthread_once(&once_a, open_a_again);
}

static void open_a(void)
{
    pthread_barrier_wait(&barrier);
    pthread_once(&once_b, open_b);
}

static void *once_in_thread(void *unused)
{
    (void)unused;
    pthread_once(&once_b, open_b);
    return NULL;
}

static void crossed_once(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    live_thread(once_in_thread, NULL);
    pthread_once(&once_a, open_a);
}

static void run_for_ever(void)
{
    live_shared->step = 1;
    live_pause();
}

static void *initialise_b(void *unused)
{
    (void)unused;
    pthread_once(&once_b, run_for_ever);
    return NULL;
}

/* Beside a recursion, another initialiser that has nothing to do with it. */
static void recursive_beside(void)
{
    live_thread(initialise_b, NULL);
    while (live_shared->step == 0)
        sched_yield();
    pthread_once(&once_a, open_a_again);
}

static void open_b_with_a(void)
{
    live_shared->step = 1;
    pthread_once(&once_a, open_a_again);
}

static void *once_b_with_a(void *unused)
{
    (void)unused;
    while (live_shared->step == 0)
        sched_yield();
    pthread_once(&once_b, open_b_with_a);
    return NULL;
}

static void open_a_beside_b(void)
{
    live_shared->step = 1;
    pthread_once(&once_a, open_a_beside_b);
}

/* Both wait for the one control, each in an initialiser; only the first runs that control's. */
static void recursive_and_second(void)
{
    live_thread(once_b_with_a, NULL);
    pthread_once(&once_a, open_a_beside_b);
}

static void initialisers(void **state)
{
    static const long one[] = {FUTEX};
    static const long two[] = {FUTEX, FUTEX};
    static const long beside[] = {FUTEX, SYS_pause};
    static const char *const nested[][LIVE_FRAMES] = {
        {"pthread_once", "open_a", "pthread_once", "main"},
        {"pthread_once", "open_b", "pthread_once", "start_thread"}};
    static const char *const other[][LIVE_FRAMES] = {
        {"pthread_once", "open_a", "pthread_once", "main"},
        {"pause", "run_for_ever", "pthread_once", "start_thread"}};
    struct live live;
    (void)state;
    live_start(&live, recursive, one, COUNT(one));
    live_tell(&live, nested);
    live_check_holder(&live, 0, 0, 0, 0, -1);
    live_end(&live);
    live_start(&live, crossed_once, two, COUNT(two));
    live_tell(&live, nested);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(live_waiting(&live, i)->what, FOR_ONCE);
        assert_int_equal(live_waiting(&live, i)->object, (uintptr_t)(i ? &once_a : &once_b));
        assert_int_equal(live_waiting(&live, i)->holder_count, 1);
        live_check_holder(&live, i, 0, 1 - i, 0, -1);
    }
    live_end(&live);
    live_start(&live, recursive_beside, beside, COUNT(beside));
    live_tell(&live, other);
    assert_int_equal(live_waiting(&live, 0)->holder_count, 1);
    live_check_holder(&live, 0, 0, 0, 0, -1);
    assert_true(live_waiting(&live, 0)->certain);
    live_end(&live);
    live_start(&live, recursive_and_second, two, COUNT(two));
    live_tell(&live, nested);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(live_waiting(&live, i)->object, (uintptr_t)&once_a);
        assert_int_equal(live_waiting(&live, i)->holder_count, 1);
        live_check_holder(&live, i, 0, 0, 0, -1);
    }
    live_end(&live);
}

/* As a runtime does that has its own pthread_once(): there is no record on the stack. */
static uint32_t bare_control = 1;

static void *wait_bare(void *unused)
{
    uint32_t *volatile control = &bare_control; /* on the stack */
    (void)unused;
    syscall(SYS_futex, control, FUTEX_WAIT_PRIVATE, 1, NULL);
    return NULL;
}

static void *pause_in_thread(void *unused)
{
    (void)unused;
    live_pause();
    return NULL;
}

static void bare(void)
{
    live_thread(wait_bare, NULL);
    live_thread(pause_in_thread, NULL);
    wait_bare(NULL);
}

static void without_records(void **state)
{
    static const long calls[] = {FUTEX, FUTEX, SYS_pause};
    static const char *const frames[][LIVE_FRAMES] = {
        {"pthread_once", "open_a", "pthread_once", "main"},
        {"pthread_once", "open_b", "pthread_once", "start_thread"},
        {"pause", "run_for_ever", "pthread_once", "start_thread"}};
    struct live live;
    (void)state;
    live_start(&live, bare, calls, COUNT(calls));
    live_tell(&live, frames);
    /* Either of the two may be the one in the initialiser; the third has nothing of the control. */
    assert_int_equal(live_waiting(&live, 0)->holder_count, 2);
    live_check_holder(&live, 0, 0, 1, 0, -1);
    live_check_holder(&live, 0, 1, 0, 0, -1);
    assert_false(live_waiting(&live, 0)->certain);
    live_end(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(initialisers),
        cmocka_unit_test(without_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
