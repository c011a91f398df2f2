#include "explore/runtime/spin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct spin spin;

static int set_up(void **state)
{
    (void)state;
    memset(&spin, 0, sizeof spin);
    return 0;
}

/* How many rounds of a loop over so many places it takes; 0: it is not found within `most`. */
static int rounds_of(unsigned places, int most)
{
    for (int round = 1; round <= most; round++)
        for (unsigned place = 1; place <= places; place++)
            if (spin_found(&spin, place, 1000 + place, 7))
                return round;
    return 0;
}

static void one_flag(void **state)
{
    (void)state;
    int rounds = rounds_of(1, 100);
    assert_in_range(rounds, 3, 8);
    assert_true(spin_found(&spin, 1, 1001, 7));
}

static void several_flags(void **state)
{
    (void)state;
    assert_in_range(rounds_of(SPIN_PLACES, 100), 3, 8);
}

static void too_many_flags(void **state)
{
    (void)state;
    assert_int_equal(rounds_of(SPIN_PLACES + 1, 5000), 0);
}

static void value_changes(void **state)
{
    (void)state;
    for (uint64_t value = 0; value < 10000; value++)
        assert_false(spin_found(&spin, 1, 2, value));
    assert_in_range(rounds_of(1, 100), 3, 8);
}

/* sum += numbers[i] * factor */
static void array(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        assert_false(spin_found(&spin, 1, 4000 + 4 * i, 0));
        assert_false(spin_found(&spin, 2, 100, 2));
    }
}

static void same_place_other_code(void **state)
{
    (void)state;
    for (uint64_t pc = 0; pc < 100; pc++)
        assert_false(spin_found(&spin, 1 + pc, 100, 2));
}

/* Writes of its own are progress, but others must go on at times all the same. */
static void changes_in_the_loop(void **state)
{
    (void)state;
    unsigned round = 0;
    while (!spin_found(&spin, 1, 2, 7)) {
        spin_changed(&spin);
        assert_true(++round < 10000);
    }
    assert_true(round > 1000);
    spin_changed(&spin);
    assert_false(spin_found(&spin, 1, 2, 7));
}

static void knows(void **state)
{
    (void)state;
    assert_false(spin_knows(&spin, 1, 2));
    spin_found(&spin, 1, 2, 0);
    assert_true(spin_knows(&spin, 1, 2));
    assert_false(spin_knows(&spin, 2, 2));
    assert_false(spin_knows(&spin, 1, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_flag, set_up),
        cmocka_unit_test_setup(several_flags, set_up),
        cmocka_unit_test_setup(too_many_flags, set_up),
        cmocka_unit_test_setup(value_changes, set_up),
        cmocka_unit_test_setup(array, set_up),
        cmocka_unit_test_setup(same_place_other_code, set_up),
        cmocka_unit_test_setup(changes_in_the_loop, set_up),
        cmocka_unit_test_setup(knows, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
