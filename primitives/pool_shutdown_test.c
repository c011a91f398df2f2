#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "gate.h"
#include "pool.h"
#include "when_blocked.h"

#include <errno.h>

static int square(void *argument, void **value)
{
    int *number = argument;

    *number *= *number;
    *value = number;
    return 0;
}

static int pass_gate(void *argument, void **value)
{
    (void)value;
    gate_pass(argument);
    return 0;
}

static void shutdown_lets_the_queued_run_and_refuses_new_ones(void **state)
{
    struct future *running, *queued, *refused = NULL;
    struct when_blocked when;
    struct pool pool;
    struct gate gate;
    int number = 5;

    (void)state;
    gate_init(&gate);
    assert_int_equal(pool_init(&pool, 1, "test"), 0);
    assert_int_equal(pool_submit(&pool, pass_gate, &gate, &running), 0);
    assert_int_equal(pool_submit(&pool, square, &number, &queued), 0);
    gate_wait_reached(&gate);
    assert_int_equal(pool_shutdown(&pool, false, false), 0);
    assert_int_equal(pool_submit(&pool, square, &number, &refused), -ESHUTDOWN);
    assert_null(refused);
    assert_false(future_done(queued));
    /* With wait it blocks in the join of the one thread. */
    when_blocked_start(&when, &pool.threads[0].changed, gate_open, &gate);
    assert_int_equal(pool_shutdown(&pool, true, false), 0);
    assert_true(when_blocked_end(&when));
    assert_int_equal(future_result(running, 0, NULL), 0);
    assert_int_equal(future_result(queued, 0, NULL), 0);
    assert_int_equal(number, 25);
    future_free(running);
    future_free(queued);
    pool_release(&pool);
    gate_release(&gate);
}

static void shutdown_cancels_the_queued_on_request(void **state)
{
    struct future *running, *queued[2];
    struct pool pool;
    struct gate gate;
    int number = 5;

    (void)state;
    gate_init(&gate);
    assert_int_equal(pool_init(&pool, 1, "test"), 0);
    assert_int_equal(pool_submit(&pool, pass_gate, &gate, &running), 0);
    assert_int_equal(pool_submit(&pool, square, &number, &queued[0]), 0);
    assert_int_equal(pool_submit(&pool, square, &number, &queued[1]), 0);
    gate_wait_reached(&gate);
    assert_int_equal(pool_shutdown(&pool, false, true), 0);
    assert_int_equal(future_result(queued[0], 0, NULL), -ECANCELED);
    assert_int_equal(future_result(queued[1], 0, NULL), -ECANCELED);
    assert_true(future_running(running));
    gate_open(&gate);
    pool_release(&pool);
    assert_int_equal(future_result(running, 0, NULL), 0);
    assert_int_equal(number, 5);
    future_free(running);
    future_free(queued[0]);
    future_free(queued[1]);
    gate_release(&gate);
}

static int shut_down_own_pool(void *argument, void **value)
{
    (void)value;
    return pool_shutdown(argument, true, false);
}

static void task_cannot_wait_for_its_own_pool(void **state)
{
    struct future *future, *refused;
    struct pool pool;

    (void)state;
    assert_int_equal(pool_init(&pool, 2, "test"), 0);
    assert_int_equal(pool_submit(&pool, shut_down_own_pool, &pool, &future), 0);
    assert_int_equal(future_result(future, DEADLINE_NEVER, NULL), -EDEADLK);
    assert_int_equal(pool_submit(&pool, square, NULL, &refused), -ESHUTDOWN);
    future_free(future);
    pool_release(&pool);
}

struct meeting {
    struct pool *pool;
    pthread_barrier_t both_run;
};

static int meet_and_shut_down(void *argument, void **value)
{
    struct meeting *meeting = argument;

    (void)value;
    pthread_barrier_wait(&meeting->both_run);
    return pool_shutdown(meeting->pool, true, false);
}

static void tasks_cannot_wait_for_each_others_threads(void **state)
{
    struct meeting meeting;
    struct future *futures[2];
    struct pool pool;

    (void)state;
    meeting.pool = &pool;
    pthread_barrier_init(&meeting.both_run, NULL, 2);
    assert_int_equal(pool_init(&pool, 2, "test"), 0);
    assert_int_equal(pool_submit(&pool, meet_and_shut_down, &meeting, &futures[0]), 0);
    assert_int_equal(pool_submit(&pool, meet_and_shut_down, &meeting, &futures[1]), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(future_result(futures[i], DEADLINE_NEVER, NULL), -EDEADLK);
        future_free(futures[i]);
    }
    pool_release(&pool);
    pthread_barrier_destroy(&meeting.both_run);
}

static void pool_needs_a_thread_and_join_all_ignores_it(void **state)
{
    struct when_blocked when;
    struct future *future;
    struct pool pool;
    struct gate gate;

    (void)state;
    gate_init(&gate);
    assert_int_equal(pool_init(&pool, 0, "test"), -EINVAL);
    assert_int_equal(pool_init(&pool, 1, "test"), 0);
    assert_string_equal(thread_name(&pool.threads[0]), "test-0");
    /* With its thread at the gate, nobody but join_all could be seen to wait. */
    assert_int_equal(pool_submit(&pool, pass_gate, &gate, &future), 0);
    gate_wait_reached(&gate);
    when_blocked_start(&when, NULL, gate_open, &gate);
    assert_int_equal(thread_join_all(), 0);
    assert_false(when_blocked_end(&when));
    assert_true(thread_is_alive(&pool.threads[0]));
    gate_open(&gate);
    pool_release(&pool);
    future_free(future);
    gate_release(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shutdown_lets_the_queued_run_and_refuses_new_ones),
        cmocka_unit_test(shutdown_cancels_the_queued_on_request),
        cmocka_unit_test(task_cannot_wait_for_its_own_pool),
        cmocka_unit_test(tasks_cannot_wait_for_each_others_threads),
        cmocka_unit_test(pool_needs_a_thread_and_join_all_ignores_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
