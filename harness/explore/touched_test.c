#include "explore/touched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void shared_is_what_two_threads_touch_and_one_writes(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_WRITE, .object = 0x1000, .size = 4}, /* before there are threads */
        {.op = WIRE_WRITE, .object = 0x4000, .size = 4},
        {.op = WIRE_CREATE, .object = 1},
        {.op = WIRE_READ, .object = 0x1000, .size = 4},
        {.thread = 1, .op = WIRE_READ, .object = 0x1000, .size = 4},
        {.op = WIRE_WRITE, .object = 0x2000, .size = 4}, /* one thread's own */
        {.op = WIRE_WRITE, .object = 0x3000, .size = 4},
        {.thread = 1, .op = WIRE_READ, .object = 0x3000, .size = 4},
        {.thread = 1, .op = WIRE_LOCK, .object = 0x2000}, /* no access of memory */
        {.thread = 1, .op = WIRE_WRITE, .object = 0x4000, .size = 4},
        {.op = WIRE_READ, .object = 0x4000, .size = 4},
    };
    static const bool shared[COUNT(steps)] = {[6] = true, [7] = true, [9] = true, [10] = true};
    struct touched *touched = touched_new(steps, COUNT(steps));
    for (size_t i = 0; i < COUNT(steps); i++)
        assert_int_equal(touched_shared(touched, &steps[i]), shared[i]);
    touched_free(touched);
}

static void neighbours_in_one_word_are_told_apart(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_CREATE, .object = 1},
        {.op = WIRE_WRITE, .object = 0x1000, .size = 4},
        {.thread = 1, .op = WIRE_WRITE, .object = 0x1004, .size = 4},
        {.op = WIRE_WRITE, .object = 0x2006, .size = 4}, /* across two words */
        {.thread = 1, .op = WIRE_READ, .object = 0x2009, .size = 1},
        {.thread = 1, .op = WIRE_READ, .object = 0x200a, .size = 1},
    };
    static const bool shared[COUNT(steps)] = {[3] = true, [4] = true};
    struct touched *touched = touched_new(steps, COUNT(steps));
    for (size_t i = 1; i < COUNT(steps); i++)
        assert_int_equal(touched_shared(touched, &steps[i]), shared[i]);
    touched_free(touched);
}

static void the_freeing_of_a_block_is_a_write_to_all_of_it(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_CREATE, .object = 1},
        {.thread = 1, .op = WIRE_READ, .object = 0x1040, .size = 8},
        {.op = WIRE_FREE, .object = 0x1000, .size = 128},
        {.op = WIRE_FREE, .object = 0x8000, .size = UINT32_MAX}, /* does not take for ever */
    };
    struct touched *touched = touched_new(steps, COUNT(steps));
    assert_true(touched_shared(touched, &steps[1]));
    assert_true(touched_shared(touched, &steps[2]));
    assert_false(touched_shared(touched, &steps[3]));
    touched_free(touched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_is_what_two_threads_touch_and_one_writes),
        cmocka_unit_test(neighbours_in_one_word_are_told_apart),
        cmocka_unit_test(the_freeing_of_a_block_is_a_write_to_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
