#include "explore/runtime/seeds_test_support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>

#include <cmocka.h>

static void clocks_begin_at_one_time(void **state)
{
    (void)state;
    seeds_all("clocks", "bases", 0);
}

static void sleeps_take_their_time(void **state)
{
    (void)state;
    seeds_all("clocks", "sleeps", 0);
}

static void a_sleep_is_no_order(void **state)
{
    (void)state;
    seeds_both("clocks", "order", 0, 1);
}

static void loops_that_wait_end(void **state)
{
    (void)state;
    seeds_all("clocks", "await", 0);
    seeds_all("clocks", "yielding", 0);
    seeds_all("clocks", "until", 0);
}

/* Where nothing is decided, too, a loop lets the other thread go first. */
static void loops_that_wait_stay_not(void **state)
{
    static const char *const loops[] = {"await", "yielding", "until"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct driver driver;
        driver_open(&driver, "clocks", loops[i], false);
        driver.block->plan.point_limit = 1000;
        int status = driver_run(&driver);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_int_equal(driver.block->outcome.end, WIRE_EXITED);
        driver_close(&driver);
    }
}

static void timers_are_noted(void **state)
{
    struct seeds seeds;
    (void)state;
    seeds_run(&seeds, "clocks", "alarm");
    assert_int_equal(seeds.statuses[0], SEEDS);
    assert_int_equal(seeds.lost, WIRE_LOST_SIGNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_begin_at_one_time), cmocka_unit_test(sleeps_take_their_time),
        cmocka_unit_test(a_sleep_is_no_order),      cmocka_unit_test(loops_that_wait_end),
        cmocka_unit_test(loops_that_wait_stay_not), cmocka_unit_test(timers_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
