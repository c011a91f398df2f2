/*
 * One plan is one run, however often it is made and whatever else the machine does meanwhile: steps, threads and
 * outcome are the same byte for byte, and so is what ThreadSanitizer reports.
 *
 * Usage: explore-repeat_test [RUNS [TEST [PROGRAM]]]: so many of each plan (default: 25), of one test or program alone.
 * Programs must not be built meanwhile.
 */
#include "explore/runtime/driver.h"

#include <ctype.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/memory.h"

static unsigned runs = 25;
static const char *wanted; /* program; NULL: all */

/* Where ThreadSanitizer writes its reports: LOG.PID. */
static char folder[] = "/tmp/racelab-repeat-XXXXXX";

/* A race, a failed assertion, a deadlock, waits with a time limit, pools of threads, sleep. */
static const char *const programs[] = {
    "buggy/race/read_before_join",
    "buggy/atomicity/bank_account",
    "buggy/deadlock/lock_order_deadlock",
    "buggy/waiting/relative_timedwait",
    "buggy/executor/stealing_pool_misses_bell",
    "buggy/executor/result_read_before_done",
    "buggy/race/sleep_as_sync",
};

static const struct wire_plan plans[] = {
    {.strategy = WIRE_RANDOM, .seed = 1},
    {.strategy = WIRE_PCT, .seed = 2, .depth = 3},
    {.strategy = WIRE_POS, .seed = 3},
};

/* What one run left. */
struct trace {
    struct wire_outcome outcome;
    struct wire_thread *threads;
    struct wire_step *steps;
    char *report; /* ThreadSanitizer's */
};

static void trace_release(struct trace *trace)
{
    free(trace->threads);
    free(trace->steps);
    free(trace->report);
}

/* Leaves out the numbers that the kernel gave: "pid=12", "tid=12", "==12==". */
static void write_stable(FILE *to, const char *line)
{
    for (const char *at = line; *at;) {
        size_t mark = strncmp(at, "pid=", 4) == 0 || strncmp(at, "tid=", 4) == 0 ? 4
                      : at == line && strncmp(at, "==", 2) == 0                  ? 2
                                                                                 : 0;
        fwrite(at, 1, mark ? mark : 1, to);
        at += mark ? mark : 1;
        while (mark && isdigit((unsigned char)*at))
            at++;
    }
}

/* All that was reported since the last call, which is removed. */
static char *take_report(void)
{
    char *text = NULL;
    size_t size = 0;
    char *line = NULL;
    size_t room = 0;
    FILE *to = open_memstream(&text, &size);
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = xasprintf("%s/%s", folder, entry->d_name);
        FILE *from = fopen(path, "re");
        assert_non_null(from);
        while (getline(&line, &room, from) >= 0)
            write_stable(to, line);
        fclose(from);
        unlink(path);
        free(path);
    }
    closedir(directory);
    fclose(to);
    free(line);
    return text;
}

static void take(struct driver *driver, struct trace *trace)
{
    struct wire_block *block = driver->block;
    const struct wire_plan *plan = &block->plan;
    memset(block->threads, 0, sizeof block->threads);
    if (driver_run(driver) == -1)
        fail_msg("%s hangs with strategy %u", driver->program, plan->strategy);
    size_t threads = block->outcome.threads * sizeof *trace->threads;
    size_t steps = block->outcome.steps * sizeof *trace->steps;
    memcpy(&trace->outcome, &block->outcome, sizeof trace->outcome);
    trace->threads = xcalloc(1, threads + 1);
    memcpy(trace->threads, block->threads, threads);
    trace->steps = xcalloc(1, steps + 1);
    memcpy(trace->steps, wire_steps(block), steps);
    trace->report = take_report();
}

static bool same_steps(const struct trace *one, const struct trace *other)
{
    return one->outcome.steps == other->outcome.steps &&
           memcmp(one->steps, other->steps, one->outcome.steps * sizeof *one->steps) == 0;
}

static bool same_bytes(const void *one, const void *other, size_t size)
{
    return memcmp(one, other, size) == 0;
}

/* What lies between the outcome's members is zero before each run. */
static bool same_end(const struct trace *one, const struct trace *other)
{
    return same_bytes(&one->outcome, &other->outcome, sizeof one->outcome) &&
           memcmp(one->threads, other->threads, one->outcome.threads * sizeof *one->threads) == 0;
}

