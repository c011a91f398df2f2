/* racelab soak from outside. */
#include "cli/sandbox.h"
#include "model/memory.h"

#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNTER "race/unlocked_counter"

static json_t *read_json(const struct sandbox *box, const char *name)
{
    char *path = xasprintf("%s/%s", box->folder, name);
    json_error_t error;
    json_t *json = json_load_file(path, 0, &error);
    if (!json)
        fail_msg("%s: %s", path, error.text);
    free(path);
    return json;
}

static json_t *cell_of(json_t *json, size_t index)
{
    json_t *cell = json_array_get(json_object_get(json, "cells"), index);
    assert_non_null(cell);
    return cell;
}

static int number(json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    assert_true(json_is_integer(value));
    return (int)json_integer_value(value);
}

/* A fixed program that is wrong in every second run: the least often that a test can count on. */
static void every_wrong_run_counts(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    char *mark = xasprintf("    if (remove(\"%s/mark\") == 0)\n        return 1;\n"
                           "    fclose(fopen(\"%s/mark\", \"w\"));\n    return 0;",
                           box.folder, box.folder);
    sandbox_mutate(&box, FIXED, "    return 0;", mark);
    free(mark);
    sandbox_write(&box);
    sandbox_build(&box, FLAVOUR_PLAIN, "");
    struct result result =
        sandbox_racelab(&box, "", "soak -n 6 -d watchdog --json %s/soak.json", box.folder);
    assert_int_equal(result.status, 1);
    assert_non_null(strstr(result.out, "3/6"));
    assert_non_null(
        strstr(result.out, "3 of 6 runs; the first: fixed: wrong result: exit status 1"));
    assert_non_null(strstr(result.out, "fixed program flagged 3/6"));
    result_free(&result);
    json_t *json = read_json(&box, "soak.json");
    assert_int_equal(number(json, "runs_done"), 6);
    assert_int_equal(number(cell_of(json, 0), "runs"), 6);
    assert_int_equal(number(cell_of(json, 0), "wrong"), 3);
    assert_int_equal(number(cell_of(json, 0), "fixed_flagged"), 3);
    json_decref(json);
    sandbox_expect_nothing_left(&box);
    sandbox_close(&box);
}

static void every_promise_is_counted(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write_and_build(&box);
    struct result result =
        sandbox_racelab(&box, "", "soak -n 3 -d tsan -d drd --load --json %s/s.json", box.folder);
    if (result.status != 0)
        fail_msg("exit %d: %s%s", result.status, result.out, result.err);
    assert_non_null(strstr(result.out, "under load: 0 wrong of 6"));
    result_free(&result);
    json_t *json = read_json(&box, "s.json");
    assert_true(json_is_true(json_object_get(json, "load")));
    assert_true(json_is_false(json_object_get(json, "one_core")));
    for (size_t i = 0; i < 2; i++) {
        json_t *race = json_array_get(json_object_get(cell_of(json, i), "promises"), 0);
        assert_string_equal(json_string_value(json_object_get(race, "promise")), "race(visitors)");
        assert_string_equal(json_string_value(json_object_get(race, "expected")), "always");
        assert_int_equal(number(race, "reported"), 3);
    }
    json_decref(json);
    sandbox_close(&box);
}

static void one_core_is_one(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        sandbox_mutate(&box, p, "#include <stdio.h>", "#include <sched.h>\n#include <stdio.h>");
        sandbox_mutate(&box, p, "    return 0;",
                       "    cpu_set_t set;\n    sched_getaffinity(0, sizeof(set), &set);\n"
                       "    return CPU_COUNT(&set) != 1;");
    }
    sandbox_write(&box);
    sandbox_build(&box, FLAVOUR_PLAIN, "-D_GNU_SOURCE");
    struct result result = sandbox_racelab(&box, "", "soak -n 2 -d watchdog --one-core");
    if (result.status != 0)
        fail_msg("exit %d: %s%s", result.status, result.out, result.err);
    result_free(&result);
    sandbox_close(&box);
}

static void an_interrupted_soak_keeps_its_counts(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write(&box);
    sandbox_build(&box, FLAVOUR_PLAIN, "");
    char *path = xasprintf("%s/soak.json", box.folder);
    pid_t child = sandbox_start(&box, (const char *const[]){"soak", "-n", "100000", "-d",
                                                            "watchdog", "--json", path, NULL});
    while (access(path, F_OK) != 0)
        assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    assert_int_equal(kill(child, SIGINT), 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGINT);
    json_t *json = read_json(&box, "soak.json");
    assert_in_range(number(json, "runs_done"), 1, 99999);
    assert_in_range(number(cell_of(json, 0), "runs"), number(json, "runs_done"), 99999);
    json_decref(json);
    sandbox_expect_nothing_left(&box);
    free(path);
    sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wrong_run_counts),
        cmocka_unit_test(every_promise_is_counted),
        cmocka_unit_test(one_core_is_one),
        cmocka_unit_test(an_interrupted_soak_keeps_its_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
