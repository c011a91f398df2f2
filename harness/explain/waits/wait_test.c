/* With memory and frames made up. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "explain/waits/fake_support.h"

static void mutex_and_owner(void **state)
{
    (void)state;
    put_mutex(2, PID + 1, 0);
    known = (struct known_object){BASE, "bank.lock", "pthread_mutex_t"};
    stack_of(0, "__lll_lock_wait", "___pthread_mutex_lock", "main");
    const struct waiting *waiting = tell_futex(0, BASE, PRIVATE_WAIT, 2);
    assert_int_equal(waiting->what, FOR_MUTEX);
    assert_string_equal(waiting->call, "pthread_mutex_lock");
    assert_string_equal(waiting->name, "bank.lock");
    assert_int_equal(waiting->object, BASE);
    assert_true(waiting->certain && !waiting->limited);
    check_holder(waiting, 1, 0, NULL);
}

static void owner_in_word(void **state)
{
    static const int kinds[] = {16, 32, 48, 33};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        put_mutex(FUTEX_WAITERS | (PID + 1), 0, kinds[i]);
        stack_of(0, "pthread_mutex_lock", "main", NULL);
        check_holder(tell_futex(0, BASE, FUTEX_LOCK_PI, 0), 1, 0, NULL);
    }
}

static void states_of_a_mutex(void **state)
{
    static const struct {
        uint32_t word;
        int owner, kind;
        const char *note;
    } cases[] = {
        {0, 0, 0, "the mutex is not locked now"},
        {2, PID, -1, "the mutex has been destroyed"},
        {2, 0, 0, "the mutex is locked, yet names no owner"},
        {2, PID, 0x12345678, "what is at its address is no mutex now"},
    };
    (void)state;
    stack_of(0, "pthread_mutex_lock", "main", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_mutex(cases[i].word, cases[i].owner, cases[i].kind);
        const struct waiting *waiting = tell_futex(0, BASE, PRIVATE_WAIT, 2);
        assert_int_equal(waiting->holder_count, 0);
        assert_string_equal(waiting->note, cases[i].note);
        assert_int_equal(waiting->certain, cases[i].kind != 0x12345678);
    }
    assert_string_equal(tell_futex(0, BASE + 4096, PRIVATE_WAIT, 2)->note,
                        "the mutex could not be read");
}

static void owner_of_before_a_fork(void **state)
{
    (void)state;
    put_mutex(2, PID + 1, 0);
    stack_of(2, "pthread_mutex_lock", "main", NULL);
    check_holder(tell_futex(2, BASE, PRIVATE_WAIT, 2), NO_INDEX, NO_INDEX,
                 "a thread of the parent process that fork did not copy");
    stack_of(2, "pthread_mutex_lock", "start_thread", NULL);
    check_holder(tell_futex(2, BASE, PRIVATE_WAIT, 2), NO_INDEX, NO_INDEX,
                 "a thread of the parent process, before the fork");
    put_mutex(2, PID, 0);
    check_holder(tell_futex(2, BASE, PRIVATE_WAIT, 2), NO_INDEX, NO_INDEX,
                 "a thread of the parent process that fork did not copy");
    stack_of(2, "pthread_mutex_lock", "main", NULL);
    check_holder(tell_futex(2, BASE, PRIVATE_WAIT, 2), NO_INDEX, NO_INDEX,
                 "the thread of the parent process that called fork, before the fork");
    /* Ended in the meantime: older than the child, so the parent's; younger, so its own. */
    put_mutex(2, CHILD - 1, 0);
    check_holder(tell_futex(2, BASE, PRIVATE_WAIT, 2), NO_INDEX, NO_INDEX,
                 "a thread of the parent process that fork did not copy");
    put_mutex(2, CHILD + 1, 0);
    check_holder(tell_futex(2, BASE, PRIVATE_WAIT, 2), NO_INDEX, NO_INDEX,
                 "a thread that has ended");
    /* It has begun another program since. */
    processes[1].program = "/bin/other";
    put_mutex(2, PID + 1, 0);
    check_holder(tell_futex(2, BASE, PRIVATE_WAIT, 2), NO_INDEX, NO_INDEX,
                 "a thread that has ended");
    /* The parent has nothing of the child's. */
    put_mutex(2, CHILD, 0);
    stack_of(0, "pthread_mutex_lock", "main", NULL);
    check_holder(tell_futex(0, BASE, PRIVATE_WAIT, 2), NO_INDEX, NO_INDEX,
                 "a thread that has ended");
}

