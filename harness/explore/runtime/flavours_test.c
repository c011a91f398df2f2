/* One schedule fits both flavours of a program: the same threads do the same in the same order. */
#include "explore/runtime/driver.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/memory.h"

enum { RUNS = 5 };

static void run(struct driver *driver, const char *flavour, const char *program,
                const char *argument, unsigned seed)
{
    char *path = xasprintf("%s/%s/%s", SUBJECTS, flavour, program);
    driver_open(driver, path, argument, false);
    driver->linked = strcmp(flavour, "explore-tsan") == 0;
    driver->block->plan.strategy = WIRE_RANDOM;
    driver->block->plan.seed = seed;
    driver->block->plan.point_limit = 20000;
    assert_int_not_equal(driver_run(driver), -1);
    free(path);
}

static void same(const char *program, const char *argument)
{
    for (unsigned seed = 1; seed <= RUNS; seed++) {
        struct driver plain;
        struct driver tsan;
        run(&plain, "explore", program, argument, seed);
        run(&tsan, "explore-tsan", program, argument, seed);
        const struct wire_step *ones = wire_steps(plain.block);
        const struct wire_step *others = wire_steps(tsan.block);
        uint32_t count = plain.block->outcome.steps;
        for (uint32_t i = 0; i < count && i < tsan.block->outcome.steps; i++)
            if (ones[i].thread != others[i].thread || ones[i].op != others[i].op ||
                ones[i].flags != others[i].flags || ones[i].own != others[i].own)
                fail_msg("%s %s, seed %u: step %u: thread %u %s, with TSan thread %u %s", program,
                         argument, seed, i, ones[i].thread, wire_op_word(ones[i].op),
                         others[i].thread, wire_op_word(others[i].op));
        assert_int_equal(count, tsan.block->outcome.steps);
        assert_int_equal(plain.block->outcome.end, tsan.block->outcome.end);
        driver_close(&plain);
        driver_close(&tsan);
    }
}

static void clocks(void **state)
{
    (void)state;
    same("clocks", "bases");
    same("clocks", "sleeps");
    same("clocks", "order");
    same("clocks", "await");
    same("clocks", "until");
}

static void descriptors(void **state)
{
    static const char *const ways[] = {"pipe",  "copies", "deadlock",    "full",  "records",
                                       "poll",  "select", "epoll",       "event", "tcp",
                                       "local", "lines",  "nonblocking", NULL};
    (void)state;
    for (int i = 0; ways[i]; i++)
        same("io", ways[i]);
}

static void signals(void **state)
{
    static const char *const ways[] = {"semaphore",  "before-or-after",  "lock-in-handler",
                                       "to-itself",  "wait-for-process", "wait-for-two",
                                       "timed-wait", "suspend",          NULL};
    (void)state;
    for (int i = 0; ways[i]; i++)
        same("signals", ways[i]);
}

static void cancellation(void **state)
{
    static const char *const ways[] = {"read",     "sleep",    "test", "semaphore", "condition",
                                       "any-time", "disabled", "race", NULL};
    (void)state;
    for (int i = 0; ways[i]; i++)
        same("cancel", ways[i]);
}

static void children_and_futexes(void **state)
{
    (void)state;
    same("forks", "child");
    same("forks", "system");
    same("forks", "popen");
    same("futexes", "counting");
    same("futexes", "lost");
    same("futexes", "relative");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks),
        cmocka_unit_test(descriptors),
        cmocka_unit_test(signals),
        cmocka_unit_test(cancellation),
        cmocka_unit_test(children_and_futexes),
    };
    /* A program that waits for its symbolizer looks like one that is blocked. */
    setenv("TSAN_OPTIONS", "symbolize=0", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
