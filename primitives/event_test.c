#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "event.h"
#include "when_blocked.h"

#include <errno.h>

enum { WAITERS = 3 };

static void set(void *argument)
{
    event_set(argument);
}

static void set_and_clear(void *argument)
{
    event_set(argument);
    event_clear(argument);
}

static void set_clear_and_is_set(void **state)
{
    struct event event;

    (void)state;
    event_init(&event);
    assert_false(event_is_set(&event));
    event_set(&event);
    assert_true(event_is_set(&event));
    event_clear(&event);
    assert_false(event_is_set(&event));
    event_release(&event);
}

static void wait_returns_at_once_when_set(void **state)
{
    struct event event;

    (void)state;
    event_init(&event);
    event_set(&event);
    event_set(&event);
    assert_int_equal(event_wait(&event, DEADLINE_NEVER), 0);
    assert_int_equal(event_wait(&event, 0), 0);
    event_release(&event);
}

static void wait_times_out_when_clear(void **state)
{
    struct event event;

    (void)state;
    event_init(&event);
    assert_int_equal(event_wait(&event, 0), -ETIMEDOUT);
    assert_int_equal(event_wait(&event, 1), -ETIMEDOUT);
    event_set(&event);
    event_clear(&event);
    assert_int_equal(event_wait(&event, 1), -ETIMEDOUT);
    event_release(&event);
}

static void wait_blocks_until_set(void **state)
{
    struct when_blocked when;
    struct event event;

    (void)state;
    event_init(&event);
    when_blocked_start(&when, &event.changed, set, &event);
    assert_int_equal(event_wait(&event, DEADLINE_NEVER), 0);
    assert_true(when_blocked_end(&when));
    event_release(&event);
}

static void set_then_clear_still_wakes(void **state)
{
    struct when_blocked when;
    struct event event;

    (void)state;
    event_init(&event);
    when_blocked_start(&when, &event.changed, set_and_clear, &event);
    /* With a limit only so that a lost set fails the test; whatever the clock says, a set
     * during the wait counts. */
    assert_int_equal(event_wait(&event, 1000), 0);
    assert_true(when_blocked_end(&when));
    assert_false(event_is_set(&event));
    event_release(&event);
}

/* Plain data behind an event: the detectors see whether set happens before wait returns. */
struct letter {
    struct event arrived;
    int content;
};

static void *read_letter(void *argument)
{
    struct letter *letter = argument;

    if (event_wait(&letter->arrived, DEADLINE_NEVER) || letter->content != 42)
        return NULL;
    return letter;
}

static void set_wakes_all_and_publishes(void **state)
{
    struct letter letter = {.content = 0};
    pthread_t threads[WAITERS];
    void *result;

    (void)state;
    event_init(&letter.arrived);
    for (int i = 0; i < WAITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_letter, &letter), 0);
    wait_until_blocked(&letter.arrived.changed, WAITERS);
    letter.content = 42;
    event_set(&letter.arrived);
    for (int i = 0; i < WAITERS; i++) {
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &letter);
    }
    event_release(&letter.arrived);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_clear_and_is_set),
        cmocka_unit_test(wait_returns_at_once_when_set),
        cmocka_unit_test(wait_times_out_when_clear),
        cmocka_unit_test(wait_blocks_until_set),
        cmocka_unit_test(set_then_clear_still_wakes),
        cmocka_unit_test(set_wakes_all_and_publishes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
