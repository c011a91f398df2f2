/* racelab check from outside. RACELAB is the command, SUBJECTS the folder of the checked sources:
 * compile definitions. */
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A folder with the subject in every build, made once for all tests. */
static struct workshop {
    char folder[64];
    char *out;
    char *err;
    char *json;
} workshop;

static int open_workshop(void **state)
{
    (void)state;
    strcpy(workshop.folder, "/tmp/racelab-check-XXXXXX");
    if (!mkdtemp(workshop.folder))
        return -1;
    workshop.out = xasprintf("%s/out", workshop.folder);
    workshop.err = xasprintf("%s/err", workshop.folder);
    workshop.json = xasprintf("%s/result.json", workshop.folder);
    shell("mkdir %s/tmp", workshop.folder);
    shell("clang -O0 -g -gdwarf-4 -no-pie -pthread %s/checked.c -o %s/plain", SUBJECTS,
          workshop.folder);
    shell("clang -O0 -g -gdwarf-4 -no-pie -pthread -fsanitize=thread %s/checked.c -o %s/tsan",
          SUBJECTS, workshop.folder);
    return 0;
}

static int close_workshop(void **state)
{
    (void)state;
    shell("rm -rf %s", workshop.folder);
    free(workshop.out);
    free(workshop.err);
    free(workshop.json);
    return 0;
}

/* Runs `racelab check ARGUMENTS --json ...` in the workshop; `before` are assignments for its environment. */
static struct result check_with(const char *before, const char *arguments)
{
    char *command =
        xasprintf("cd %s && %s TMPDIR=%s/tmp %s check --json %s %s >out 2>err", workshop.folder,
                  before, workshop.folder, RACELAB, workshop.json, arguments);
    int status = system(command); /* NOLINT(cert-env33-c): a test's own command line */
    struct result result = {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text(workshop.out),
                            read_text(workshop.err)};
    free(command);
    return result;
}

static struct result check(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *arguments = xvasprintf(format, args);
    va_end(args);
    struct result result = check_with("", arguments);
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

/* Checks, and fails where the exit status or a part of standard error is another. */
static void expect_error(struct result result, int status, const char *part)
{
    expect_status(&result, status);
    expect_text(result.err, part);
    result_free(&result);
}

static json_t *result_json(void)
{
    json_error_t error;
    json_t *json = json_load_file(workshop.json, 0, &error);
    if (!json)
        fail_msg("no JSON: %s", error.text);
    return json;
}

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* The one bug of this defect in the result; fails where there is none or more than one. */
static json_t *one_bug(json_t *json, const char *defect)
{
    json_t *found = NULL;
    size_t index;
    json_t *bug;
    json_array_foreach(json_object_get(json, "bugs"), index, bug)
    {
        if (strcmp(text_of(bug, "defect"), defect) != 0)
            continue;
        if (found)
            fail_msg("more than one %s: %s\n%s", defect, text_of(found, "sentence"),
                     text_of(bug, "sentence"));
        found = bug;
    }
    if (!found)
        fail_msg("no %s in the result", defect);
    return found;
}

/* What is told of one detector; fails where there is none. */
static json_t *detector_of(json_t *json, const char *name)
{
    size_t index;
    json_t *detector;
    json_array_foreach(json_object_get(json, "detectors"), index, detector)
    {
        if (strcmp(text_of(detector, "name"), name) == 0)
            return detector;
    }
    fail_msg("no detector %s in the result", name);
    return NULL;
}

/* In how many runs a detector saw a bug; -1: it is not in the list. */
static int runs_seen(json_t *bug, const char *detector)
{
    size_t index;
    json_t *seen;
    json_array_foreach(json_object_get(bug, "seen"), index, seen)
    {
        if (strcmp(text_of(seen, "detector"), detector) == 0)
            return (int)json_integer_value(json_object_get(seen, "runs"));
    }
    return -1;
}

static void sources_are_built_for_every_detector_and_a_race_is_one_bug(void **state)
{
    (void)state;
    struct result result = check("%s/checked.c -- race", SUBJECTS);
    expect_status(&result, 1);
    json_t *json = result_json();
    assert_int_equal(json_array_size(json_object_get(json, "bugs")), 1);
    json_t *race = one_bug(json, "race");
    assert_string_equal(text_of(race, "object"), "hits");
    static const char *const seers[] = {"tsan", "tsan-gcc", "helgrind", "drd"};
    for (size_t i = 0; i < sizeof(seers) / sizeof(*seers); i++)
        assert_int_equal(runs_seen(race, seers[i]), 1);
    assert_int_equal(runs_seen(race, "watchdog"), 0);
    expect_text(result.out, "hits++;");
    json_decref(json);
    result_free(&result);
}

static void a_right_program_has_no_bug(void **state)
{
    (void)state;
    struct result result = check("--plain plain --tsan tsan");
    expect_status(&result, 0);
    json_t *json = result_json();
    assert_int_equal(json_array_size(json_object_get(json, "bugs")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "detectors")), 4);
    json_decref(json);
    result_free(&result);
}

