/*
 * ThreadSanitizer under the scheduler: every race that the corpus has is reported in some schedule, as it is
 * without the scheduler, whose hand-over of the turn must not look like synchronisation; and none is reported of
 * the programs that have none, whose synchronisation must be seen through the scheduler.
 *
 * What is expected of a program stands in its source: "bug: race(OBJECT)" on the lines of the accesses.
 */
#include "explore/runtime/driver.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/memory.h"

enum { MOST_LINES = 4096, SEEDS = 24, FIXED_SEEDS = 4 };

/* Files LOG.PID of ThreadSanitizer's reports. */
static char folder[] = "/tmp/racelab-compose-XXXXXX";

struct lines {
    bool has[MOST_LINES];
};

static char *read_file(const char *path)
{
    size_t size = 0;
    char *text = NULL;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    FILE *copy = open_memstream(&text, &size);
    for (int byte = fgetc(file); byte != EOF; byte = fgetc(file))
        fputc(byte, copy);
    fclose(copy);
    fclose(file);
    return text;
}

/* Lines whose annotation claims a race that ThreadSanitizer is not said to be blind for. */
static unsigned expected_lines(const char *source, struct lines *lines)
{
    char *text = read_file(source);
    unsigned count = 0;
    unsigned line = 1;
    for (char *at = text; *at; at++) {
        line += *at == '\n';
        if (strncmp(at, "/* bug:", strlen("/* bug:")) != 0)
            continue;
        char *end = strstr(at, "*/");
        assert_non_null(end);
        *end = '\0';
        bool claimed = strstr(at, "race(") && !strstr(at, "tsan");
        *end = '*';
        if (claimed && line < MOST_LINES) {
            lines->has[line] = true;
            count++;
        }
    }
    free(text);
    return count;
}

/* The first frame in the program's own file of each of the accesses in a report. */
static unsigned reported_lines(const char *report, const char *file, struct lines *lines)
{
    unsigned reports = 0;
    bool access = false;
    char *text = xstrdup(report);
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        reports += strstr(line, "WARNING: ThreadSanitizer: data race") != NULL;
        if (strstr(line, " of size "))
            access = true;
        const char *place = access ? strstr(line, file) : NULL;
        if (!place || line[4] != '#')
            continue;
        unsigned long number = strtoul(place + strlen(file), NULL, 10);
        if (number < MOST_LINES)
            lines->has[number] = true;
        access = false;
    }
    free(text);
    return reports;
}

/* Reads and removes all reports. */
static unsigned gather(const char *file, struct lines *lines)
{
    unsigned reports = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = xasprintf("%s/%s", folder, entry->d_name);
        char *text = read_file(path);
        reports += reported_lines(text, file, lines);
        unlink(path);
        free(text);
        free(path);
    }
    closedir(directory);
    return reports;
}

static bool all_in(const struct lines *expected, const struct lines *found)
{
    for (unsigned i = 0; i < MOST_LINES; i++)
        if (expected->has[i] && !found->has[i])
            return false;
    return true;
}

static void run_seed(struct driver *driver, unsigned seed)
{
    static const enum wire_strategy strategies[] = {WIRE_RANDOM, WIRE_PCT, WIRE_POS, WIRE_STAY};
    struct wire_plan *plan = &driver->block->plan;
    plan->flags = 0;
    plan->seed = seed;
    plan->strategy = strategies[seed % 4];
    plan->depth = 3;
    plan->length = 200;
    plan->point_limit = 400000;
    driver_run(driver);
}

static void check_buggy(const char *program)
{
    char *path = xasprintf("%s/explore-tsan/buggy/%s", PROGRAMS, program);
    char *source = xasprintf("%s/buggy/%s.c", ROOT, program);
    char *file = xasprintf("%s.c:", strrchr(program, '/') + 1);
    struct lines expected = {0};
    struct lines found = {0};
    struct driver driver;
    assert_true(expected_lines(source, &expected) > 0);
    driver_open(&driver, path, NULL, false);
    driver.linked = true;
    for (unsigned seed = 0; seed < SEEDS && !all_in(&expected, &found); seed++) {
        run_seed(&driver, seed);
        gather(file, &found);
    }
    for (unsigned i = 0; i < MOST_LINES; i++)
        if (expected.has[i] && !found.has[i])
            fail_msg("%s: no race is reported of line %u", source, i);
    driver_close(&driver);
    free(path);
    free(source);
    free(file);
}

static void check_fixed(const char *program)
{
    char *path = xasprintf("%s/explore-tsan/fixed/%s", PROGRAMS, program);
    struct lines found = {0};
    struct driver driver;
    driver_open(&driver, path, NULL, false);
    driver.linked = true;
    for (unsigned seed = 0; seed < FIXED_SEEDS; seed++) {
        run_seed(&driver, seed);
        assert_int_not_equal(driver.block->outcome.end, WIRE_UNFINISHED);
        if (gather("?", &found) > 0)
            fail_msg("%s, seed %u: a race is reported", path, seed);
    }
    driver_close(&driver);
    free(path);
}

static void corpus(void **state)
{
    char programs[] = CASES;
    char *rest = NULL;
    (void)state;
    for (char *program = strtok_r(programs, " ", &rest); program;
         program = strtok_r(NULL, " ", &rest)) {
        check_buggy(program);
        check_fixed(program);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(corpus)};
    if (!mkdtemp(folder))
        return 1;
    char *options = xasprintf("log_path=%s/log", folder);
    setenv("TSAN_OPTIONS", options, 1);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    free(options);
    return failed;
}
