#include "explore/holds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { A = 0x1000, B = 0x2000, C = 0x3000 };

static void what_was_let_go_is_not_held(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_LOCK, .object = A},
        {.op = WIRE_LOCK, .object = B},
        {.thread = 1, .op = WIRE_TRY_LOCK, .object = A, .flags = WIRE_FAILED},
        {.thread = 1, .op = WIRE_LOCK, .object = C, .flags = WIRE_LATE},
        {.op = WIRE_UNLOCK, .object = A},
        {.thread = 1, .op = WIRE_READ_LOCK, .object = C},
    };
    size_t count = 0;
    struct hold *holds = holds_of(steps, sizeof(steps) / sizeof(*steps), &count);
    assert_int_equal(count, 2);
    assert_int_equal(holds[0].object, B);
    assert_int_equal(holds[0].step, 1);
    assert_int_equal(holds[1].object, C);
    assert_int_equal(holds[1].thread, 1);
    assert_int_equal(holds[1].step, 5);
    free(holds);
}

static void a_lock_taken_twice_is_let_go_twice(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_LOCK, .object = A},
        {.op = WIRE_LOCK, .object = A},
        {.op = WIRE_UNLOCK, .object = A},
    };
    size_t count = 0;
    struct hold *holds = holds_of(steps, 3, &count);
    assert_int_equal(count, 1);
    assert_int_equal(holds[0].step, 0);
    free(holds);
}

/* Also where its time was over. */
static void a_wait_gives_its_mutex_and_has_it_again(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_LOCK, .object = A},
        {.op = WIRE_WAIT, .object = B, .second = A},
        {.thread = 1, .op = WIRE_LOCK, .object = A},
        {.thread = 1, .op = WIRE_UNLOCK, .object = A},
        {.op = WIRE_WAKE, .object = B, .second = A, .flags = WIRE_LATE},
    };
    size_t count = 0;
    free(holds_of(steps, 2, &count));
    assert_int_equal(count, 0);
    struct hold *holds = holds_of(steps, 5, &count);
    assert_int_equal(count, 1);
    assert_int_equal(holds[0].thread, 0);
    assert_int_equal(holds[0].object, A);
    free(holds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_let_go_is_not_held),
        cmocka_unit_test(a_lock_taken_twice_is_let_go_twice),
        cmocka_unit_test(a_wait_gives_its_mutex_and_has_it_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
