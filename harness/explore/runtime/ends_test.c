/* How runs end, and threads, the monitor's part in it included. */
#include "explore/runtime/driver.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "model/memory.h"

enum { POINT_LIMIT = 3000 };

static void ends(void **state)
{
    static const struct {
        const char *how;
        int status; /* of the process; < 0: a signal */
        enum wire_end end;
        int noted;
        unsigned thread, threads;
        unsigned lost;
    } cases[] = {
        {"status", 7, WIRE_EXITED, 7, 0, 2, 0},
        {"exit", 5, WIRE_EXITED, 5, 1, 2, 0},
        {"assert", -SIGABRT, WIRE_ASSERTED, SIGABRT, 1, 2, 0},
        {"crash", -SIGSEGV, WIRE_SIGNALLED, SIGSEGV, 1, 2, 0},
        {"overflow", -SIGSEGV, WIRE_SIGNALLED, SIGSEGV, 1, 2, 0},
        {"abort", -SIGABRT, WIRE_SIGNALLED, SIGABRT, 0, 1, 0},
        {"endless", 1, WIRE_TOO_LONG, 0, 0, 256, WIRE_LOST_THREADS},
        {"main-leaves", 0, WIRE_EXITED, 0, WIRE_NO_THREAD, 3, 0},
        {"misuse", 0, WIRE_EXITED, 0, 0, 8, 0},
        {"many", 3, WIRE_EXITED, 3, 0, 256, WIRE_LOST_THREADS},
    };
    (void)state;
    for (size_t i = 0; i < 2 * (sizeof cases / sizeof *cases); i++) {
        struct driver driver;
        driver_open(&driver, "core", cases[i / 2].how, i % 2);
        driver.block->plan.point_limit = POINT_LIMIT;
        int status = driver_run(&driver);
        const struct wire_outcome *outcome = &driver.block->outcome;
        assert_int_equal(WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status),
                         cases[i / 2].status);
        assert_int_equal(outcome->end, cases[i / 2].end);
        assert_int_equal(outcome->status, cases[i / 2].noted);
        assert_int_equal(outcome->thread, cases[i / 2].thread);
        assert_int_equal(outcome->threads, cases[i / 2].threads);
        assert_int_equal(outcome->lost, cases[i / 2].lost);
        if (outcome->end == WIRE_TOO_LONG)
            assert_int_equal(outcome->points, POINT_LIMIT);
        else
            assert_true(outcome->points < POINT_LIMIT);
        assert_true((outcome->pc != 0) ==
                    (outcome->end != WIRE_EXITED || strcmp(cases[i / 2].how, "exit") == 0));
        driver_close(&driver);
    }
}

static void asserted(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "core", "assert", true);
    driver_run(&driver);
    const struct wire_outcome *outcome = &driver.block->outcome;
    assert_string_equal(outcome->message, "balance == 3");
    assert_non_null(strstr(outcome->file, "testprogs/core.c"));
    assert_in_range(outcome->line, 2, 400);
    driver_close(&driver);
}

static void crash_in_a_call(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "core", "bad-lock", true);
    int status = driver_run(&driver);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    const struct wire_outcome *outcome = &driver.block->outcome;
    assert_int_equal(outcome->end, WIRE_SIGNALLED);
    assert_int_equal(driver.block->threads[0].next.op, WIRE_LOCK);
    assert_true(outcome->pc == driver.block->threads[0].next.pc - 1);
    driver_close(&driver);
}

/* What the dynamic loader does with its locks held is no point: or nobody else could make a thread. */
static void loads(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "loads", NULL, true);
    driver.block->plan.strategy = WIRE_RANDOM;
    for (unsigned seed = 0; seed < 20; seed++) {
        driver.block->plan.seed = seed;
        assert_int_equal(driver_run(&driver), 0);
        assert_int_equal(driver.block->outcome.end, WIRE_EXITED);
        assert_int_equal(driver.block->outcome.lost, 0);
    }
    driver_close(&driver);
}

static int processors(void)
{
    cpu_set_t set;
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    return CPU_COUNT(&set);
}

/* The program checks itself. In all schedules, and the same number of threads each time. */
static void threads(void **state)
{
    struct driver driver;
    char *count = xasprintf("%d", processors());
    (void)state;
    driver_open(&driver, "threads", count, true);
    for (unsigned seed = 0; seed < 40; seed++) {
        driver.block->plan.seed = seed;
        driver.block->plan.strategy = seed == 0 ? WIRE_STAY : WIRE_RANDOM;
        int status = driver_run(&driver);
        if (status != 0)
            driver_tell(&driver);
        assert_int_equal(status, 0);
        assert_int_equal(driver.block->outcome.end, WIRE_EXITED);
        /* It forks beside other threads. */
        assert_int_equal(driver.block->outcome.lost & ~(unsigned)WIRE_LOST_FORK, 0);
        assert_int_equal(driver.block->outcome.threads, 11);
        assert_string_equal(driver.block->threads[1].name, "keeper");
        /* Its destructors' three rounds are before its end. */
        assert_int_equal(driver_count(&driver, WIRE_JOIN, 1), 3);
        assert_int_equal(driver.block->threads[1].next.op, WIRE_END);
        assert_int_equal(driver.block->threads[1].ended, 1);
    }
    driver_close(&driver);
    free(count);
}

static void early(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "early", NULL, false);
    int status = driver_run(&driver);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 4);
    assert_int_equal(driver.block->outcome.threads, 2);
    assert_int_equal(driver_count(&driver, WIRE_START, 1), 1);
    driver_close(&driver);
    driver_open(&driver, "early", NULL, true);
    assert_int_equal(driver_run(&driver), -1);
    assert_true(driver.unfit);
    driver_close(&driver);
}

/* The scheduler never hangs because a program waits in a way that it does not know. */
static void unknown_waits(void **state)
{
    static const struct {
        const char *how;
        enum wire_lost lost;
    } cases[] = {{"spin", WIRE_LOST_SPIN}, {"futex", WIRE_LOST_BLOCKED}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct driver driver;
        driver_open(&driver, "waits", cases[i].how, true);
        int status = driver_run(&driver);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 6);
        assert_int_equal(driver.block->outcome.end, WIRE_EXITED);
        assert_int_equal(driver.block->outcome.lost, cases[i].lost);
        /* The same where nobody has to wait. */
        driver.block->plan.segments = 0;
        driver_guide(&driver, 0, 1);
        driver_guide(&driver, 1, 2);
        driver_guide(&driver, 0, 9);
        driver_run(&driver);
        assert_int_equal(driver.block->outcome.end, WIRE_EXITED);
        driver_close(&driver);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends),  cmocka_unit_test(asserted),      cmocka_unit_test(threads),
        cmocka_unit_test(early), cmocka_unit_test(unknown_waits), cmocka_unit_test(crash_in_a_call),
        cmocka_unit_test(loads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
