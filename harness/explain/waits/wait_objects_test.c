/* The lock objects but mutexes, with memory and frames made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "explain/waits/fake_support.h"

static void conditions(void **state)
{
    (void)state;
    put_condition();
    stack_of(0, "__futex_abstimed_wait_common", "pthread_cond_wait_WRK", "main");
    for (uint64_t group = 0; group < 2; group++) {
        const struct waiting *waiting = tell_futex(0, BASE + 8 + 40 + 4 * group, PRIVATE_BITSET, 0);
        assert_int_equal(waiting->what, FOR_CONDITION);
        assert_int_equal(waiting->object, BASE + 8);
        assert_string_equal(waiting->call, "pthread_cond_wait");
        assert_true(waiting->certain && waiting->holder_count == 0 && !waiting->note);
    }
    memory[2 + 9] = 0;
    const struct waiting *waiting = tell_futex(0, BASE + 8 + 40, PRIVATE_BITSET, 0);
    assert_int_equal(waiting->object, BASE + 8 + 40);
    assert_string_equal(waiting->note, "what is at its address is no condition variable now");
    /* Debug info knows better than any layout. */
    known = (struct known_object){BASE + 16, "queue.ready", "pthread_cond_t"};
    waiting = tell_futex(0, BASE + 8 + 40, PRIVATE_BITSET, 0);
    assert_int_equal(waiting->object, BASE + 16);
    assert_string_equal(waiting->name, "queue.ready");
}

static void woken_from_a_condition(void **state)
{
    (void)state;
    put_mutex(2, PID + 1, 0);
    stack_of(0, "pthread_cond_wait", "main", NULL);
    const struct waiting *waiting = tell_futex(0, BASE, PRIVATE_WAIT, 2);
    assert_int_equal(waiting->what, FOR_MUTEX);
    assert_string_equal(waiting->call, "pthread_cond_wait");
    check_holder(waiting, 1, 0, NULL);
    stack_of(0, "__pthread_mutex_cond_lock", "__pthread_cond_wait_common",
             "pthread_cond_timedwait");
    waiting = tell_futex(0, BASE, PRIVATE_WAIT, 2);
    assert_int_equal(waiting->what, FOR_MUTEX);
    assert_string_equal(waiting->call, "pthread_cond_timedwait");
}

static void read_write_locks(void **state)
{
    (void)state;
    stack_of(0, "pthread_rwlock_rdlock", "main", NULL);
    stack_of(1, "__pthread_rwlock_wrlock_full64", "___pthread_rwlock_wrlock", NULL);
    /* A writer has it, two readers wait: nobody reads. */
    memory[0] = 2 << 3 | 2 | 1;
    memory[6] = PID + 1;
    const struct waiting *waiting = tell_futex(0, BASE + 8, PRIVATE_BITSET, 3);
    assert_int_equal(waiting->what, FOR_READ_LOCK);
    assert_int_equal(waiting->object, BASE);
    assert_int_equal(waiting->count, 0);
    check_holder(waiting, 1, 0, NULL);
    /* A second writer behind it. */
    assert_int_equal(tell_futex(1, BASE + 12, PRIVATE_BITSET, 3)->object, BASE);
    /* Two readers have it; a writer waits, and a reader behind the writer. */
    memory[0] = 2 << 3 | 4 | 2;
    memory[6] = 0;
    waiting = tell_futex(1, BASE + 8, PRIVATE_BITSET, 2);
    assert_int_equal(waiting->what, FOR_WRITE_LOCK);
    assert_int_equal(waiting->count, 2);
    assert_int_equal(waiting->holder_count, 0);
    assert_string_equal(waiting->note, "glibc does not record who holds a lock for reading");
    waiting = tell_futex(0, BASE, PRIVATE_BITSET, 2 << 3 | 4 | 2);
    assert_int_equal(waiting->object, BASE);
    assert_int_equal(waiting->count, 2);
    assert_non_null(strstr(waiting->note, "prefers writers"));
}

static void semaphores_and_barriers(void **state)
{
    (void)state;
    memory[1] = 1;
    stack_of(0, "__new_sem_wait_slow64.constprop.0", "sem_wait@@GLIBC_2.34", NULL);
    const struct waiting *waiting = tell_futex(0, BASE, PRIVATE_BITSET, 0);
    assert_int_equal(waiting->what, FOR_SEMAPHORE);
    assert_string_equal(waiting->call, "sem_wait");
    assert_int_equal(waiting->count, 0);
    assert_int_equal(waiting->holder_count, 0);
    /* Eleven have come in all, two rounds of four are complete. */
    memory[8] = 11;
    memory[9] = 8;
    memory[10] = 4;
    stack_of(0, "pthread_barrier_wait", "main", NULL);
    waiting = tell_futex(0, BASE + 36, PRIVATE_WAIT, 8);
    assert_int_equal(waiting->what, FOR_BARRIER);
    assert_int_equal(waiting->object, BASE + 32);
    assert_int_equal(waiting->count, 3);
    assert_int_equal(waiting->needed, 4);
}

static void joins(void **state)
{
    (void)state;
    stack_of(0, "__pthread_clockjoin_ex", "pthread_join", "main");
    const struct waiting *waiting = tell_futex(0, BASE, SHARED_BITSET, PID + 1);
    assert_int_equal(waiting->what, FOR_JOIN);
    assert_string_equal(waiting->call, "pthread_join");
    assert_int_equal(waiting->object, 0);
    check_holder(waiting, 1, 0, NULL);
    stack_of(0, NULL, NULL, NULL);
    waiting = tell_futex(0, BASE, SHARED_BITSET, PID + 1);
    assert_int_equal(waiting->what, FOR_JOIN);
    assert_false(waiting->certain);
    check_holder(waiting, 1, 0, NULL);
}

static void initialisers(void **state)
{
    (void)state;
    memory[0] = 1;
    stack_of(0, "pthread_once", "open_log", "pthread_once");
    check_holder(tell_futex(0, BASE, PRIVATE_WAIT, 1), 0, 0, NULL);
    assert_true(threads[0].waiting.certain);
    stack_of(1, "read", "load", "__pthread_once_slow");
    stack_of(0, "pthread_once", "main", NULL);
    check_holder(tell_futex(0, BASE, PRIVATE_WAIT, 1), 1, 0, NULL);
    assert_false(threads[0].waiting.certain);
    /* One that waits for an initialiser itself runs none. */
    stack_of(1, "__pthread_once_slow", "pthread_once", "worker");
    assert_int_equal(tell_futex(0, BASE, PRIVATE_WAIT, 1)->holder_count, 0);
    assert_non_null(threads[0].waiting.note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(conditions),
        TEST(woken_from_a_condition),
        TEST(read_write_locks),
        TEST(semaphores_and_barriers),
        TEST(joins),
        TEST(initialisers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