static void owner_in_another_process(void **state)
{
    (void)state;
    put_mutex(2, PID + 1, 128);
    stack_of(2, "pthread_mutex_lock", "main", NULL);
    check_holder(tell_futex(2, BASE, FUTEX_WAIT, 2), 1, 0, NULL);
    put_mutex(2, PID + 2, 128);
    check_holder(tell_futex(2, BASE, FUTEX_WAIT, 2), NO_INDEX, NO_INDEX, "a thread that has ended");
}

static void names_of_functions(void **state)
{
    static const struct {
        const char *inner, *outer;
        enum wait_for what;
        const char *call;
    } cases[] = {
        {"__interceptor_pthread_mutex_lock", NULL, FOR_MUTEX, "pthread_mutex_lock"},
        {"__GI___pthread_mutex_timedlock", NULL, FOR_MUTEX, "pthread_mutex_timedlock"},
        {"__pthread_mutex_lock_full", "mtx_lock", FOR_MUTEX, "mtx_lock"},
        {"pthread_mutex_lock_intercept", "main", FOR_MUTEX, "pthread_mutex_lock"},
        {"pthread_cond_clockwait", "cnd_timedwait", FOR_CONDITION, "cnd_timedwait"},
        {"__pthread_rwlock_clockrdlock", NULL, FOR_READ_LOCK, "pthread_rwlock_clockrdlock"},
        {"sem_clockwait", NULL, FOR_SEMAPHORE, "sem_clockwait"},
        {"__pthread_once", "call_once", FOR_ONCE, "call_once"},
        {"sem_wait_for_room", NULL, FOR_FUTEX, "futex"},
        {"pthread_mutex_locked", NULL, FOR_FUTEX, "futex"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        stack_of(0, cases[i].inner, cases[i].outer, NULL);
        const struct waiting *waiting = tell_futex(0, BASE, PRIVATE_BITSET, 7);
        assert_int_equal(waiting->what, cases[i].what);
        assert_string_equal(waiting->call, cases[i].call);
    }
}

static void without_frames(void **state)
{
    (void)state;
    put_mutex(2, PID + 1, 0);
    const struct waiting *waiting = tell_futex(0, BASE, PRIVATE_WAIT, 2);
    assert_int_equal(waiting->what, FOR_MUTEX);
    assert_false(waiting->certain);
    check_holder(waiting, 1, 0, NULL);
    known = (struct known_object){BASE, "slots", "sem_t"};
    waiting = tell_futex(0, BASE, PRIVATE_WAIT, 2);
    assert_int_equal(waiting->what, FOR_SEMAPHORE);
    assert_false(waiting->certain);
    known = (struct known_object){0};
    put_mutex(1, 0, 0);
    assert_int_equal(tell_futex(0, BASE, PRIVATE_WAIT, 2)->what, FOR_FUTEX);
    memset(memory, 0, sizeof memory);
    put_condition();
    assert_int_equal(tell_futex(0, BASE + 8 + 44, PRIVATE_BITSET, 0)->what, FOR_CONDITION);
    memory[20] = 0;
    memory[21] = 1;
    waiting = tell_futex(0, BASE + 80, PRIVATE_BITSET, 0);
    assert_int_equal(waiting->what, FOR_SEMAPHORE);
    assert_false(waiting->certain);
    memory[21] = 1000;
    assert_int_equal(tell_futex(0, BASE + 80, PRIVATE_BITSET, 0)->what, FOR_FUTEX);
}

static void futexes_of_the_program(void **state)
{
    (void)state;
    put_mutex(2, PID + 1, 0);
    stack_of(0, "syscall", "spin_then_sleep", "main");
    const struct waiting *waiting = tell_futex(0, BASE, PRIVATE_WAIT, 2);
    assert_int_equal(waiting->what, FOR_FUTEX);
    assert_true(waiting->certain);
    assert_int_equal(waiting->object, BASE);
    assert_int_equal(waiting->holder_count, 0);
}

static void another_library(void **state)
{
    (void)state;
    sources.glibc = false;
    put_mutex(2, PID + 1, 0);
    stack_of(0, "__timedwait", "pthread_mutex_lock", "main");
    const struct waiting *waiting = tell_futex(0, BASE + 4, PRIVATE_WAIT, 2);
    assert_int_equal(waiting->what, FOR_MUTEX);
    assert_string_equal(waiting->call, "pthread_mutex_lock");
    assert_int_equal(waiting->holder_count, 0);
    assert_non_null(strstr(waiting->note, "not glibc"));
    stack_of(0, NULL, NULL, NULL);
    assert_int_equal(tell_futex(0, BASE, PRIVATE_WAIT, 2)->what, FOR_FUTEX);
}

static void time_limits(void **state)
{
    (void)state;
    put_mutex(2, PID + 1, 0);
    stack_of(0, "pthread_mutex_timedlock", "main", NULL);
    assert_true(tell(0, SYS_futex, BASE, PRIVATE_BITSET, 2, STACK)->limited);
    assert_int_equal(threads[0].waiting.what, FOR_MUTEX);
    assert_true(tell(0, SYS_clock_nanosleep, 0, 0, STACK, 0)->limited);
    assert_int_equal(threads[0].waiting.what, FOR_TIME);
    assert_true(tell(0, SYS_ppoll, 0, 0, STACK, 0)->limited);
    assert_false(tell(0, SYS_ppoll, 0, 0, 0, 0)->limited);
    assert_true(tell(0, SYS_epoll_pwait, 3, STACK, 1, 5)->limited);
    assert_false(tell(0, SYS_epoll_pwait, 3, STACK, 1, (uint64_t)-1)->limited);
    assert_false(tell(0, SYS_epoll_pwait, 3, STACK, 1, UINT32_MAX)->limited);
    assert_true(tell(0, SYS_rt_sigtimedwait, BASE, 0, STACK, 8)->limited);
    assert_false(tell(0, SYS_rt_sigtimedwait, BASE, 0, 0, 8)->limited);
    assert_int_equal(threads[0].waiting.what, FOR_SIGNAL);
}

static void no_call(void **state)
{
    (void)state;
    assert_int_equal(tell(0, -1, 0, 0, 0, 0)->what, FOR_NOTHING);
    const struct waiting *waiting = tell(0, 100000, 0, 0, 0, 0);
    assert_int_equal(waiting->what, FOR_UNKNOWN);
    assert_string_equal(waiting->note, "it sleeps in system call 100000");
    assert_false(waiting->certain);
    struct proc_thread hidden = {.state = 'S', .call = -1, .call_error = EPERM};
    wait_tell(&explanation, 0, &hidden, &sources);
    assert_int_equal(threads[0].waiting.what, FOR_UNKNOWN);
    assert_non_null(strstr(threads[0].waiting.note, "cannot be seen"));
    struct proc_thread stopped = {.state = 'T', .call = SYS_futex, .stack = STACK};
    wait_tell(&explanation, 0, &stopped, &sources);
    assert_string_equal(threads[0].waiting.note, "it is stopped");
    struct proc_thread narrow = {.state = 'S', .call = SYS_futex, .stack = 0xffffd000};
    wait_tell(&explanation, 0, &narrow, &sources);
    assert_string_equal(threads[0].waiting.note, "it is a 32-bit program");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(mutex_and_owner),
        TEST(owner_in_word),
        TEST(states_of_a_mutex),
        TEST(owner_of_before_a_fork),
        TEST(owner_in_another_process),
        TEST(names_of_functions),
        TEST(without_frames),
        TEST(futexes_of_the_program),
        TEST(another_library),
        TEST(time_limits),
        TEST(no_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
