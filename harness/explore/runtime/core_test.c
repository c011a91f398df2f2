#include "explore/runtime/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "model/memory.h"

enum { MAIN = 0, RUNS = 50, LAST = 100 };

static const struct wire_step *step(const struct driver *driver, uint32_t at)
{
    assert_in_range(at, 0, driver->block->outcome.steps - 1);
    return &wire_steps(driver->block)[at];
}

static int exit_status(int status)
{
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The program's exit status says in which order its three threads went. */
static void orders(void **state)
{
    static const unsigned order[][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
                                        {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
    (void)state;
    for (int server = 0; server < 2; server++) {
        struct driver driver;
        driver_open(&driver, "core", "three", server);
        for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
            const unsigned *o = order[i];
            driver.block->plan.segments = 0;
            driver_guide(&driver, MAIN, 3);
            for (int t = 0; t < 3; t++)
                driver_guide(&driver, o[t], 2);
            assert_int_equal(exit_status(driver_run(&driver)), o[0] * 9 + o[1] * 3 + o[2]);
            assert_int_equal(driver.block->outcome.end, WIRE_EXITED);
            assert_int_equal(driver.block->outcome.diverged, 0);
            assert_int_equal(driver.block->outcome.lost, 0);
            assert_int_equal(driver.block->outcome.threads, 4);
            assert_int_equal(driver.block->outcome.points, 13);
            assert_int_equal(driver.block->outcome.steps, 13);
            for (uint32_t t = 0; t < 3; t++) {
                assert_int_equal(step(&driver, 3 + 2 * t)->op, WIRE_START);
                assert_int_equal(step(&driver, 3 + 2 * t)->thread, o[t]);
                assert_int_equal(step(&driver, 3 + 2 * t)->object, o[t]);
                assert_int_equal(step(&driver, 4 + 2 * t)->op, WIRE_END);
                assert_int_equal(step(&driver, 4 + 2 * t)->own, 1);
            }
            assert_int_equal(step(&driver, 12)->op, WIRE_EXIT);
        }
        driver_close(&driver);
    }
}

/* The first thread goes as soon as it is there, and comes to its end as the last. */
static void preempted(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "core", "three", true);
    driver_guide(&driver, MAIN, 1);
    driver_guide(&driver, 1, 1);
    driver_guide(&driver, MAIN, 3);
    driver_guide(&driver, 2, LAST);
    driver_guide(&driver, 3, LAST);
    driver_run(&driver);
    assert_int_equal(step(&driver, 0)->flags & WIRE_DECIDED, 0);
    assert_int_equal(step(&driver, 0)->enabled, 0);
    assert_int_equal(step(&driver, 1)->thread, 1);
    assert_int_equal(step(&driver, 1)->flags, WIRE_DECIDED | WIRE_PREEMPTED);
    assert_int_equal(step(&driver, 1)->enabled, 3);
    assert_int_equal(step(&driver, 2)->thread, MAIN);
    assert_int_equal(step(&driver, 2)->flags, WIRE_DECIDED | WIRE_PREEMPTED);
    assert_int_equal(step(&driver, 2)->enabled, 3);
    /* main waits for the first thread: to go on with the second is no preemption. */
    assert_int_equal(step(&driver, 4)->thread, 2);
    assert_int_equal(step(&driver, 4)->op, WIRE_START);
    assert_int_equal(step(&driver, 4)->flags, WIRE_DECIDED);
    assert_int_equal(step(&driver, 4)->enabled, 2 | 4 | 8);
    assert_int_equal(step(&driver, 8)->thread, 1);
    assert_int_equal(step(&driver, 8)->op, WIRE_END);
    assert_int_equal(step(&driver, 8)->flags, 0);
    assert_int_equal(driver.block->outcome.preemptions, 2);
    assert_int_equal(driver.block->outcome.switches, 6);
    assert_int_equal(driver.block->outcome.diverged, 0);
    driver_close(&driver);
}

static void diverged(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "core", "three", true);
    driver_guide(&driver, MAIN, 3);
    driver_guide(&driver, 9, 1);
    assert_int_equal(exit_status(driver_run(&driver)), 18);
    assert_int_equal(driver.block->outcome.diverged, 2);
    driver_close(&driver);
}

/* One plan, one schedule; several plans, several schedules; the same by the fork server and anew. */
static void deterministic(void **state)
{
    struct driver forked;
    struct driver anew;
    size_t schedules = 1;
    (void)state;
    driver_open(&forked, "core", "three", true);
    driver_open(&anew, "core", "three", false);
    forked.block->plan.strategy = anew.block->plan.strategy = WIRE_RANDOM;
    size_t size = 13 * sizeof(struct wire_step);
    struct wire_step *steps = xcalloc(1, size);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        forked.block->plan.seed = anew.block->plan.seed = seed;
        for (int run = 0; run < RUNS; run++) {
            driver_run(&forked);
            assert_int_equal(forked.block->outcome.steps, 13);
            if (run == 0) {
                schedules += seed > 1 && memcmp(steps, wire_steps(forked.block), size) != 0;
                memcpy(steps, wire_steps(forked.block), size);
            }
            assert_memory_equal(steps, wire_steps(forked.block), size);
        }
        driver_run(&anew);
        assert_memory_equal(steps, wire_steps(anew.block), size);
    }
    assert_true(schedules > 1);
    free(steps);
    driver_close(&forked);
    driver_close(&anew);
}

static void unrecorded(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "core", "three", true);
    driver.block->plan.flags = 0;
    assert_int_equal(exit_status(driver_run(&driver)), 18);
    assert_int_equal(driver.block->outcome.points, 13);
    assert_int_equal(driver.block->outcome.steps, 0);
    driver_close(&driver);
}

/* Who waits for whom is there for all threads. */
static void deadlock(void **state)
{
    (void)state;
    for (int server = 0; server < 2; server++) {
        struct driver driver;
        driver_open(&driver, "core", "deadlock", server);
        driver_run(&driver);
        const struct wire_thread *threads = driver.block->threads;
        assert_int_equal(driver.block->outcome.end, WIRE_DEADLOCK);
        assert_int_equal(driver.block->outcome.threads, 3);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(threads[i].ended, 0);
            assert_int_equal(threads[i].next.op, WIRE_JOIN);
            assert_int_equal(threads[i].next.thread, i);
            assert_int_equal(threads[i].next.object, (i + 2) % 3);
            assert_int_equal(threads[i].parent, i == 0 ? WIRE_NO_THREAD : 0);
        }
        assert_int_not_equal(threads[1].start, threads[2].start);
        driver_close(&driver);
    }
}

/* The threads are left as they would be without the scheduler: waiting for each other for ever. */
static void stuck(void **state)
{
    struct driver driver;
    (void)state;
    driver_open(&driver, "core", "deadlock", false);
    driver.block->plan.flags |= WIRE_STUCK_FOR_REAL;
    driver.time_limit_ms = 300;
    assert_int_equal(driver_run(&driver), -1);
    assert_int_equal(driver.block->outcome.end, WIRE_DEADLOCK);
    assert_int_equal(driver.block->threads[2].next.object, 1);
    driver_close(&driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders),        cmocka_unit_test(preempted),  cmocka_unit_test(diverged),
        cmocka_unit_test(deterministic), cmocka_unit_test(unrecorded), cmocka_unit_test(deadlock),
        cmocka_unit_test(stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
