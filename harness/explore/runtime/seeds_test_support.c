#include "explore/runtime/seeds_test_support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "model/memory.h"

static void run(struct driver *driver, unsigned seed)
{
    struct wire_plan *plan = &driver->block->plan;
    plan->strategy = seed % 4 == 3 ? WIRE_PCT : WIRE_RANDOM;
    plan->seed = seed;
    plan->depth = 3;
    plan->length = 50;
    plan->point_limit = 50000;
    if (driver_run(driver) == -1) {
        driver_tell(driver);
        fail_msg("%s %s hangs with seed %u", driver->program, driver->argument, seed);
    }
}

static void same(const struct driver *driver, const struct wire_outcome *first,
                 const struct wire_step *steps, unsigned seed)
{
    const struct wire_outcome *second = &driver->block->outcome;
    bool lost = first->lost | second->lost;
    if (!lost && (first->end != second->end || first->status != second->status ||
                  first->steps != second->steps ||
                  memcmp(steps, wire_steps(driver->block), first->steps * sizeof *steps) != 0)) {
        driver_tell(driver);
        fail_msg("%s %s differs with seed %u", driver->program, driver->argument, seed);
    }
}

void seeds_run(struct seeds *seeds, const char *program, const char *argument)
{
    struct driver driver;
    *seeds = (struct seeds){.lost = 0};
    driver_open(&driver, program, argument, true);
    struct wire_step *steps = xcalloc(driver.block->steps_room, sizeof *steps);
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        run(&driver, seed);
        struct wire_outcome first = driver.block->outcome;
        memcpy(steps, wire_steps(driver.block), first.steps * sizeof *steps);
        seeds->ends[first.end]++;
        seeds->lost |= first.lost;
        seeds->decisions += first.decisions;
        if (first.end == WIRE_EXITED)
            seeds->statuses[first.status & 0xff]++;
        run(&driver, seed);
        same(&driver, &first, steps, seed);
    }
    free(steps);
    driver_close(&driver);
}

static void tell(const struct seeds *seeds, const char *program, const char *argument)
{
    fprintf(stderr, "%s %s:", program, argument);
    for (int i = 0; i < WIRE_END_COUNT; i++)
        if (seeds->ends[i])
            fprintf(stderr, " end %d: %u", i, seeds->ends[i]);
    for (int i = 0; i < 256; i++)
        if (seeds->statuses[i])
            fprintf(stderr, " status %d: %u", i, seeds->statuses[i]);
    fprintf(stderr, " lost %#x\n", seeds->lost);
}

void seeds_all(const char *program, const char *argument, int status)
{
    struct seeds seeds;
    seeds_run(&seeds, program, argument);
    if (seeds.statuses[status] != SEEDS || seeds.lost)
        tell(&seeds, program, argument);
    assert_int_equal(seeds.statuses[status], SEEDS);
    assert_int_equal(seeds.lost, 0);
}

void seeds_both(const char *program, const char *argument, int one, int other)
{
    struct seeds seeds;
    seeds_run(&seeds, program, argument);
    if (seeds.statuses[one] + seeds.statuses[other] != SEEDS || seeds.lost)
        tell(&seeds, program, argument);
    assert_int_equal(seeds.statuses[one] + seeds.statuses[other], SEEDS);
    assert_true(seeds.statuses[one] > 0);
    assert_true(seeds.statuses[other] > 0);
    assert_int_equal(seeds.lost, 0);
}
