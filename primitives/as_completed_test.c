#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "as_completed.h"
#include "deadline.h"
#include "when_blocked.h"

#include <errno.h>

enum { FUTURES = 4, FINISHERS = 3, FUTURES_EACH = 50, ALL = FINISHERS * FUTURES_EACH };

static struct future *futures[FUTURES];

static int make_futures(void **state)
{
    (void)state;
    for (int i = 0; i < FUTURES; i++) {
        futures[i] = future_new();
        if (!futures[i] || !future_start(futures[i]))
            return -1;
    }
    return 0;
}

static int free_futures(void **state)
{
    (void)state;
    for (int i = 0; i < FUTURES; i++)
        future_free(futures[i]);
    return 0;
}

static void check_next(struct as_completed *iterator, struct future *expected)
{
    struct future *next = NULL;

    assert_int_equal(as_completed_next(iterator, DEADLINE_NEVER, &next), 0);
    assert_ptr_equal(next, expected);
}

static void check_end(struct as_completed *iterator)
{
    struct future *next = NULL;

    assert_int_equal(as_completed_next(iterator, DEADLINE_NEVER, &next), AS_COMPLETED_END);
    assert_int_equal(as_completed_next(iterator, 0, &next), AS_COMPLETED_END);
    assert_null(next);
}

static void order_is_that_of_completion(void **state)
{
    struct as_completed iterator;

    (void)state;
    assert_int_equal(future_finish(futures[3], 0, NULL), 0);
    assert_int_equal(future_finish(futures[1], 0, NULL), 0);
    assert_int_equal(as_completed_init(&iterator, futures, FUTURES), 0);
    assert_int_equal(future_finish(futures[2], 0, NULL), 0);
    assert_int_equal(future_finish(futures[0], -EIO, NULL), 0);
    /* Those that were done before come first, in the order of the array. */
    check_next(&iterator, futures[1]);
    check_next(&iterator, futures[3]);
    check_next(&iterator, futures[2]);
    check_next(&iterator, futures[0]);
    check_end(&iterator);
    as_completed_release(&iterator);
}

static void time_limit_is_not_the_end(void **state)
{
    struct as_completed iterator;
    struct future *next = NULL;

    (void)state;
    assert_int_equal(as_completed_init(&iterator, futures, 1), 0);
    assert_int_equal(as_completed_next(&iterator, 0, &next), -ETIMEDOUT);
    assert_int_equal(as_completed_next(&iterator, 1, &next), -ETIMEDOUT);
    assert_null(next);
    assert_int_equal(future_finish(futures[0], 0, NULL), 0);
    check_next(&iterator, futures[0]);
    check_end(&iterator);
    as_completed_release(&iterator);
}

static void cancelled_futures_are_handed_out(void **state)
{
    struct future *pending = future_new();
    struct as_completed iterator;

    (void)state;
    assert_non_null(pending);
    assert_int_equal(as_completed_init(&iterator, &pending, 1), 0);
    assert_int_equal(future_cancel(pending), 0);
    check_next(&iterator, pending);
    check_end(&iterator);
    as_completed_release(&iterator);
    future_free(pending);
}

static void nothing_ends_at_once_and_twice_comes_twice(void **state)
{
    struct future *const same[] = {futures[0], futures[0]};
    struct as_completed iterator;

    (void)state;
    assert_int_equal(as_completed_init(&iterator, futures, 0), 0);
    check_end(&iterator);
    as_completed_release(&iterator);

    assert_int_equal(as_completed_init(&iterator, same, 2), 0);
    assert_int_equal(future_finish(futures[0], 0, NULL), 0);
    check_next(&iterator, futures[0]);
    check_next(&iterator, futures[0]);
    check_end(&iterator);
    as_completed_release(&iterator);
}

static void finish_third(void *argument)
{
    (void)argument;
    future_finish(futures[2], 0, NULL);
}

static void next_blocks_until_one_is_done(void **state)
{
    struct as_completed iterator;
    struct when_blocked when;

    (void)state;
    assert_int_equal(as_completed_init(&iterator, futures, FUTURES), 0);
    when_blocked_start(&when, &iterator.completed, finish_third, NULL);
    check_next(&iterator, futures[2]);
    assert_true(when_blocked_end(&when));
    as_completed_release(&iterator);
}

static void release_forgets_what_is_not_done(void **state)
{
    struct as_completed first, second;

    (void)state;
    assert_int_equal(as_completed_init(&first, futures, FUTURES), 0);
    assert_int_equal(as_completed_init(&second, futures, FUTURES), 0);
    as_completed_release(&first);
    /* With a watcher left behind this would write into memory that is gone. */
    for (int i = FUTURES - 1; i >= 0; i--) {
        assert_null(futures[i]->watchers->next);
        assert_int_equal(future_finish(futures[i], 0, NULL), 0);
        check_next(&second, futures[i]);
    }
    as_completed_release(&second);
}

struct finisher {
    pthread_t thread;
    struct future *futures[FUTURES_EACH];
    int values[FUTURES_EACH];
};

static void *finish_all(void *argument)
{
    struct finisher *finisher = argument;

    for (int i = 0; i < FUTURES_EACH; i++) {
        finisher->values[i] = 1;
        future_finish(finisher->futures[i], 0, &finisher->values[i]);
    }
    return NULL;
}

static void many_threads_complete_every_future_once(void **state)
{
    static struct finisher finishers[FINISHERS];
    struct future *all[ALL], *next;
    struct as_completed iterator;
    void *value;

    (void)state;
    for (int i = 0; i < ALL; i++) {
        all[i] = future_new();
        assert_non_null(all[i]);
        assert_true(future_start(all[i]));
        finishers[i % FINISHERS].futures[i / FINISHERS] = all[i];
        finishers[i % FINISHERS].values[i / FINISHERS] = 0;
    }
    assert_int_equal(as_completed_init(&iterator, all, ALL), 0);
    for (int i = 0; i < FINISHERS; i++)
        assert_int_equal(pthread_create(&finishers[i].thread, NULL, finish_all, &finishers[i]), 0);
    while (as_completed_next(&iterator, DEADLINE_NEVER, &next) == 0) {
        assert_int_equal(future_result(next, 0, &value), 0);
        /* Plain data, written by the finisher before it finished the future. */
        assert_int_equal((*(int *)value)++, 1);
    }
    for (int i = 0; i < FINISHERS; i++)
        assert_int_equal(pthread_join(finishers[i].thread, NULL), 0);
    for (int i = 0; i < ALL; i++)
        assert_int_equal(finishers[i % FINISHERS].values[i / FINISHERS], 2);
    as_completed_release(&iterator);
    for (int i = 0; i < ALL; i++)
        future_free(all[i]);
}

#define with_futures(test) cmocka_unit_test_setup_teardown(test, make_futures, free_futures)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_futures(order_is_that_of_completion),
        with_futures(time_limit_is_not_the_end),
        cmocka_unit_test(cancelled_futures_are_handed_out),
        with_futures(nothing_ends_at_once_and_twice_comes_twice),
        with_futures(next_blocks_until_one_is_done),
        with_futures(release_forgets_what_is_not_done),
        cmocka_unit_test(many_threads_complete_every_future_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
