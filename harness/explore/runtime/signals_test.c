#include "explore/runtime/seeds_test_support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

static void handlers(void **state)
{
    (void)state;
    seeds_all("signals", "semaphore", 0);
    seeds_both("signals", "before-or-after", 0, 1);
    seeds_all("signals", "to-itself", 0);
}

/* A deadlock of one thread with itself, in those schedules where the handler runs while it has the lock. */
static void a_handler_locks(void **state)
{
    struct seeds seeds;
    (void)state;
    seeds_run(&seeds, "signals", "lock-in-handler");
    assert_int_equal(seeds.statuses[0] + seeds.ends[WIRE_DEADLOCK], SEEDS);
    assert_true(seeds.statuses[0] > 0);
    assert_true(seeds.ends[WIRE_DEADLOCK] > 0);
    assert_int_equal(seeds.lost, 0);
}

static void a_handler_is_a_step(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "signals", "semaphore", false);
    driver_run(&driver);
    assert_int_equal(driver_count(&driver, WIRE_SIGNAL_SEND, 0), 1);
    assert_int_equal(driver_count(&driver, WIRE_SIGNAL_HANDLE, 1), 1);
    assert_int_equal(driver_count(&driver, WIRE_SEM_POST, 1), 2);
    driver_close(&driver);
}

static void waiting(void **state)
{
    (void)state;
    seeds_all("signals", "wait-for-process", 0);
    seeds_all("signals", "wait-for-two", 0);
    seeds_both("signals", "timed-wait", 0, 1);
    seeds_all("signals", "suspend", 0);
}

/* Nobody outside is asked where the program sends the signal itself. */
static void waiting_inside(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "signals", "wait-for-process", false);
    driver_guide(&driver, 0, 1);
    driver_guide(&driver, 1, 1);
    driver_run(&driver);
    assert_int_equal(driver.block->outcome.status, 0);
    assert_int_equal(driver_count(&driver, WIRE_SIGNAL_WAIT, 1), 1);
    assert_int_equal(driver_count(&driver, WIRE_OUTSIDE, 1), 0);
    driver_close(&driver);
}

static void fatal(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "signals", "fatal", false);
    assert_int_equal(driver_run(&driver), SIGTERM);
    driver_close(&driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handlers),
        cmocka_unit_test(a_handler_locks),
        cmocka_unit_test(a_handler_is_a_step),
        cmocka_unit_test(waiting),
        cmocka_unit_test(waiting_inside),
        cmocka_unit_test(fatal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
