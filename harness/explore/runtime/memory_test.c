#include "explore/runtime/driver.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "model/memory.h"

/* Far more than any of the programs here needs where who spins is set back. */
enum { POINT_LIMIT = 20000, SEEDS = 20 };

static void open_explored(struct driver *driver, const char *program, const char *argument)
{
    char *path = xasprintf("%s/explore/%s", SUBJECTS, program);
    driver_open(driver, path, argument, true);
    driver->block->plan.point_limit = POINT_LIMIT;
}

static void close_explored(struct driver *driver)
{
    char *path = (char *)driver->program;
    driver_close(driver);
    free(path);
}

static const struct wire_step *find(const struct driver *driver, enum wire_op op, unsigned thread)
{
    const struct wire_step *steps = wire_steps(driver->block);
    for (uint32_t i = 0; i < driver->block->outcome.steps; i++)
        if (steps[i].op == op && steps[i].thread == thread)
            return &steps[i];
    fail_msg("no such step");
    return NULL;
}

static void assert_ends_well(const struct driver *driver, int status)
{
    const struct wire_outcome *outcome = &driver->block->outcome;
    assert_int_equal(outcome->end, WIRE_EXITED);
    assert_int_equal(outcome->lost, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* The first thread goes on as far as it can: who looks for its flag does so until it is set back. */
static void spins_first(void **state)
{
    static const char *const ways[] = {"flag", "atomic", "several", "counting", "under-lock"};
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct driver driver;
        open_explored(&driver, "spinning", ways[i]);
        assert_ends_well(&driver, driver_run(&driver));
        uint32_t created = find(&driver, WIRE_CREATE, 0)->own + 3;
        driver_guide(&driver, 0, created);
        driver_guide(&driver, 1, UINT32_MAX);
        assert_ends_well(&driver, driver_run(&driver));
        size_t looks =
            driver_count(&driver, WIRE_READ, 1) + driver_count(&driver, WIRE_ATOMIC_LOAD, 1);
        assert_true(looks >= 2); /* who yields is set back at once */
        if (strcmp(ways[i], "counting") != 0)
            assert_true(looks <= 30);
        close_explored(&driver);
    }
}

static void spins_in_any_order(void **state)
{
    static const char *const ways[] = {"flag",    "several", "test-and-set", "exchange",
                                       "compare", "ticket",  "try"};
    static const enum wire_strategy strategies[] = {WIRE_RANDOM, WIRE_PCT, WIRE_POS};
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct driver driver;
        open_explored(&driver, "spinning", ways[i]);
        driver.block->plan.length = 100;
        driver.block->plan.depth = 3;
        for (unsigned seed = 0; seed < SEEDS * 3; seed++) {
            driver.block->plan.strategy = strategies[seed % 3];
            driver.block->plan.seed = seed;
            assert_ends_well(&driver, driver_run(&driver));
            assert_true(driver.block->outcome.points < 1000);
        }
        close_explored(&driver);
    }
}

/* A holder that is kept from going on, and two that try: they are set back, both. */
static void spinners_do_not_release_each_other(void **state)
{
    static const char *const ways[] = {"test-and-set", "exchange", "compare", "try"};
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct driver driver;
        open_explored(&driver, "spinning", ways[i]);
        assert_ends_well(&driver, driver_run(&driver));
        enum wire_op op = strcmp(ways[i], "try") == 0 ? WIRE_TRY_LOCK : WIRE_ATOMIC_UPDATE;
        uint32_t taken = find(&driver, op, 1)->own + 1;
        uint32_t created = find(&driver, WIRE_CREATE, 0)->own + 3;
        driver_guide(&driver, 0, created);
        driver_guide(&driver, 1, taken);
        for (uint32_t round = 1; round < 40; round++) {
            driver_guide(&driver, 2, taken + round);
            driver_guide(&driver, 3, taken + round);
        }
        assert_ends_well(&driver, driver_run(&driver));
        assert_true(driver_count(&driver, op, 2) + driver_count(&driver, op, 3) < 50);
        assert_true(find(&driver, op, 2)->flags &
                    (op == WIRE_TRY_LOCK || i == 2 ? WIRE_FAILED : 0xff));
        close_explored(&driver);
    }
}

static void computes(void **state)
{
    (void)state;
    struct driver driver;
    open_explored(&driver, "spinning", "compute");
    driver.block->plan.strategy = WIRE_PCT;
    driver.block->plan.point_limit = 0;
    driver.block->plan.length = 40000;
    driver.block->plan.depth = 3;
    for (unsigned seed = 0; seed < 3; seed++) {
        driver.block->plan.seed = seed;
        assert_ends_well(&driver, driver_run(&driver));
    }
    close_explored(&driver);
}

static void in_vain(void **state)
{
    (void)state;
    struct driver driver;
    open_explored(&driver, "spinning", "in-vain");
    driver.block->plan.point_limit = 1000000;
    driver_run(&driver);
    assert_int_equal(driver.block->outcome.end, WIRE_LIVELOCK);
    close_explored(&driver);
}

