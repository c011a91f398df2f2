#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "future.h"
#include "when_blocked.h"

#include <errno.h>

enum { WAITERS = 3, TASK_FAILED = -1000 };

static void pending_running_finished(void **state)
{
    struct future *future = future_new();
    void *value = NULL;
    int answer = 42;

    (void)state;
    assert_non_null(future);
    assert_false(future_running(future) || future_done(future) || future_cancelled(future));
    assert_true(future_start(future));
    assert_true(future_running(future));
    assert_false(future_done(future));
    assert_int_equal(future_finish(future, 0, &answer), 0);
    assert_true(future_done(future));
    assert_false(future_running(future) || future_cancelled(future));
    assert_int_equal(future_result(future, DEADLINE_NEVER, &value), 0);
    assert_ptr_equal(value, &answer);
    assert_int_equal(future_result(future, 0, NULL), 0);
    future_free(future);
    future_free(NULL);
}

static void error_of_the_task_is_the_result(void **state)
{
    struct future *future = future_new();
    void *value = &value;

    (void)state;
    assert_non_null(future);
    assert_true(future_start(future));
    assert_int_equal(future_finish(future, TASK_FAILED, NULL), 0);
    assert_int_equal(future_result(future, DEADLINE_NEVER, &value), TASK_FAILED);
    assert_ptr_equal(value, &value);
    future_free(future);
}

static void result_times_out_before_the_end(void **state)
{
    struct future *future = future_new();
    void *value = &value;

    (void)state;
    assert_non_null(future);
    assert_int_equal(future_result(future, 0, &value), -ETIMEDOUT);
    assert_true(future_start(future));
    assert_int_equal(future_result(future, 1, &value), -ETIMEDOUT);
    assert_ptr_equal(value, &value);
    assert_false(future_done(future));
    future_free(future);
}

static void finish_it(void *argument)
{
    future_finish(argument, 0, argument);
}

static void result_blocks_until_finished(void **state)
{
    struct future *future = future_new();
    struct when_blocked when;
    void *value = NULL;

    (void)state;
    assert_non_null(future);
    assert_true(future_start(future));
    when_blocked_start(&when, &future->done, finish_it, future);
    assert_int_equal(future_result(future, DEADLINE_NEVER, &value), 0);
    assert_true(when_blocked_end(&when));
    assert_ptr_equal(value, future);
    future_free(future);
}

static void cancel_it(void *argument)
{
    future_cancel(argument);
}

static void cancel_ends_a_wait_and_keeps_from_starting(void **state)
{
    struct future *future = future_new();
    struct when_blocked when;

    (void)state;
    assert_non_null(future);
    when_blocked_start(&when, &future->done, cancel_it, future);
    assert_int_equal(future_result(future, DEADLINE_NEVER, NULL), -ECANCELED);
    assert_true(when_blocked_end(&when));
    assert_true(future_cancelled(future));
    assert_true(future_done(future));
    assert_int_equal(future_cancel(future), 0);
    assert_false(future_start(future));
    assert_int_equal(future_finish(future, 0, NULL), -EINVAL);
    assert_int_equal(future_result(future, 0, NULL), -ECANCELED);
    future_free(future);
}

static void running_or_finished_cannot_be_cancelled(void **state)
{
    struct future *future = future_new();

    (void)state;
    assert_non_null(future);
    assert_int_equal(future_finish(future, 0, NULL), -EINVAL);
    assert_true(future_start(future));
    assert_false(future_start(future));
    assert_int_equal(future_cancel(future), -EBUSY);
    assert_int_equal(future_finish(future, 0, NULL), 0);
    assert_int_equal(future_cancel(future), -EBUSY);
    assert_false(future_cancelled(future));
    assert_int_equal(future_finish(future, TASK_FAILED, NULL), -EINVAL);
    assert_int_equal(future_result(future, 0, NULL), 0);
    future_free(future);
}

