/* racelab from outside: wrong corpora and command lines, its outputs, and what is left behind. */
#include "cli/sandbox.h"
#include "model/memory.h"

#include <dirent.h>
#include <limits.h>
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

static void a_missing_detector_is_skipped(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write_and_build(&box);
    struct result result =
        sandbox_racelab(&box, "PATH=/nonexistent", "run --detector helgrind -d drd");
    assert_int_equal(result.status, 77);
    assert_non_null(strstr(result.out, "valgrind is not installed"));
    assert_non_null(strstr(result.out, "2 skipped"));
    result_free(&result);
    sandbox_close(&box);
}

static void a_wrong_limit_stops_the_run(void **state)
{
    (void)state;
    static const char *const wrong[] = {"soon", "0 s", "61 s", "3", "3 seconds"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct sandbox box;
        char *header = xasprintf("CON07-C\n * Limit: %s\n", wrong[i]);
        sandbox_open(&box, COUNTER);
        for (enum polarity p = BUGGY; p <= FIXED; p++)
            sandbox_mutate(&box, p, "CON07-C\n", header);
        sandbox_write(&box);
        struct result result = sandbox_racelab(&box, "", "run");
        if (result.status != 4 || !strstr(result.err, "`Limit:` is 1 to 60 seconds"))
            fail_msg("`%s`: exit %d: %s", wrong[i], result.status, result.err);
        result_free(&result);
        sandbox_close(&box);
        free(header);
    }
}

static void wrong_annotations_stop_the_run_with_file_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *to; /* what stands in place of the race's annotation */
        bool both;
        const char *complaint;
    } wrong[] = {
        {"/* bug: rase(visitors) */", true, ".c:29: error: unknown defect `rase`"},
        {"/* bug: race(visitors); lint blind: x */", true, ".c:29: error: unknown detector `lint`"},
        {"", false, ".c:29: error: `bug: race(visitors)` does not stand in the same place"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct sandbox box;
        sandbox_open(&box, COUNTER);
        sandbox_mutate(&box, FIXED, "/* bug: race(visitors) */", wrong[i].to);
        if (wrong[i].both)
            sandbox_mutate(&box, BUGGY, "/* bug: race(visitors) */", wrong[i].to);
        sandbox_write_and_build(&box);
        struct result result = sandbox_racelab(&box, "", "run");
        if (result.status != 4 || !strstr(result.err, wrong[i].complaint))
            fail_msg("exit %d, wanted `%s`: %s", result.status, wrong[i].complaint, result.err);
        result_free(&result);
        sandbox_close(&box);
    }
}

static void pairs_need_twins_and_promises(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write(&box);
    shell("cp %s/buggy/%s.c %s/buggy/race/alone.c", box.folder, COUNTER, box.folder);
    shell("for p in buggy fixed; do sed '/bug:/d' %s/$p/%s.c >%s/$p/race/mute.c; done", box.folder,
          COUNTER, box.folder);
    struct result result = sandbox_racelab(&box, "", "list");
    assert_int_equal(result.status, 4);
    assert_non_null(strstr(result.err, "buggy/race/alone.c: error: has no twin in fixed/"));
    assert_non_null(strstr(result.err, "buggy/race/mute.c: error: makes no promise"));
    result_free(&result);
    sandbox_close(&box);
}

static void wrong_command_lines_exit_2(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "",
        "fly",
        "run nonsense",
        "run --detector cat",
        "run -j 0",
        "run -j -1",
        "run -t 1x",
        "soak -n 0",
        "soak -n many",
        "show",
        "show race",
        "raw",
        "show a b",
        "raw race -d drd",
        "run --no-such-option",
        ("raw " COUNTER),
    };
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write(&box);
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        struct result result = sandbox_racelab(&box, "", "%s", commands[i]);
        if (result.status != 2 || !*result.err)
            fail_msg("racelab %s: exit %d: %s", commands[i], result.status, result.err);
        result_free(&result);
    }
    sandbox_close(&box);
}