/* The first thread frees, then the second uses. */
static void expect_freed(const char *way, const char *word, bool offset)
{
    struct driver driver;
    open_explored(&driver, "freed", way);
    uint32_t created = 0;
    driver_run(&driver);
    const struct wire_outcome *outcome = &driver.block->outcome;
    created = find(&driver, WIRE_CREATE, 0)->own + 2;
    driver_guide(&driver, 0, created);
    driver_guide(&driver, 1, UINT32_MAX);
    driver_guide(&driver, 2, UINT32_MAX);
    int status = driver_run(&driver);
    assert_true(WIFEXITED(status));
    assert_int_equal(outcome->end, WIRE_FREED);
    assert_int_equal(outcome->thread, 2);
    const struct wire_step *free_step = find(&driver, WIRE_FREE, 1);
    char *freed_at = xasprintf("that thread 1 freed freed-at 0x%lx", (unsigned long)free_step->pc);
    assert_int_equal(strncmp(outcome->message, word, strlen(word)), 0);
    assert_non_null(strstr(outcome->message, freed_at));
    assert_true(outcome->object >= free_step->object &&
                outcome->object < free_step->object + free_step->size);
    assert_int_equal(outcome->object != free_step->object, offset);
    assert_int_equal(outcome->pc, driver.block->threads[2].next.pc);
    free(freed_at);
    close_explored(&driver);
}

static void freed(void **state)
{
    (void)state;
    expect_freed("read", "read of 4 bytes, 40 bytes into a block of up to ", true);
    expect_freed("copy", "read of 8 bytes, 44 bytes into a block of up to ", true);
    expect_freed("lock", "lock", false);
    expect_freed("twice", "free again of a block", false);
    expect_freed("grow", "read of 4 bytes, 40 bytes into", true);
}

/* In the other order nothing is wrong. */
static void used_before_freed(void **state)
{
    static const char *const ways[] = {"read", "copy", "lock"};
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct driver driver;
        open_explored(&driver, "freed", ways[i]);
        driver_run(&driver);
        driver_guide(&driver, 0, find(&driver, WIRE_CREATE, 0)->own + 2);
        driver_guide(&driver, 2, UINT32_MAX);
        assert_ends_well(&driver, driver_run(&driver));
        close_explored(&driver);
    }
}

static void churns(void **state)
{
    (void)state;
    struct driver driver;
    open_explored(&driver, "freed", "churn");
    driver.block->plan.point_limit = 0;
    assert_ends_well(&driver, driver_run(&driver));
    close_explored(&driver);
}

static unsigned missed(const char *between, unsigned flags)
{
    struct driver driver;
    unsigned count = 0;
    open_explored(&driver, "buffered", between);
    driver.block->plan.strategy = WIRE_RANDOM;
    driver.block->plan.flags |= flags;
    for (unsigned seed = 0; seed < 200; seed++) {
        driver.block->plan.seed = seed;
        int status = driver_run(&driver);
        assert_true(WIFEXITED(status));
        assert_int_equal(driver.block->outcome.end, WIRE_EXITED);
        count += WEXITSTATUS(status) != 0;
        /* One plan, one run. */
        if (seed < 10)
            assert_int_equal(driver_run(&driver), status);
    }
    close_explored(&driver);
    return count;
}

static void buffered(void **state)
{
    (void)state;
    assert_true(missed("release", WIRE_BUFFERED) > 10);
    assert_int_equal(missed("release", 0), 0);
    assert_int_equal(missed("fence", WIRE_BUFFERED), 0);
    assert_int_equal(missed("exchange", WIRE_BUFFERED), 0);
    assert_int_equal(missed("seq-cst", WIRE_BUFFERED), 0);
    assert_int_equal(missed("lock", WIRE_BUFFERED), 0);
}

/* A name in COMPILERS is that of a compiler; SUBJECTS/compilers has accesses.c by each, and by each clang with
 * ThreadSanitizer. */
static void every_compiler(void **state)
{
    char names[] = COMPILERS;
    char *rest = NULL;
    (void)state;
    for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        char *path = xasprintf("%s/compilers/%s", SUBJECTS, name);
        char *alone = xasprintf("%s >/dev/null", path);
        struct driver driver;
        driver_open(&driver, path, NULL, false);
        driver.linked = strstr(name, "tsan") != NULL;
        driver.block->plan.flags |= WIRE_BUFFERED;
        assert_ends_well(&driver, driver_run(&driver));
        assert_true(driver_count(&driver, WIRE_READ, 0) > 50);
        assert_true(driver_count(&driver, WIRE_ATOMIC_UPDATE, 0) > 50);
        /* counter++ of seven kinds of objects: a read at the place of each write. */
        const struct wire_step *steps = wire_steps(driver.block);
        unsigned pairs = 0;
        for (uint32_t i = 1; i < driver.block->outcome.steps; i++)
            pairs += steps[i].op == WIRE_WRITE && steps[i - 1].op == WIRE_READ &&
                     steps[i].object == steps[i - 1].object && steps[i].size == steps[i - 1].size;
        assert_true(pairs >= 9);
        driver_close(&driver);
        if (!strstr(name, "tsan"))
            assert_int_equal(system(alone), 0); /* NOLINT(cert-env33-c): a path of ours */
        free(path);
        free(alone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spins_first),
        cmocka_unit_test(spins_in_any_order),
        cmocka_unit_test(spinners_do_not_release_each_other),
        cmocka_unit_test(computes),
        cmocka_unit_test(in_vain),
        cmocka_unit_test(freed),
        cmocka_unit_test(used_before_freed),
        cmocka_unit_test(churns),
        cmocka_unit_test(buffered),
        cmocka_unit_test(every_compiler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
