#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "as_completed.h"
#include "deadline.h"
#include "gate.h"
#include "pool.h"

#include <errno.h>

enum { SUBMITTERS = 3, TASKS_EACH = 50, TASK_FAILED = -1000 };

static int square(void *argument, void **value)
{
    int *number = argument;

    *number *= *number;
    *value = number;
    return 0;
}

static int refuse(void *argument, void **value)
{
    (void)argument;
    (void)value;
    return TASK_FAILED;
}

static int pass_gate(void *argument, void **value)
{
    (void)value;
    gate_pass(argument);
    return 0;
}

static void values_and_errors_come_back(void **state)
{
    struct future *good, *bad;
    void *value = NULL;
    struct pool pool;
    int number = 7;

    (void)state;
    assert_int_equal(pool_init(&pool, 2, "test"), 0);
    assert_int_equal(pool_submit(&pool, square, &number, &good), 0);
    assert_int_equal(pool_submit(&pool, refuse, NULL, &bad), 0);
    assert_int_equal(future_result(good, DEADLINE_NEVER, &value), 0);
    assert_ptr_equal(value, &number);
    assert_int_equal(number, 49);
    assert_int_equal(future_result(bad, DEADLINE_NEVER, &value), TASK_FAILED);
    future_free(good);
    future_free(bad);
    pool_release(&pool);
}

static void result_times_out_while_the_task_runs(void **state)
{
    struct future *future;
    struct pool pool;
    struct gate gate;

    (void)state;
    gate_init(&gate);
    assert_int_equal(pool_init(&pool, 1, "test"), 0);
    assert_int_equal(pool_submit(&pool, pass_gate, &gate, &future), 0);
    gate_wait_reached(&gate);
    assert_true(future_running(future));
    assert_int_equal(future_result(future, 1, NULL), -ETIMEDOUT);
    assert_int_equal(future_cancel(future), -EBUSY);
    gate_open(&gate);
    assert_int_equal(future_result(future, DEADLINE_NEVER, NULL), 0);
    future_free(future);
    pool_release(&pool);
    gate_release(&gate);
}

static int meet(void *argument, void **value)
{
    (void)value;
    pthread_barrier_wait(argument);
    return 0;
}

static void tasks_run_at_the_same_time(void **state)
{
    struct future *futures[3];
    pthread_barrier_t barrier;
    struct pool pool;

    (void)state;
    /* Nobody passes the barrier unless all three run at once. */
    pthread_barrier_init(&barrier, NULL, 3);
    assert_int_equal(pool_init(&pool, 3, "test"), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pool_submit(&pool, meet, &barrier, &futures[i]), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(future_result(futures[i], DEADLINE_NEVER, NULL), 0);
        future_free(futures[i]);
    }
    pool_release(&pool);
    pthread_barrier_destroy(&barrier);
}

struct log {
    int next; /* of the pool's one thread until it is joined */
    int positions[4];
};

struct entry {
    struct log *log;
    int number;
};

static int write_entry(void *argument, void **value)
{
    struct entry *entry = argument;

    (void)value;
    entry->log->positions[entry->number] = entry->log->next++;
    return 0;
}

static void one_thread_keeps_the_order_and_skips_the_cancelled(void **state)
{
    struct log log = {.positions = {-1, -1, -1, -1}};
    struct future *futures[4], *gate_future;
    struct entry entries[4];
    struct pool pool;
    struct gate gate;

    (void)state;
    gate_init(&gate);
    assert_int_equal(pool_init(&pool, 1, "test"), 0);
    assert_int_equal(pool_submit(&pool, pass_gate, &gate, &gate_future), 0);
    for (int i = 0; i < 4; i++) {
        entries[i] = (struct entry){.log = &log, .number = i};
        assert_int_equal(pool_submit(&pool, write_entry, &entries[i], &futures[i]), 0);
    }
    assert_int_equal(future_cancel(futures[1]), 0);
    assert_int_equal(future_result(futures[1], DEADLINE_NEVER, NULL), -ECANCELED);
    gate_open(&gate);
    pool_release(&pool);
    assert_int_equal(log.positions[0], 0);
    assert_int_equal(log.positions[1], -1);
    assert_int_equal(log.positions[2], 1);
    assert_int_equal(log.positions[3], 2);
    for (int i = 0; i < 4; i++)
        future_free(futures[i]);
    future_free(gate_future);
    gate_release(&gate);
}

static void as_completed_hands_out_by_completion(void **state)
{
    struct future *futures[2], *next = NULL;
    struct as_completed iterator;
    struct pool pool;
    struct gate gates[2];

    (void)state;
    assert_int_equal(pool_init(&pool, 2, "test"), 0);
    for (int i = 0; i < 2; i++) {
        gate_init(&gates[i]);
        assert_int_equal(pool_submit(&pool, pass_gate, &gates[i], &futures[i]), 0);
    }
    assert_int_equal(as_completed_init(&iterator, futures, 2), 0);
    gate_open(&gates[1]);
    assert_int_equal(as_completed_next(&iterator, DEADLINE_NEVER, &next), 0);
    assert_ptr_equal(next, futures[1]);
    assert_int_equal(as_completed_next(&iterator, 1, &next), -ETIMEDOUT);
    gate_open(&gates[0]);
    assert_int_equal(as_completed_next(&iterator, DEADLINE_NEVER, &next), 0);
    assert_ptr_equal(next, futures[0]);
    assert_int_equal(as_completed_next(&iterator, 0, &next), AS_COMPLETED_END);
    as_completed_release(&iterator);
    pool_release(&pool);
    for (int i = 0; i < 2; i++) {
        future_free(futures[i]);
        gate_release(&gates[i]);
    }
}

struct submitter {
    pthread_t thread;
    struct pool *pool;
    int numbers[TASKS_EACH];
    struct future *futures[TASKS_EACH];
    int errors;
};

static void *submit_all(void *argument)
{
    struct submitter *submitter = argument;

    for (int i = 0; i < TASKS_EACH; i++) {
        submitter->numbers[i] = i;
        submitter->errors += pool_submit(submitter->pool, square, &submitter->numbers[i],
                                         &submitter->futures[i]) != 0;
    }
    return NULL;
}

static void many_threads_submit_and_every_task_runs_once(void **state)
{
    static struct submitter submitters[SUBMITTERS];
    struct pool pool;

    (void)state;
    assert_int_equal(pool_init(&pool, 3, "test"), 0);
    for (int i = 0; i < SUBMITTERS; i++) {
        submitters[i].pool = &pool;
        submitters[i].errors = 0;
        assert_int_equal(pthread_create(&submitters[i].thread, NULL, submit_all, &submitters[i]),
                         0);
    }
    for (int i = 0; i < SUBMITTERS; i++) {
        assert_int_equal(pthread_join(submitters[i].thread, NULL), 0);
        assert_int_equal(submitters[i].errors, 0);
        for (int task = 0; task < TASKS_EACH; task++) {
            assert_int_equal(future_result(submitters[i].futures[task], DEADLINE_NEVER, NULL), 0);
            assert_int_equal(submitters[i].numbers[task], task * task);
            future_free(submitters[i].futures[task]);
        }
    }
    pool_release(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_errors_come_back),
        cmocka_unit_test(result_times_out_while_the_task_runs),
        cmocka_unit_test(tasks_run_at_the_same_time),
        cmocka_unit_test(one_thread_keeps_the_order_and_skips_the_cancelled),
        cmocka_unit_test(as_completed_hands_out_by_completion),
        cmocka_unit_test(many_threads_submit_and_every_task_runs_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