static void count_call(void *owned)
{
    ++*(int *)owned;
}

static void last_reference_frees_what_is_owned(void **state)
{
    struct future *future = future_new();
    int freed = 0;

    (void)state;
    assert_non_null(future);
    assert_ptr_equal(future_share(future), future);
    future_own(future, &freed, count_call);
    future_free(future);
    assert_int_equal(freed, 0);
    assert_false(future_done(future));
    future_free(future);
    assert_int_equal(freed, 1);
}

struct reader {
    pthread_t thread;
    struct future *future; /* the reader's own reference */
    int result, value;
};

static void *read_result(void *argument)
{
    struct reader *reader = argument;
    void *value;

    reader->result = future_result(reader->future, DEADLINE_NEVER, &value);
    if (reader->result == 0)
        reader->value = *(int *)value;
    future_free(reader->future);
    return NULL;
}

static void all_waiters_get_the_result(void **state)
{
    struct future *future = future_new();
    struct reader readers[WAITERS];
    int answer = 0;

    (void)state;
    assert_non_null(future);
    assert_true(future_start(future));
    for (int i = 0; i < WAITERS; i++) {
        readers[i] = (struct reader){.future = future_share(future)};
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_result, &readers[i]), 0);
    }
    wait_until_blocked(&future->done, WAITERS);
    /* Written without a lock: finish happens before the return of result. */
    answer = 42;
    assert_int_equal(future_finish(future, 0, &answer), 0);
    future_free(future);
    for (int i = 0; i < WAITERS; i++) {
        assert_int_equal(pthread_join(readers[i].thread, NULL), 0);
        assert_int_equal(readers[i].result, 0);
        assert_int_equal(readers[i].value, 42);
    }
}

struct counter {
    struct future_watcher watcher;
    int calls;
};

static void count_completed(struct future_watcher *watcher)
{
    ((struct counter *)watcher)->calls++;
}

static void watchers_are_told_once(void **state)
{
    struct counter watching = {.watcher.completed = count_completed};
    struct counter also = watching, left = watching, late = watching;
    struct future *future = future_new();

    (void)state;
    assert_non_null(future);
    future_watch(future, &watching.watcher);
    future_watch(future, &left.watcher);
    future_watch(future, &also.watcher);
    future_unwatch(future, &left.watcher);
    assert_true(future_start(future));
    assert_int_equal(watching.calls + also.calls, 0);
    assert_int_equal(future_finish(future, 0, NULL), 0);
    assert_int_equal(watching.calls, 1);
    assert_int_equal(also.calls, 1);
    assert_int_equal(left.calls, 0);
    future_watch(future, &late.watcher);
    assert_int_equal(late.calls, 1);
    future_unwatch(future, &watching.watcher);
    future_unwatch(future, &late.watcher);
    future_free(future);
}

static void watchers_are_told_of_a_cancellation(void **state)
{
    struct counter watching = {.watcher.completed = count_completed};
    struct future *future = future_new();

    (void)state;
    assert_non_null(future);
    future_watch(future, &watching.watcher);
    assert_int_equal(future_cancel(future), 0);
    assert_int_equal(watching.calls, 1);
    assert_int_equal(future_cancel(future), 0);
    assert_int_equal(watching.calls, 1);
    future_free(future);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pending_running_finished),
        cmocka_unit_test(error_of_the_task_is_the_result),
        cmocka_unit_test(result_times_out_before_the_end),
        cmocka_unit_test(result_blocks_until_finished),
        cmocka_unit_test(cancel_ends_a_wait_and_keeps_from_starting),
        cmocka_unit_test(running_or_finished_cannot_be_cancelled),
        cmocka_unit_test(last_reference_frees_what_is_owned),
        cmocka_unit_test(all_waiters_get_the_result),
        cmocka_unit_test(watchers_are_told_once),
        cmocka_unit_test(watchers_are_told_of_a_cancellation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