static void a_real_deadlock_stands_first(void **state)
{
    (void)state;
    struct result result = check("--plain plain --tsan tsan -- race-and-deadlock");
    expect_status(&result, 1);
    json_t *json = result_json();
    json_t *first = json_array_get(json_object_get(json, "bugs"), 0);
    assert_string_equal(text_of(first, "defect"), "hang");
    assert_true(json_is_true(json_object_get(first, "happened")));
    assert_true(json_is_object(json_object_get(first, "explanation")));
    assert_string_equal(text_of(one_bug(json, "race"), "object"), "hits");
    expect_text(result.out, "deadlock: ");
    json_decref(json);
    result_free(&result);
}

static void each_run_counts(void **state)
{
    (void)state;
    struct result result = check("--plain plain --runs 3 -d helgrind -d watchdog -- race");
    expect_status(&result, 1);
    json_t *json = result_json();
    assert_int_equal(runs_seen(one_bug(json, "race"), "helgrind"), 3);
    assert_int_equal(runs_seen(one_bug(json, "race"), "tsan"), -1);
    json_decref(json);
    result_free(&result);
}

static void cxx_is_checked_as_c_is(void **state)
{
    (void)state;
    struct result result = check("%s/checked.cpp --cflags '-std=c++17 -DWORD=\"a b\"'", SUBJECTS);
    expect_status(&result, 1);
    json_t *json = result_json();
    json_t *race = one_bug(json, "race");
    json_t *site = json_array_get(json_object_get(race, "sites"), 0);
    expect_text(text_of(site, "file"), "checked.cpp");
    assert_int_equal(json_integer_value(json_object_get(site, "line")), 7);
    json_decref(json);
    result_free(&result);
}

static void what_it_is_given_reaches_the_program(void **state)
{
    (void)state;
    shell("echo 'from a file' >%s/input", workshop.folder);
    struct result result = check("--plain plain --tsan tsan --runs 2 --stdin input "
                                 "--env 'CHECKED=a value' -- given");
    expect_status(&result, 0);
    result_free(&result);
    result = check("--plain plain -d watchdog -- given");
    expect_status(&result, 1);
    result_free(&result);
}

static void an_exit_status_can_be_by_design(void **state)
{
    (void)state;
    struct result result = check("--plain plain -d watchdog -d drd -- status 1");
    expect_status(&result, 1);
    json_t *json = result_json();
    json_t *wrong = one_bug(json, "wrong-result");
    assert_int_equal(runs_seen(wrong, "watchdog"), 1);
    assert_int_equal(runs_seen(wrong, "drd"), 1);
    json_decref(json);
    result_free(&result);
    result = check("--plain plain -d watchdog -d drd --ok-status 3 --ok-status 1 -- status 1");
    expect_status(&result, 0);
    result_free(&result);
}

static void crashes_and_assertions_are_bugs(void **state)
{
    (void)state;
    struct result result = check("--plain plain --tsan tsan -- crash");
    expect_status(&result, 1);
    json_t *json = result_json();
    assert_int_equal(runs_seen(one_bug(json, "crash"), "watchdog"), 1);
    json_decref(json);
    result_free(&result);
    result = check("--plain plain -d watchdog -- assert 3");
    expect_status(&result, 1);
    json = result_json();
    json_t *site = json_array_get(json_object_get(one_bug(json, "wrong-result"), "sites"), 0);
    expect_text(text_of(site, "file"), "checked.c");
    json_decref(json);
    result_free(&result);
}