/* What of the first step of `other` that differs is another one. */
static void tell_difference(const struct trace *one, const struct trace *other)
{
    uint32_t i = 0;
    while (i < one->outcome.steps && i < other->outcome.steps &&
           memcmp(&one->steps[i], &other->steps[i], sizeof *one->steps) == 0)
        i++;
    print_message("  step %u of %u and %u; end %u and %u, lost %#x and %#x\n", i,
                  one->outcome.steps, other->outcome.steps, one->outcome.end, other->outcome.end,
                  one->outcome.lost, other->outcome.lost);
    const struct trace *const both[] = {one, other};
    for (size_t k = 0; k < 2; k++) {
        const struct wire_step *step = &both[k]->steps[i];
        if (i < both[k]->outcome.steps)
            print_message("  T%u.%u %s %#llx at %#llx size %u flags %#x second %#llx enabled "
                          "%#llx clock %u\n",
                          step->thread, step->own, wire_op_word(step->op),
                          (unsigned long long)step->object, (unsigned long long)step->pc,
                          step->size, step->flags, (unsigned long long)step->second,
                          (unsigned long long)step->enabled, step->clock);
    }
    if (strcmp(one->report, other->report) != 0)
        printf("--- report\n%s--- and\n%s---\n", one->report, other->report);
}

/* Whether all runs of the plan are the same as the first. */
static bool repeats(struct driver *driver, const struct wire_plan *plan, const char *label)
{
    struct trace first;
    unsigned steps = 1;
    unsigned ends = 1;
    unsigned reports = 1;
    bool told = false;
    driver->block->plan = *plan;
    driver->block->plan.flags = WIRE_RECORD;
    driver->block->plan.length = 100;
    driver->block->plan.point_limit = 100000;
    take(driver, &first);
    assert_true(first.outcome.steps > 5);
    for (unsigned i = 1; i < runs; i++) {
        struct trace next;
        take(driver, &next);
        bool step = same_steps(&first, &next);
        bool end = same_end(&first, &next);
        bool report = strcmp(first.report, next.report) == 0;
        steps += step;
        ends += end;
        reports += report;
        if (!(step && end && report) && !told) {
            tell_difference(&first, &next);
            told = true;
        }
        trace_release(&next);
    }
    print_message("%-50s %-6s of %u: steps %u, end %u, report %u (%u steps, end %u, lost %#x, "
                  "report of %zu bytes)\n",
                  label, wire_strategy_word(plan->strategy), runs, steps, ends, reports,
                  first.outcome.steps, first.outcome.end, first.outcome.lost, strlen(first.report));
    bool same = steps == runs && ends == runs && reports == runs && first.outcome.lost == 0;
    trace_release(&first);
    return same;
}

static void expect_repeats(const char *flavour, bool server)
{
    bool linked = strcmp(flavour, "explore-tsan") == 0;
    unsigned failed = 0;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        if (wanted && strcmp(programs[i], wanted) != 0)
            continue;
        char *path = xasprintf("%s/%s/%s", PROGRAMS, flavour, programs[i]);
        struct driver driver;
        driver_open(&driver, path, NULL, server);
        driver.linked = linked;
        for (size_t k = 0; k < sizeof plans / sizeof *plans; k++)
            failed += !repeats(&driver, &plans[k], path + strlen(PROGRAMS) + 1);
        driver_close(&driver);
        free(path);
    }
    assert_int_equal(failed, 0);
}

static void plain(void **state)
{
    (void)state;
    expect_repeats("plain", true);
}

static void explore(void **state)
{
    (void)state;
    expect_repeats("explore", true);
}

static void explore_anew(void **state)
{
    (void)state;
    expect_repeats("explore", false);
}

static void explore_tsan(void **state)
{
    (void)state;
    expect_repeats("explore-tsan", false);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(explore),
        cmocka_unit_test(explore_anew),
        cmocka_unit_test(explore_tsan),
    };
    if (argc > 1)
        runs = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    if (argc > 3)
        wanted = argv[3];
    if (runs < 2 || !mkdtemp(folder))
        return 1;
    /* Addresses say as much as names, and need no symbolizer. */
    char *options =
        xasprintf("log_path=%s/log:symbolize=0:history_size=7:second_deadlock_stack=1", folder);
    setenv("TSAN_OPTIONS", options, 1);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    free(options);
    return failed;
}
