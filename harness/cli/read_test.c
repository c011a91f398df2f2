/* racelab read from outside, on recorded logs. RACELAB is the command, TESTDATA the recordings: compile
 * definitions. */
#include "cli/sandbox.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/racelab-read-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    shell("rm -rf %s", folder);
    return 0;
}

static char *printed(void)
{
    char *path = xasprintf("%s/out", folder);
    char *text = read_text(path);
    free(path);
    return text;
}

/* Runs `racelab read ARGUMENTS` and checks its exit status and a part of what it printed, of both streams. */
static void expect(int status, const char *part, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *arguments = xvasprintf(format, args);
    va_end(args);
    char *command = xasprintf("cd %s && %s read %s >out 2>&1", folder, RACELAB, arguments);
    int ended = system(command); /* NOLINT(cert-env33-c): a test's own command line */
    char *out = printed();
    if (!WIFEXITED(ended) || WEXITSTATUS(ended) != status || !strstr(out, part))
        fail_msg("%s: not status %d with `%s`:\n%s", arguments, status, part, out);
    free(out);
    free(command);
    free(arguments);
}

static void logs_of_all_tools_are_one_list(void **state)
{
    (void)state;
    expect(1, "race on `visitors`", TESTDATA "/tsan-14-race.txt");
    expect(1, "1 bug: 1 race",
           "--brief " TESTDATA "/tsan-14-race.txt " TESTDATA "/tsan-19-race.txt");
    expect(1, "seen by  helgrind in 1 of 1 logs",
           TESTDATA "/helgrind-3.19-race.xml " TESTDATA "/drd-3.19-race.xml");
    expect(1, "1 race", "- <" TESTDATA "/tsan-gcc-12-race.txt");
    expect(1, "go ", TESTDATA "/go-1.19-kinds.txt");
}

static void results_are_written_as_those_of_a_check(void **state)
{
    (void)state;
    expect(1, "\"format\": \"racelab-check\"", "--json - " TESTDATA "/tsan-14-race.txt");
    expect(1, "\"version\": \"2.1.0\"", "--sarif - " TESTDATA "/tsan-14-race.txt");
    expect(1, "<testsuites", "--junit - " TESTDATA "/tsan-14-race.txt");
    expect(1, "<!DOCTYPE html>", "--html - " TESTDATA "/tsan-14-race.txt");
    expect(1, "1 race", "--json known.json " TESTDATA "/tsan-14-race.txt");
    expect(0, "1 known bug", "--baseline known.json " TESTDATA "/tsan-14-race.txt");
}

static void what_cannot_be_read_is_told_and_the_rest_is_read(void **state)
{
    (void)state;
    expect(2, "which log?", "");
    expect(3, "nowhere.log", "nowhere.log");
    expect(3, "binary", "/bin/true");
    expect(1, "nowhere.log", "nowhere.log " TESTDATA "/tsan-14-race.txt");
    shell("echo all is well >%s/clean.log; : >%s/empty.log; head -12 " TESTDATA
          "/tsan-14-race.txt >%s/cut.log",
          folder, folder, folder);
    expect(0, "no report", "clean.log");
    expect(0, "empty", "empty.log");
    expect(1, "cut off", "cut.log");
    expect(5, "/nonexistent/x", "--json /nonexistent/x clean.log");
}

static void a_log_does_not_choose_what_files_are_read(void **state)
{
    (void)state;
    shell("printf 'one\\ntwo\\nthe secret\\n' >%s/secret; mkdir %s/project", folder, folder);
    FILE *log = NULL;
    char *path = xasprintf("%s/project/evil.log", folder);
    log = fopen(path, "we");
    assert_non_null(log);
    fprintf(log,
            "WARNING: ThreadSanitizer: data race (pid=1)\n"
            "  Write of size 4 at 0x1 by thread T1:\n    #0 f %s/secret:3 (a+0x1)\n\n"
            "  Previous write of size 4 at 0x1 by main thread:\n    #0 g %s/secret:2 (a+0x1)\n\n"
            "SUMMARY: ThreadSanitizer: data race\n",
            folder, folder);
    fclose(log);
    free(path);
    char *command = xasprintf("cd %s/project && %s read --html page.html evil.log >../out 2>&1; "
                              "cat page.html >>../out",
                              folder, RACELAB);
    assert_true(WIFEXITED(system(command))); /* NOLINT(cert-env33-c): a test's own command line */
    free(command);
    char *out = printed();
    assert_non_null(strstr(out, "secret:3"));
    assert_null(strstr(out, "the secret"));
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logs_of_all_tools_are_one_list),
        cmocka_unit_test(results_are_written_as_those_of_a_check),
        cmocka_unit_test(what_cannot_be_read_is_told_and_the_rest_is_read),
        cmocka_unit_test(a_log_does_not_choose_what_files_are_read),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