static void signals_children_and_much_output_are_no_trouble(void **state)
{
    (void)state;
    static const char *const ways[] = {"signal", "print 6", "leave-a-child"};
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        struct result result = check("--plain plain --tsan tsan -- %s", ways[i]);
        expect_status(&result, 0);
        result_free(&result);
    }
    struct result result = check("--tsan tsan -- race-in-child");
    expect_status(&result, 1);
    json_t *json = result_json();
    assert_string_equal(text_of(one_bug(json, "race"), "object"), "hits");
    json_decref(json);
    result_free(&result);
}

static void a_program_without_end_is_ended_and_its_bugs_are_kept(void **state)
{
    (void)state;
    struct result result = check("--plain plain -d helgrind --timeout 5 -- race-for-ever");
    expect_status(&result, 1);
    json_t *json = result_json();
    assert_string_equal(text_of(one_bug(json, "race"), "object"), "hits");
    json_decref(json);
    result_free(&result);
}

static void suppressions_of_both_tools_hold(void **state)
{
    (void)state;
    char *valgrind = xasprintf("%s/valgrind.supp", workshop.folder);
    FILE *file = fopen(valgrind, "we");
    assert_non_null(file);
    fputs("{\n   hits-helgrind\n   Helgrind:Race\n   fun:hit\n   ...\n}\n"
          "{\n   hits-drd\n   drd:ConflictingAccess\n   fun:hit\n   ...\n}\n",
          file);
    fclose(file);
    shell("mkdir -p '%s/with blank' && echo race:hit >'%s/with blank/tsan.supp'", workshop.folder,
          workshop.folder);
    struct result result = check("--plain plain --tsan tsan --suppressions-valgrind valgrind.supp "
                                 "--suppressions-tsan 'with blank/tsan.supp' -- race");
    expect_status(&result, 0);
    result_free(&result);
    free(valgrind);
}

static void only_what_is_new_counts_beside_a_baseline(void **state)
{
    (void)state;
    struct result result = check("--plain plain -d helgrind -- race");
    expect_status(&result, 1);
    result_free(&result);
    shell("cp %s %s/baseline.json", workshop.json, workshop.folder);
    result = check("--plain plain -d helgrind --baseline baseline.json -- race");
    expect_status(&result, 0);
    result_free(&result);
    result = check("--plain plain -d helgrind -d watchdog --baseline baseline.json -- "
                   "race-and-deadlock");
    expect_status(&result, 1);
    result_free(&result);
    expect_error(check("--plain plain --baseline missing.json"), 2, "missing.json");
    shell("echo '{}' >%s/other.json", workshop.folder);
    expect_error(check("--plain plain --baseline other.json"), 2, "other.json is no baseline");
}

static void a_program_may_promise_its_bugs(void **state)
{
    (void)state;
    shell("cp %s/buggy/race/unlocked_counter.c %s/promised.c", RACELAB_ROOT, workshop.folder);
    struct result result = check("promised.c --annotations promised.c -d helgrind -d watchdog");
    expect_status(&result, 0);
    expect_text(result.out, "helgrind: kept");
    expect_text(result.out, "watchdog: blind");
    result_free(&result);
    shell("cd %s && sed 's/bug: race(visitors)/no bug/' promised.c >silent.c && "
          "sed 's/bug: race(visitors)/bug: rice(visitors)/' promised.c >wrong.c",
          workshop.folder);
    result = check("silent.c --annotations silent.c -d helgrind");
    expect_status(&result, 1);
    expect_text(result.out, "helgrind: unexpected");
    result_free(&result);
    /* Of two sources each promises for itself: the same line of the other is none. */
    shell("cd %s && sed 's/visitors++;/visitors += 1;/' promised.c >other.c", workshop.folder);
    result = check("promised.c --annotations other.c -d helgrind");
    expect_status(&result, 1);
    expect_text(result.out, "helgrind: unexpected");
    result_free(&result);
    expect_error(check("promised.c --annotations wrong.c -d helgrind"), 4, "wrong.c:29: error:");
}

