/* racelab explore, racelab replay and racelab run --explore from outside. RACELAB is the command, SUBJECTS the folder of the explored
 * source, STATIC a program without dynamic libraries: compile definitions. */
#include "cli/sandbox.h"
#include "model/memory.h"

#include <dirent.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/racelab-explore-XXXXXX";
static char *out;
static char *err;

static int open_workshop(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    out = xasprintf("%s/out", folder);
    err = xasprintf("%s/err", folder);
    shell("mkdir %s/tmp && cp %s/explored.c %s", folder, SUBJECTS, folder);
    shell("cd %s && clang -O0 -g -gdwarf-4 -no-pie -pthread explored.c -o plain && "
          "clang -O0 -g -pthread -fsanitize=thread explored.c -o tsan",
          folder);
    return 0;
}

static int close_workshop(void **state)
{
    (void)state;
    shell("rm -rf %s", folder);
    free(out);
    free(err);
    return 0;
}

/* Runs `racelab ARGUMENTS` in the workshop. */
static struct result racelab(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *arguments = xvasprintf(format, args);
    va_end(args);
    char *command = xasprintf("cd %s && TMPDIR=%s/tmp %s %s >out 2>err </dev/null", folder, folder,
                              RACELAB, arguments);
    int status = system(command); /* NOLINT(cert-env33-c): a test's own command line */
    struct result result = {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text(out),
                            read_text(err)};
    free(command);
    free(arguments);
    return result;
}

static void expect_status(const struct result *result, int status)
{
    if (result->status != status)
        fail_msg("exit status %d, not %d:\n%s%s", result->status, status, result->out, result->err);
}

static void expect_text(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no `%s` in:\n%s", part, text);
}

/* Checks, and fails where the exit status or a part of the output is another. */
static void expect(struct result result, int status, const char *part)
{
    expect_status(&result, status);
    expect_text(result.out, part);
    result_free(&result);
}

static void expect_error(struct result result, int status, const char *part)
{
    expect_status(&result, status);
    expect_text(result.err, part);
    result_free(&result);
}

static void a_failed_assertion_is_shown_step_by_step(void **state)
{
    (void)state;
    struct result result = racelab("explore explored.c -- bank");
    expect_status(&result, 1);
    expect_text(result.out, "assert(balance == 80) fails at explored.c:");
    expect_text(result.out, "with 1 preemption");
    expect_text(result.out, "preempted: it could have");
    expect_text(result.out, "int seen = balance;");
    expect_text(result.out, "seen by  watchdog in 1 of 1 runs, tsan in 1 of 1");
    expect_text(result.out, "racelab replay explored.c --schedule explored.schedule.json");
    result_free(&result);
    expect(racelab("replay explored.c --schedule explored.schedule.json"), 1,
           "assert(balance == 80) fails at explored.c:");
    /* In columns a step begins below a rule, and here it is a sentence. */
    expect(racelab("replay explored.c --schedule explored.schedule.json --columns 59"), 1,
           "\n1. main, explored.c:");
}

static void a_deadlock_is_explained(void **state)
{
    (void)state;
    struct result result = racelab("explore explored.c --schedule d.json -- deadlock");
    expect_status(&result, 1);
    expect_text(result.out, "deadlock: ");
    expect_text(result.out, "holds `lock` (taken at ");
    expect_text(result.out, "1 bug: 1 deadlock");
    result_free(&result);
    result = racelab("replay explored.c --schedule d.json");
    expect_status(&result, 1);
    expect_text(result.out, "explored deadlock");
    expect_text(result.out, "deadlock: ");
    result_free(&result);
}

/* No schedule fails but by the race itself, which ThreadSanitizer alone can tell. */
static void a_race_is_confirmed_by_thread_sanitizer(void **state)
{
    (void)state;
    struct result result = racelab("explore explored.c --schedules 60 --schedule r.json -- race");
    expect_status(&result, 1);
    expect_text(result.out, "race on `hits`");
    expect_text(result.out, "seen by  tsan");
    expect_text(result.out, "hits = 1;");
    assert_null(strstr(result.out, "explore/runtime"));
    result_free(&result);
    expect(racelab("explore explored.c --schedules 60 --no-tsan -- race"), 0, "0 failed");
}

