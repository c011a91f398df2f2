#include "explore/runtime/seeds_test_support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

/* The one thread that there is waits for its child: nothing is lost. */
static void children(void **state)
{
    (void)state;
    seeds_all("forks", "child", 3);
    seeds_all("forks", "replaced", 4);
    seeds_all("forks", "spawned", 5);
    seeds_all("forks", "system", 6);
    seeds_all("forks", "popen", 7);
    seeds_all("forks", "pipes", 9);
}

static void beside(const char *argument, int status)
{
    struct seeds seeds;
    seeds_run(&seeds, "forks", argument);
    assert_int_equal(seeds.statuses[status], SEEDS);
    assert_true(seeds.lost & WIRE_LOST_FORK);
}

static void children_beside(void **state)
{
    (void)state;
    beside("beside", 3);
    beside("early", 2);
    beside("looking", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children),
        cmocka_unit_test(children_beside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
