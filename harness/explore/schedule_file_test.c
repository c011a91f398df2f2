/* Schedules as files, good and bad. */
#include "explore/schedule_file.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/racelab-schedule-XXXXXX";
static char *path;

static int open_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    path = xasprintf("%s/x.json", folder);
    return 0;
}

static int close_folder(void **state)
{
    (void)state;
    unlink(path);
    free(path);
    /* No half of a file is left beside it. */
    return rmdir(folder);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    char *arguments[] = {"--verbose", "a \"quoted\" one", "", NULL};
    struct schedule_turn turns[] = {{0, 3}, {255, UINT32_MAX}, {1, 0}};
    struct schedule written = {
        .program = "bank.c",
        .arguments = arguments,
        .flavour = "explore",
        .build = "0123456789abcdef",
        .seed = INT64_MAX,
        .number = 17,
        .strategy = "pct 3",
        .flags = WIRE_SPURIOUS | WIRE_BUFFERED,
        .turns = turns,
        .turn_count = 3,
        .preemptions = 1,
        .found_preemptions = 12,
        .fewest = true,
    };
    struct schedule read;
    assert_int_equal(schedule_write(path, &written), 0);
    assert_null(schedule_read(path, &read));
    assert_string_equal(read.program, "bank.c");
    for (size_t i = 0; arguments[i]; i++)
        assert_string_equal(read.arguments[i], arguments[i]);
    assert_null(read.arguments[3]);
    assert_string_equal(read.flavour, "explore");
    assert_string_equal(read.build, "0123456789abcdef");
    assert_true(read.seed == INT64_MAX);
    assert_int_equal(read.number, 17);
    assert_string_equal(read.strategy, "pct 3");
    assert_int_equal(read.flags, WIRE_SPURIOUS | WIRE_BUFFERED);
    assert_int_equal(read.preemptions, 1);
    assert_int_equal(read.found_preemptions, 12);
    assert_true(read.fewest);
    assert_int_equal(read.turn_count, 3);
    struct wire_segment *guide = schedule_guide(&read);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(guide[i].thread, turns[i].thread);
        assert_int_equal(guide[i].until, turns[i].until);
    }
    free(guide);
    schedule_release(&read);
}

static void a_file_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    const struct schedule schedule = {.program = "x"};
    assert_true(schedule_write("/nonexistent/x.json", &schedule) < 0);
    assert_true(schedule_write(folder, &schedule) < 0);
}

static void write_text(const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

#define GOOD                                                                                       \
    "\"format\":\"racelab-schedule\",\"version\":1,\"program\":\"x\",\"arguments\":[],"            \
    "\"flavour\":\"plain\",\"build\":\"0\",\"seed\":1,\"number\":1,\"strategy\":\"pos\","          \
    "\"flags\":[],\"preemptions\":0,\"found_preemptions\":0"

static void bad_files_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *part;
    } bad[] = {
        {"", "line 1"},
        {"{\"format\": ", "line 1"},
        {"[]", "no schedule of racelab explore"},
        {"{\"format\": \"racelab-explore\"}", "no schedule of racelab explore"},
        {"{\"format\": \"racelab-schedule\"}", "`version`"},
        {"{\"format\": \"racelab-schedule\", \"version\": 2}", "of version 2"},
        {"{\"format\": \"racelab-schedule\", \"version\": 1}", "`program`"},
        {"{" GOOD "}", "`turns`"},
        {"{" GOOD ",\"turns\":[[0,1],7]}", "`turns`"},
        {"{" GOOD ",\"turns\":[[0,1,2]]}", "`turns`"},
        {"{" GOOD ",\"turns\":[[256,1]]}", "`turns`"},
        {"{" GOOD ",\"turns\":[[-1,1]]}", "`turns`"},
        {"{" GOOD ",\"turns\":[[0,4294967296]]}", "`turns`"},
        {"{" GOOD ",\"turns\":[],\"seed\":2}", "duplicate"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct schedule schedule;
        write_text(bad[i].text);
        char *trouble = schedule_read(path, &schedule);
        if (!trouble || !strstr(trouble, bad[i].part) || !strstr(trouble, path))
            fail_msg("%s: %s", bad[i].text, trouble);
        free(trouble);
        schedule_release(&schedule);
    }
    struct schedule schedule;
    write_text("{" GOOD ",\"turns\":[[0,1]]}");
    assert_null(schedule_read(path, &schedule));
    schedule_release(&schedule);
    static const char *const unreadable[] = {"/nonexistent", "/tmp", "/dev/zero"};
    for (size_t i = 0; i < 3; i++) {
        char *trouble = schedule_read(unreadable[i], &schedule);
        assert_non_null(strstr(trouble, unreadable[i]));
        free(trouble);
        schedule_release(&schedule);
    }
}

static void a_build_is_told_from_another(void **state)
{
    (void)state;
    char *trouble;
    char *own = schedule_build("/proc/self/exe", &trouble);
    assert_non_null(own);
    char *again = schedule_build("/proc/self/exe", &trouble);
    assert_string_equal(own, again);
    char *other = schedule_build("/bin/sh", &trouble);
    assert_string_not_equal(own, other);
    free(own);
    free(again);
    free(other);
    assert_null(schedule_build("/nonexistent", &trouble));
    assert_non_null(strstr(trouble, "/nonexistent"));
    free(trouble);
    write_text("#!/bin/sh\n");
    assert_null(schedule_build(path, &trouble));
    assert_non_null(strstr(trouble, "ELF"));
    free(trouble);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_that_cannot_be_written_is_told),
        cmocka_unit_test(bad_files_are_told),
        cmocka_unit_test(a_build_is_told_from_another),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