static void results_that_cannot_be_written_exit_5(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write(&box);
    sandbox_build(&box, FLAVOUR_PLAIN, "");
    struct result result = sandbox_racelab(&box, "", "run -d watchdog --json /nonexistent/x.json");
    assert_int_equal(result.status, 5);
    assert_non_null(strstr(result.err, "/nonexistent/x.json: No such file"));
    result_free(&result);
    result = sandbox_racelab(&box, "", "run -d watchdog --json /dev/full");
    assert_int_equal(result.status, 5);
    assert_non_null(strstr(result.err, "/dev/full: No space left"));
    result_free(&result);
    result = sandbox_racelab(&box, "", "run -d watchdog --html /dev/full");
    assert_int_equal(result.status, 5);
    assert_non_null(strstr(result.err, "/dev/full: No space left"));
    result_free(&result);
    result = sandbox_racelab(&box, "", "run -d watchdog --html -");
    assert_int_equal(strncmp(result.out, "<!DOCTYPE html>", strlen("<!DOCTYPE html>")), 0);
    assert_non_null(strstr(result.out, "<td>blind</td>"));
    result_free(&result);
    result = sandbox_racelab(&box, "", "run --html - --json -");
    assert_int_equal(result.status, 2);
    assert_non_null(strstr(result.err, "cannot both be standard output"));
    result_free(&result);
    result = sandbox_racelab(&box, "", "list >/dev/full; s=$?; exec 2>/dev/null; exit $s; true");
    assert_int_equal(result.status, 5);
    result_free(&result);
    sandbox_close(&box);
}

static void raw_marks_the_promised_lines(void **state)
{
    (void)state;
    static const char *const names[] = {"tsan", "helgrind", "drd"};
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write_and_build(&box);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct result result = sandbox_racelab(&box, "", "raw " COUNTER " --detector %s", names[i]);
        assert_int_equal(result.status, 0);
        assert_non_null(strstr(result.out, "<== bug: race(visitors)"));
        result_free(&result);
        result = sandbox_racelab(&box, "", "raw " COUNTER " --fixed --detector %s", names[i]);
        assert_int_equal(result.status, 0);
        assert_null(strstr(result.out, "<=="));
        result_free(&result);
    }
    sandbox_expect_nothing_left(&box);
    sandbox_close(&box);
}

/* Whether any process runs an executable from the sandbox. */
static bool sandbox_runs(const struct sandbox *box)
{
    DIR *proc = opendir("/proc");
    assert_non_null(proc);
    struct dirent *entry = NULL;
    bool found = false;
    while ((entry = readdir(proc))) {
        char *link = xasprintf("/proc/%s/exe", entry->d_name);
        char target[PATH_MAX];
        ssize_t length = readlink(link, target, sizeof(target) - 1);
        target[length > 0 ? length : 0] = '\0';
        found = found || strncmp(target, box->folder, strlen(box->folder)) == 0;
        free(link);
    }
    closedir(proc);
    return found;
}

static void an_interrupted_run_leaves_nothing(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    /* Both twins say that they have begun, and then never end; one has a child that ignores
     * signals in a session of its own. */
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        char *begun = xasprintf("    if (fork() == 0) {\n        setsid();\n"
                                "        signal(SIGTERM, SIG_IGN);\n    }\n"
                                "    fclose(fopen(\"%s/begun\", \"w\"));\n"
                                "    for (;;)\n        visitors--;",
                                box.folder);
        sandbox_mutate(&box, p, "    return 0;", begun);
        sandbox_mutate(&box, p, "#include <stdio.h>",
                       "#include <stdio.h>\n#include <signal.h>\n#include <unistd.h>");
        /* Only the ending counts here. */
        sandbox_mutate(&box, p, "assert(visitors == GATES * VISITORS_PER_GATE);", "assert(1);");
        free(begun);
    }
    sandbox_write(&box);
    sandbox_build(&box, FLAVOUR_PLAIN, "");

    char *begun = xasprintf("%s/begun", box.folder);
    pid_t child = sandbox_start(&box, (const char *const[]){"run", "-d", "watchdog", NULL});
    while (access(begun, F_OK) != 0)
        assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    assert_int_equal(kill(child, SIGINT), 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGINT);
    assert_false(sandbox_runs(&box));
    sandbox_expect_nothing_left(&box);
    free(begun);
    sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_detector_is_skipped),
        cmocka_unit_test(a_wrong_limit_stops_the_run),
        cmocka_unit_test(wrong_annotations_stop_the_run_with_file_and_line),
        cmocka_unit_test(pairs_need_twins_and_promises),
        cmocka_unit_test(wrong_command_lines_exit_2),
        cmocka_unit_test(results_that_cannot_be_written_exit_5),
        cmocka_unit_test(raw_marks_the_promised_lines),
        cmocka_unit_test(an_interrupted_run_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
