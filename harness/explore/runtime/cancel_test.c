#include "explore/runtime/seeds_test_support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

static void where_they_wait(void **state)
{
    (void)state;
    seeds_all("cancel", "read", 0);
    seeds_all("cancel", "sleep", 0);
    seeds_all("cancel", "test", 0);
    seeds_all("cancel", "semaphore", 0);
    seeds_all("cancel", "condition", 0);
}

static void at_any_time(void **state)
{
    (void)state;
    seeds_all("cancel", "any-time", 0);
}

static void refused(void **state)
{
    (void)state;
    seeds_all("cancel", "disabled", 0);
}

static void race(void **state)
{
    (void)state;
    seeds_both("cancel", "race", 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_they_wait),
        cmocka_unit_test(at_any_time),
        cmocka_unit_test(refused),
        cmocka_unit_test(race),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