static void a_right_program_has_no_failure(void **state)
{
    (void)state;
    struct result result = racelab("explore explored.c --strategy bounded --bound 1 -- right");
    expect_status(&result, 0);
    expect_text(result.out, "0 failed");
    expect_text(result.out, "were tried");
    assert_null(strstr(result.out, "race on"));
    result_free(&result);
    assert_int_equal(access("right.schedule.json", F_OK), -1);
}

static void a_built_program_is_switched_at_synchronisation(void **state)
{
    (void)state;
    struct result result = racelab("explore --plain plain -- bank");
    expect_status(&result, 1);
    expect_text(result.out, "synchronisation only");
    result_free(&result);
    expect(racelab("replay ./plain --schedule plain.schedule.json"), 1, "balance == 80");
}

static void all_failures_are_counted(void **state)
{
    (void)state;
    struct result result =
        racelab("explore explored.c --keep-going --schedules 50 --strategy random -- bank");
    expect_status(&result, 1);
    expect_text(result.out, "50 schedules");
    expect_text(result.out, "of 50 failed");
    result_free(&result);
}

static json_t *load(const char *name)
{
    json_error_t error;
    char *path = xasprintf("%s/%s", folder, name);
    json_t *json = json_load_file(path, 0, &error);
    if (!json)
        fail_msg("%s: %s", path, error.text);
    free(path);
    return json;
}

static void the_result_is_json_and_a_page(void **state)
{
    (void)state;
    struct result result = racelab("explore explored.c --json r.json --html r.html -- bank");
    expect_status(&result, 1);
    result_free(&result);
    json_t *json = load("r.json");
    assert_string_equal(json_string_value(json_object_get(json, "format")), "racelab-explore");
    json_decref(json);
    char *path = xasprintf("%s/r.html", folder);
    char *page = read_text(path);
    expect_text(page, "balance == 80");
    free(page);
    free(path);
    result = racelab("explore explored.c --json - -- bank");
    expect_status(&result, 1);
    json = json_loads(result.out, 0, NULL);
    assert_non_null(json);
    json_decref(json);
    result_free(&result);
}

/* The search is the same with any number of jobs, down to the schedule. */
static void the_jobs_make_no_difference(void **state)
{
    (void)state;
    for (unsigned jobs = 1; jobs <= 4; jobs += 3) {
        struct result result =
            racelab("explore explored.c --jobs %u --seed 7 --schedule %u.json -- bank", jobs, jobs);
        expect_status(&result, 1);
        result_free(&result);
    }
    json_t *one = load("1.json");
    json_t *four = load("4.json");
    assert_true(json_equal(one, four));
    json_decref(one);
    json_decref(four);
}

/* However many runs are made at once. */
static void points_end_a_search_at_the_same_schedule(void **state)
{
    (void)state;
    json_int_t schedules[2];
    for (unsigned i = 0; i < 2; i++) {
        struct result result = racelab("explore explored.c --no-tsan --strategy random --points "
                                       "500 --schedules 5000 --jobs %u --json p.json -- right",
                                       1 + 3 * i);
        expect_status(&result, 0);
        json_t *json = load("p.json");
        schedules[i] = json_integer_value(json_object_get(json, "schedules"));
        json_decref(json);
        result_free(&result);
    }
    assert_in_range(schedules[0], 2, 4999);
    assert_int_equal(schedules[0], schedules[1]);
    expect_error(racelab("explore explored.c --points 0 -- right"), 2, "--points: `0` is no");
}

static void what_it_is_given_reaches_the_program(void **state)
{
    (void)state;
    shell("printf x >%s/input", folder);
    const char *options = "--schedules 5 --env EXPLORED=3 --stdin input";
    struct result result = racelab("explore explored.c %s -- environment", options);
    expect_status(&result, 1);
    expect_text(result.out, "status 7");
    expect_text(result.out, "--stdin input --env EXPLORED=3");
    result_free(&result);
    expect(racelab("explore explored.c %s --ok-status 7 -- environment", options), 0, "0 failed");
}

static void a_schedule_fits_its_own_build_alone(void **state)
{
    (void)state;
    expect(racelab("explore explored.c --schedule s.json -- bank"), 1, "1 failed");
    shell("cd %s && sed 's/- 10;/- 10 - 0 * hits;/' explored.c >changed.c", folder);
    expect_error(racelab("replay changed.c --schedule s.json"), 2, "another build");
    expect_error(racelab("replay explored.c --cflags -O2 --schedule s.json"), 2, "another build");
    expect_error(racelab("replay ./plain --schedule s.json"), 2, "another build");
    expect_error(racelab("replay explored.c --schedule missing.json"), 2, "missing.json");
    shell("echo '{}' >%s/empty.json", folder);
    expect_error(racelab("replay explored.c --schedule empty.json"), 2, "no schedule");
    expect_error(racelab("replay explored.c"), 2, "--schedule is required");
}