static void programs_that_are_unfit_are_told_and_the_others_go_on(void **state)
{
    (void)state;
    shell("cd %s && strip -o stripped plain && cp plain unexecutable && chmod -x unexecutable && "
          "printf '#!/bin/sh\\n' >script && chmod +x script",
          workshop.folder);
    struct result result = check("--plain stripped -d helgrind -d watchdog -- race");
    expect_status(&result, 1);
    expect_text(result.err, "has no debug info");
    result_free(&result);
    result = check("--plain plain --tsan plain -- race");
    expect_status(&result, 1);
    expect_text(result.out, "without ThreadSanitizer");
    result_free(&result);
    result = check("--plain tsan --tsan tsan -- race");
    expect_status(&result, 1);
    expect_text(result.out, "a plain run must not have");
    result_free(&result);
    expect_error(check("--plain unexecutable"), 3, "is not executable");
    expect_error(check("--plain ./script"), 3, "script or a wrapper");
    expect_error(check("--plain ./nowhere"), 3, "there is no such file");
    /* One that cannot be run is a failure even where the others saw nothing; a tool that is not there is none. */
    result = check("--plain plain --tsan plain -d tsan -d watchdog");
    expect_status(&result, 3);
    result_free(&result);
    result = check_with("PATH=/nonexistent", "--plain plain -d helgrind");
    expect_status(&result, 77);
    expect_text(result.err, "valgrind is not installed");
    result_free(&result);
}

static void sources_that_cannot_be_built_are_told(void **state)
{
    (void)state;
    shell("cd %s && echo 'int main(void) { return nothing; }' >wrong.c && echo x >text.txt",
          workshop.folder);
    expect_error(check("wrong.c"), 6, "nothing");
    /* gcc alone cannot build it. */
    shell("cd %s && printf '#ifndef __clang__\\n#error no gcc\\n#endif\\nint main(void) { return "
          "0; }\\n' "
          ">clang.c",
          workshop.folder);
    expect_error(check("clang.c -d tsan-gcc -d watchdog"), 3, "no gcc");
    expect_error(check("clang.c"), 0, "no gcc");
    struct result result = check_with("PATH=/nonexistent", "clang.c -d tsan");
    expect_status(&result, 6);
    expect_text(result.err, "clang is not installed");
    result_free(&result);
    expect_error(check("text.txt"), 6, "no C or C++ source");
    expect_error(check("missing.c"), 6, "missing.c");
    expect_error(check("%s/checked.c --cflags '$(id)'", SUBJECTS), 6, "command substitution");
    expect_error(check(""), 2, "what is to be checked");
    expect_error(check("--plain plain %s/checked.c", SUBJECTS), 2, "either sources or built");
}

/* Names and output are whatever somebody wants: nothing of it reaches a terminal, or a page's scripts. */
static void hostile_names_and_output_are_inert(void **state)
{
    (void)state;
    shell("cd %s && mkdir -p \"$(printf 'a\\033[31m<script>alert(1)<')\" && cp %s/checked.c "
          "\"$(printf 'a\\033[31m<script>alert(1)<')/x.c\"",
          workshop.folder, SUBJECTS);
    struct result result =
        check("\"$(printf 'a\\033[31m<script>alert(1)<')/x.c\" -d helgrind --html p.html "
              "--sarif p.sarif --junit p.xml -- race");
    expect_status(&result, 1);
    assert_null(strchr(result.out, '\033'));
    assert_null(strchr(result.err, '\033'));
    expect_text(result.out, "race on `hits`");
    result_free(&result);
    static const char *const names[] = {"p.html", "p.xml", "p.sarif", "result.json"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char *path = xasprintf("%s/%s", workshop.folder, names[i]);
        char *text = read_text(path);
        assert_null(strchr(text, '\033'));
        if (i < 2) /* markup; `<` means nothing in JSON */
            assert_null(strstr(text, "<script>alert"));
        free(text);
        free(path);
    }
    expect_error(check("\"$(printf 'a\\033[31mb')\""), 6, "\\x1b[31mb");
}

static void a_result_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    expect_error(check("--plain plain -d watchdog --sarif /nonexistent/x.sarif"), 5,
                 "/nonexistent/x.sarif");
    expect_error(check("--plain plain -d watchdog --html /dev/full"), 5, "/dev/full");
}

