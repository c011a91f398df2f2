/*
 * One plan is one schedule in both flavours of a program: what the search finds in the one is what ThreadSanitizer
 * is shown in the other.
 */
#include "explore/runtime/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/memory.h"

enum { SEEDS = 20 };

struct pair {
    struct driver fast, checked;
    char *fast_path, *checked_path;
};

static void open_pair(struct pair *pair, const char *root, const char *program,
                      const char *argument)
{
    pair->fast_path = xasprintf("%s/explore/%s", root, program);
    pair->checked_path = xasprintf("%s/explore-tsan/%s", root, program);
    driver_open(&pair->fast, pair->fast_path, argument, false);
    driver_open(&pair->checked, pair->checked_path, argument, false);
    pair->checked.linked = true;
}

static void close_pair(struct pair *pair)
{
    driver_close(&pair->fast);
    driver_close(&pair->checked);
    free(pair->fast_path);
    free(pair->checked_path);
}

/* Index of the first step in which they differ, or -1. */
static long difference(const struct pair *pair)
{
    const struct wire_step *fast = wire_steps(pair->fast.block);
    const struct wire_step *checked = wire_steps(pair->checked.block);
    uint32_t count = pair->fast.block->outcome.steps;
    for (uint32_t i = 0; i < count && i < pair->checked.block->outcome.steps; i++)
        if (fast[i].thread != checked[i].thread || fast[i].op != checked[i].op ||
            fast[i].own != checked[i].own)
            return i;
    return count == pair->checked.block->outcome.steps ? -1 : (long)count;
}

static void expect_same(const char *root, const char *program, const char *argument)
{
    static const enum wire_strategy strategies[] = {WIRE_RANDOM, WIRE_PCT, WIRE_POS, WIRE_STAY};
    struct pair pair;
    open_pair(&pair, root, program, argument);
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        struct wire_plan *plan = &pair.fast.block->plan;
        plan->seed = seed;
        plan->strategy = strategies[seed % 4];
        plan->depth = 3;
        plan->length = 100;
        plan->point_limit = 50000;
        pair.checked.block->plan = *plan;
        driver_run(&pair.fast);
        driver_run(&pair.checked);
        long at = difference(&pair);
        if (at >= 0 || pair.fast.block->outcome.end != pair.checked.block->outcome.end) {
            driver_tell(&pair.fast);
            driver_tell(&pair.checked);
            fail_msg("%s, seed %u: they differ at step %ld", program, seed, at);
        }
        assert_true(pair.fast.block->outcome.steps > 5);
    }
    close_pair(&pair);
}

static void subjects(void **state)
{
    (void)state;
    expect_same(SUBJECTS, "spinning", "flag");
    expect_same(SUBJECTS, "spinning", "under-lock");
    expect_same(SUBJECTS, "spinning", "ticket");
    expect_same(SUBJECTS, "buffered", "release");
}

static void corpus(void **state)
{
    static const char *const programs[] = {
        "buggy/race/unlocked_counter", "buggy/race/torn_struct_copy", "buggy/race/plain_refcount",
        "fixed/race/plain_refcount",   "buggy/race/shared_strtok",    "fixed/race/wrong_lock",
    };
    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        expect_same(PROGRAMS, programs[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(subjects), cmocka_unit_test(corpus)};
    setenv("TSAN_OPTIONS", "report_bugs=0", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