static void what_cannot_be_explored_is_told(void **state)
{
    (void)state;
    expect_error(racelab("explore"), 2, "what is to be explored");
    expect_error(racelab("explore explored.c --strategy best"), 2, "unknown strategy");
    expect_error(racelab("explore explored.c --schedules 0"), 2, "--schedules");
    expect_error(racelab("explore explored.c --seed -1"), 2, "--seed");
    expect_error(racelab("explore --plain plain --cflags -O2"), 2, "built already");
    expect_error(racelab("explore --plain ./nowhere"), 3, "No such file");
    expect_error(racelab("explore --plain %s", STATIC), 3, "statically");
    expect_error(racelab("explore --plain tsan"), 3, "ThreadSanitizer");
    shell("cd %s && printf '#!/bin/sh\\n' >script && chmod +x script && cp plain setuid && chmod "
          "u+s setuid && echo 'int main(void) { return nothing; }' >wrong.c",
          folder);
    expect_error(racelab("explore --plain ./script"), 3, "script or a wrapper");
    expect_error(racelab("explore --plain setuid"), 3, "set-user-ID");
    expect_error(racelab("explore wrong.c"), 6, "nothing");
    expect_error(racelab("explore nocase"), 2, "no case");
    expect_error(racelab("explore explored.c --schedule /nonexistent/x -- bank"), 5,
                 "/nonexistent/x");
}

static void an_interrupt_tells_what_there_is(void **state)
{
    (void)state;
    char *tmp = xasprintf("%s/tmp", folder);
    unlink(out);
    pid_t child = fork();
    if (child == 0) {
        setenv("TMPDIR", tmp, 1);
        (void)!chdir(folder);
        (void)!freopen(out, "w", stdout);
        (void)!freopen(err, "w", stderr);
        execl(RACELAB, "racelab", "explore", "--plain", "plain", "--strategy", "random",
              "--schedules", "100000000", "--", "right", (char *)NULL);
        _exit(127);
    }
    /* It says what it does once it begins. */
    for (size_t length = 0; length == 0;) {
        char *text = access(out, R_OK) == 0 ? read_text(out) : xstrdup("");
        length = strlen(text);
        free(text);
    }
    kill(child, SIGINT);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGINT);
    free(tmp);
}

#define SWAPPED_LOCKS "deadlock/lock_order_deadlock"
/* It comes out right unless a thread is preempted. */
#define COUNTER "race/unlocked_counter"

static json_t *first_cell(const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    if (!json)
        fail_msg("no JSON: %s", text);
    json_t *pair = json_array_get(json_object_get(json, "pairs"), 0);
    json_t *cell = json_incref(json_array_get(json_object_get(pair, "cells"), 0));
    json_decref(json);
    return cell;
}

/* Of one twin, by the JSON of `run`. */
static json_t *search_of(json_t *cell, const char *twin)
{
    json_t *search = json_object_get(json_object_get(cell, twin), "search");
    assert_true(json_is_object(search));
    return search;
}

static void a_pair_is_searched_and_told_step_by_step(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, SWAPPED_LOCKS);
    sandbox_write(&box);
    sandbox_build_explore(&box);
    char *page = xasprintf("%s/run.html", box.folder);
    struct result result =
        sandbox_racelab(&box, "", "run -d explore -x 40 --json - --html %s", page);
    expect_status(&result, 0);
    json_t *cell = first_cell(result.out);
    assert_string_equal(json_string_value(json_object_get(cell, "verdict")), "kept");
    json_t *buggy = search_of(cell, "buggy");
    assert_string_equal(json_string_value(json_object_get(buggy, "failure")), "deadlock");
    json_t *steps = json_object_get(json_object_get(buggy, "schedule"), "steps");
    assert_true(json_array_size(steps) > 3);
    json_t *fixed = search_of(cell, "fixed");
    assert_string_equal(json_string_value(json_object_get(fixed, "failure")), "none");
    assert_true(json_is_null(json_object_get(fixed, "schedule")));
    json_decref(cell);
    result_free(&result);
    char *text = read_text(page);
    expect_text(text, "\"failure\":\"deadlock\"");
    expect_text(text, "\"takes\":\"");
    free(text);
    /* A run that does not search searches for its review alone. */
    result = sandbox_racelab(&box, "", "run -d watchdog --html %s", page);
    assert_null(strstr(result.out, "explore"));
    result_free(&result);
    text = read_text(page);
    expect_text(text, "\"searches\":[{\"pair\":");
    expect_text(text, "\"failure\":\"deadlock\"");
    free(text);
    free(page);
    result = sandbox_racelab(&box, "", "run -d explore -x 40");
    expect_status(&result, 0);
    expect_text(result.out, "buggy: fails in schedule ");
    expect_text(result.out, "fixed: no ");
    result_free(&result);
    sandbox_expect_nothing_left(&box);
    sandbox_close(&box);
}