static void an_interrupt_keeps_what_there_is_and_leaves_nothing(void **state)
{
    (void)state;
    char *mark = xasprintf("%s/begun", workshop.folder);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        char *tmp = xasprintf("TMPDIR=%s/tmp", workshop.folder);
        putenv(tmp);
        (void)!chdir(workshop.folder);
        dup2(pipes[1], STDERR_FILENO);
        (void)!freopen(workshop.out, "w", stdout);
        execl(RACELAB, "racelab", "check", "--plain", "plain", "-d", "watchdog", "--",
              "race-for-ever", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    /* The run's report folder is there once it is under way. */
    char *tmp = xasprintf("%s/tmp", workshop.folder);
    for (size_t entries = 0; entries == 0;) {
        DIR *folder = opendir(tmp);
        struct dirent *entry = NULL;
        while ((entry = readdir(folder)))
            entries += strncmp(entry->d_name, "racelab-", strlen("racelab-")) == 0;
        closedir(folder);
    }
    kill(child, SIGINT);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGINT);
    close(pipes[0]);
    free(tmp);
    free(mark);
}

/* A free run of this program does not deadlock: others deduce that it could, and that it does is the same bug. */
/* Whether the free runs deadlock, too, is theirs to say. */
static void a_schedule_that_fails_joins_the_others(void **state)
{
    (void)state;
    struct result result =
        check("%s/explored.c --explore 200 --schedule d.json -- deadlock", SUBJECTS);
    expect_status(&result, 1);
    expect_text(result.out, "helgrind in 1 of 1, ");
    expect_text(result.out, ", explore in schedule ");
    expect_text(result.out, " of 200");
    expect_text(result.out, "explore: deadlock in schedule ");
    expect_text(result.out, "explored.c --schedule d.json");
    json_t *json = result_json();
    assert_int_equal(json_array_size(json_object_get(json, "bugs")), 1);
    json_t *hang = one_bug(json, "hang");
    assert_true(json_is_true(json_object_get(hang, "happened")));
    assert_int_equal(runs_seen(hang, "tsan"), 1);
    assert_int_equal(runs_seen(hang, "explore"), 1);
    json_t *explore = detector_of(json, "explore");
    json_t *search = json_object_get(explore, "search");
    assert_string_equal(text_of(search, "failure"), "deadlock");
    assert_true(json_array_size(json_object_get(json_object_get(search, "schedule"), "steps")) > 0);
    expect_text(text_of(search, "replay"), "racelab replay");
    assert_true(json_is_null(json_object_get(detector_of(json, "tsan"), "search")));
    json_decref(json);
    result_free(&result);
    shell("cd %s && TMPDIR=%s/tmp; export TMPDIR; %s replay %s/explored.c --schedule d.json "
          ">out 2>err; test $? -eq 1",
          workshop.folder, workshop.folder, RACELAB, SUBJECTS);
}

static void what_a_schedule_shows_is_a_bug(void **state)
{
    (void)state;
    struct result result = check("%s/explored.c -d watchdog --explore 200 -- bank", SUBJECTS);
    expect_status(&result, 1);
    json_t *json = result_json();
    json_t *wrong = one_bug(json, "wrong-result");
    assert_string_equal(text_of(wrong, "doubt"), "none");
    assert_true(runs_seen(wrong, "explore") > 0);
    json_decref(json);
    result_free(&result);
    shell("test -s %s/explored.schedule.json", workshop.folder);
}

/* ThreadSanitizer confirms it in the search as it sees it by itself. */
static void a_race_in_a_schedule_is_the_race_of_the_others(void **state)
{
    (void)state;
    struct result result =
        check("%s/checked.c -d tsan -d helgrind --explore 40 --schedule r.json -- race", SUBJECTS);
    expect_status(&result, 1);
    json_t *json = result_json();
    json_t *race = one_bug(json, "race");
    assert_int_equal(runs_seen(race, "tsan"), 1);
    assert_true(runs_seen(race, "explore") > 0);
    json_decref(json);
    result_free(&result);
    shell("echo race:hit >%s/hit", workshop.folder);
    result = check("%s/checked.c -d tsan --explore 40 --suppressions-tsan hit -- race", SUBJECTS);
    expect_status(&result, 0);
    result_free(&result);
}

