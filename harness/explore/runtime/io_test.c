#include "explore/runtime/seeds_test_support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

static void pipes(void **state)
{
    (void)state;
    seeds_all("io", "pipe", 15);
    seeds_all("io", "copies", 15);
    seeds_all("io", "records", 0);
    seeds_all("io", "event", 3);
    seeds_all("io", "nonblocking", 0);
}

static void all_deadlock(const char *argument)
{
    struct seeds seeds;
    seeds_run(&seeds, "io", argument);
    assert_int_equal(seeds.ends[WIRE_DEADLOCK], SEEDS);
    assert_int_equal(seeds.lost, 0);
}

static void deadlocks(void **state)
{
    (void)state;
    all_deadlock("deadlock");
    all_deadlock("full");
    all_deadlock("poll-for-ever");
    all_deadlock("local-deadlock");
}

static void large_writes(void **state)
{
    (void)state;
    seeds_all("io", "big-pipe", 0);
    seeds_all("io", "big-socket", 0);
}

static void time_limits(void **state)
{
    (void)state;
    seeds_both("io", "poll", 0, 1);
    seeds_both("io", "ppoll", 0, 1);
    seeds_both("io", "select", 0, 1);
    seeds_both("io", "pselect", 0, 1);
    seeds_both("io", "epoll", 0, 1);
}

static void servers(void **state)
{
    (void)state;
    seeds_both("io", "tcp", 1, 2);
    seeds_both("io", "local", 1, 2);
}

static void outside(void **state)
{
    struct seeds seeds;
    (void)state;
    seeds_run(&seeds, "io", "terminal");
    assert_int_equal(seeds.statuses[0], SEEDS);
    seeds_run(&seeds, "io", "outside");
    assert_int_equal(seeds.statuses[0], SEEDS);
}

static void streams(void **state)
{
    (void)state;
    seeds_all("io", "lines", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipes),       cmocka_unit_test(deadlocks), cmocka_unit_test(large_writes),
        cmocka_unit_test(time_limits), cmocka_unit_test(servers),   cmocka_unit_test(outside),
        cmocka_unit_test(streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