/* The verdict does not depend on it. */
static void a_race_that_makes_no_run_fail_is_told_step_by_step(void **state)
{
    (void)state;
    struct result result = racelab("run race/double_checked_init -d explore --json -");
    expect_status(&result, 0);
    json_t *cell = first_cell(result.out);
    assert_string_equal(json_string_value(json_object_get(cell, "verdict")), "blind");
    json_t *buggy = search_of(cell, "buggy");
    assert_string_equal(json_string_value(json_object_get(buggy, "failure")), "race");
    json_t *steps = json_object_get(json_object_get(buggy, "schedule"), "steps");
    assert_true(json_array_size(steps) > 3);
    json_t *fixed = search_of(cell, "fixed");
    assert_string_equal(json_string_value(json_object_get(fixed, "failure")), "none");
    json_decref(cell);
    result_free(&result);
}

static void a_fixed_program_that_fails_in_a_schedule_is_flagged(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    free(box.text[FIXED]);
    box.text[FIXED] = xstrdup(box.text[BUGGY]);
    sandbox_write(&box);
    sandbox_build_explore(&box);
    sandbox_expect(&box, "explore", 1, "unexpected", "fixed: fails in schedule ");
    sandbox_expect(&box, "explore", 1, "unexpected", "the fixed program must be silent");
    sandbox_close(&box);
}

static void swapped_twins_are_told_apart(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    char *buggy = box.text[BUGGY];
    box.text[BUGGY] = box.text[FIXED];
    box.text[FIXED] = buggy;
    sandbox_write(&box);
    sandbox_build_explore(&box);
    struct result result = sandbox_racelab(&box, "", "run -d explore -x 40");
    expect_status(&result, 1);
    expect_text(result.out, "buggy: no ");
    expect_text(result.out, "fixed: fails in schedule ");
    expect_text(result.out, "was not reported");
    result_free(&result);
    sandbox_close(&box);
}

static void nothing_is_left_behind(void **state)
{
    (void)state;
    char *tmp = xasprintf("%s/tmp", folder);
    DIR *opened = opendir(tmp);
    struct dirent *entry = NULL;
    assert_non_null(opened);
    while ((entry = readdir(opened))) {
        if (entry->d_name[0] != '.')
            fail_msg("left behind: %s", entry->d_name);
    }
    closedir(opened);
    free(tmp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_assertion_is_shown_step_by_step),
        cmocka_unit_test(a_deadlock_is_explained),
        cmocka_unit_test(a_race_is_confirmed_by_thread_sanitizer),
        cmocka_unit_test(a_right_program_has_no_failure),
        cmocka_unit_test(a_built_program_is_switched_at_synchronisation),
        cmocka_unit_test(all_failures_are_counted),
        cmocka_unit_test(the_result_is_json_and_a_page),
        cmocka_unit_test(the_jobs_make_no_difference),
        cmocka_unit_test(points_end_a_search_at_the_same_schedule),
        cmocka_unit_test(what_it_is_given_reaches_the_program),
        cmocka_unit_test(a_schedule_fits_its_own_build_alone),
        cmocka_unit_test(what_cannot_be_explored_is_told),
        cmocka_unit_test(an_interrupt_tells_what_there_is),
        cmocka_unit_test(a_pair_is_searched_and_told_step_by_step),
        cmocka_unit_test(a_race_that_makes_no_run_fail_is_told_step_by_step),
        cmocka_unit_test(a_fixed_program_that_fails_in_a_schedule_is_flagged),
        cmocka_unit_test(swapped_twins_are_told_apart),
        cmocka_unit_test(nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, open_workshop, close_workshop);
}
