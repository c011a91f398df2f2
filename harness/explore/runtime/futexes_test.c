#include "explore/runtime/seeds_test_support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_lock(void **state)
{
    (void)state;
    seeds_all("futexes", "counting", 9);
    seeds_all("futexes", "moved", 0);
    seeds_all("futexes", "refused", 0);
}

static void a_lost_wake_up(void **state)
{
    struct seeds seeds;
    (void)state;
    seeds_run(&seeds, "futexes", "lost");
    assert_int_equal(seeds.statuses[0] + seeds.ends[WIRE_DEADLOCK], SEEDS);
    assert_true(seeds.statuses[0] > 0);
    assert_true(seeds.ends[WIRE_DEADLOCK] > 0);
    assert_int_equal(seeds.lost, 0);
}

static void time_limits(void **state)
{
    (void)state;
    seeds_both("futexes", "relative", 0, 1);
    seeds_both("futexes", "absolute", 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock),
        cmocka_unit_test(a_lost_wake_up),
        cmocka_unit_test(time_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