static void a_search_without_failure_is_told(void **state)
{
    (void)state;
    struct result result = check("%s/explored.c -d explore --explore 20 -- right", SUBJECTS);
    expect_status(&result, 0);
    expect_text(result.out, "explore: no failure in 20 schedules");
    expect_text(result.out, "No bug was seen in 20 runs under explore");
    result_free(&result);
    result = check("--plain plain -d drd --explore 5");
    expect_status(&result, 0);
    expect_text(result.out, "synchronisation only");
    result_free(&result);
    result = check("--tsan tsan --explore 5");
    expect_status(&result, 0);
    expect_text(result.out, "explore did not run: it needs the sources");
    result_free(&result);
    result = check("--plain tsan --explore 5 -d explore");
    expect_status(&result, 3);
    expect_text(result.err, "ThreadSanitizer");
    result_free(&result);
    expect_error(check("%s/explored.c -d explore --schedule /nonexistent/x -- bank", SUBJECTS), 5,
                 "/nonexistent/x");
    expect_error(check("%s/explored.c --schedule x", SUBJECTS), 2, "--explore N");
}

/* Its promise is kept by a schedule, which no run need show. */
static void points_end_the_search(void **state)
{
    (void)state;
    struct result result =
        check("%s/explored.c -d explore --explore 5000 --points 500 -- right", SUBJECTS);
    expect_status(&result, 0);
    json_t *json = result_json();
    json_t *search = json_object_get(detector_of(json, "explore"), "search");
    assert_in_range(json_integer_value(json_object_get(search, "schedules")), 1, 4999);
    json_decref(json);
    result_free(&result);
    expect_error(check("%s/explored.c --points 500", SUBJECTS), 2, "--explore N");
}

static void a_promise_can_be_kept_by_a_schedule(void **state)
{
    (void)state;
    shell("sed 's|assert(balance == 80);|assert(balance == 80); /* bug: wrong-result(balance) */|; "
          "/\"right\"/,+2d' %s/explored.c >%s/promises.c",
          SUBJECTS, workshop.folder);
    struct result result = check("promises.c --annotations promises.c -d explore -- bank");
    expect_status(&result, 0);
    expect_text(result.out, "explore: kept");
    result_free(&result);
    result = check("promises.c --annotations promises.c -d explore --explore 20 -- nothing");
    expect_status(&result, 1);
    expect_text(result.out, "explore: missed");
    result_free(&result);
}

static void nothing_is_left_behind(void **state)
{
    (void)state;
    char *tmp = xasprintf("%s/tmp", workshop.folder);
    DIR *folder = opendir(tmp);
    struct dirent *entry = NULL;
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] != '.')
            fail_msg("left behind: %s", entry->d_name);
    }
    closedir(folder);
    free(tmp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_are_built_for_every_detector_and_a_race_is_one_bug),
        cmocka_unit_test(a_right_program_has_no_bug),
        cmocka_unit_test(a_real_deadlock_stands_first),
        cmocka_unit_test(each_run_counts),
        cmocka_unit_test(cxx_is_checked_as_c_is),
        cmocka_unit_test(what_it_is_given_reaches_the_program),
        cmocka_unit_test(an_exit_status_can_be_by_design),
        cmocka_unit_test(crashes_and_assertions_are_bugs),
        cmocka_unit_test(signals_children_and_much_output_are_no_trouble),
        cmocka_unit_test(a_program_without_end_is_ended_and_its_bugs_are_kept),
        cmocka_unit_test(suppressions_of_both_tools_hold),
        cmocka_unit_test(only_what_is_new_counts_beside_a_baseline),
        cmocka_unit_test(a_program_may_promise_its_bugs),
        cmocka_unit_test(programs_that_are_unfit_are_told_and_the_others_go_on),
        cmocka_unit_test(sources_that_cannot_be_built_are_told),
        cmocka_unit_test(hostile_names_and_output_are_inert),
        cmocka_unit_test(a_result_that_cannot_be_written_is_told),
        cmocka_unit_test(an_interrupt_keeps_what_there_is_and_leaves_nothing),
        cmocka_unit_test(a_schedule_that_fails_joins_the_others),
        cmocka_unit_test(what_a_schedule_shows_is_a_bug),
        cmocka_unit_test(a_race_in_a_schedule_is_the_race_of_the_others),
        cmocka_unit_test(a_search_without_failure_is_told),
        cmocka_unit_test(points_end_the_search),
        cmocka_unit_test(a_promise_can_be_kept_by_a_schedule),
        cmocka_unit_test(nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, open_workshop, close_workshop);
}
