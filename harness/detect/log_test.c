#include "detect/log.h"

#include "detect/testdata.h"
#include "detect/text_lines.h"
#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define RACE                                                                                       \
    "WARNING: ThreadSanitizer: data race (pid=%d)\n"                                               \
    "  Write of size 4 at 0x01 by thread T1:\n"                                                    \
    "    #0 set /src/a.c:9:5 (prog+0x1000)\n"                                                      \
    "\n"                                                                                           \
    "  Previous read of size 4 at 0x01 by main thread:\n"                                          \
    "    #0 get /src/a.c:14:5 (prog+0x2000)\n"                                                     \
    "\n"                                                                                           \
    "SUMMARY: ThreadSanitizer: data race /src/a.c:9:5 in set\n"

#define GO_RACE                                                                                    \
    "WARNING: DATA RACE\n"                                                                         \
    "Write at 0x00c0000ac008 by goroutine 7:\n"                                                    \
    "  main.f()\n"                                                                                 \
    "      /src/x.go:5 +0x44\n"                                                                    \
    "\n"                                                                                           \
    "==================\n"

static int read_bytes(const char *text, size_t length, struct log *log, char **problem)
{
    int fd = memfd_create("log", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), length);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    int result = log_read_fd(fd, "the log", log, problem);
    close(fd);
    return result;
}

static struct log read_log(const char *text)
{
    struct log log;
    char *problem = NULL;
    int result = read_bytes(text, strlen(text), &log, &problem);
    if (result != 0)
        fail_msg("%s in:\n%s", problem, text);
    assert_null(problem);
    return log;
}

/* Puts `before` in front of each line, and `after` behind it. */
static char *decorate(const char *text, const char *before, const char *after)
{
    char *all = xstrdup("");
    while (*text) {
        int length = (int)strcspn(text, "\n");
        char *longer = xasprintf("%s%s%.*s%s\n", all, before, length, text, after);
        free(all);
        all = longer;
        text += length + 1;
    }
    return all;
}

static void check_race(const struct log *log)
{
    assert_int_equal(log->count, 1);
    assert_string_equal(log->parts[0].detector, "tsan");
    assert_null(log->parts[0].trouble);
    assert_int_equal(log->parts[0].findings.count, 1);
    const struct finding *race = &log->parts[0].findings.items[0];
    char *raw = xasprintf(RACE, 7);
    assert_string_equal(race->raw, raw);
    assert_int_equal(race->raw_line, 2);
    assert_int_equal(race->site_count, 2);
    assert_int_equal(race->sites[0].line, 9);
    assert_int_equal(race->sites[1].line, 14);
    free(raw);
}

static void what_a_ci_adds_is_taken_off(void **state)
{
    (void)state;
    static const char *const befores[] = {
        "",
        "2026-11-22T12:00:00.1234567Z ",
        "[2026-11-22 12:00:00] ",
        "[2026-11-22T12:00:00.123+0100]\t",
        "12:00:00,5 ",
        "12: ",                      /* ctest -V */
        "web-1  | ",                 /* docker compose */
        "2026-11-22T12:00:00Z 01O ", /* GitLab */
        "12:00:00  ",                /* Jenkins */
        "    ",
        "\033[0K\033[1;31m",
        "[test] 12:00:00 \033[31m",
    };
    char *race = xasprintf("==================\n" RACE "==================\n", 7);
    for (size_t i = 0; i < sizeof(befores) / sizeof(*befores); i++) {
        for (int crlf = 0; crlf < 2; crlf++) {
            char *text = decorate(race, befores[i], crlf ? "\r" : "");
            struct log log = read_log(text);
            check_race(&log);
            log_release(&log);
            free(text);
        }
    }
    char *coloured = decorate(race, "\033[1m", "\033[1m\033[0m");
    struct log log = read_log(coloured);
    check_race(&log);
    log_release(&log);
    free(coloured);
    free(race);
}

static void every_line_has_a_time_of_its_own(void **state)
{
    (void)state;
    static const char *const forms[] = {"2026-11-22T12:00:%02u.%07uZ ",
                                        "[2026-11-22 12:00:%02u,%u] ", "12:00:%02u.%u ",
                                        "[12:00:%02u.%03u+01:00] | "};
    char *race = xasprintf("==================\n" RACE, 7);
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        char *text = xstrdup("");
        unsigned second = 10;
        for (struct span rest = {race, strlen(race)}; rest.length > 0; second++) {
            struct span line = span_line(&rest);
            char before[64];
            /* NOLINTNEXTLINE(clang-diagnostic-format-nonliteral) */
            snprintf(before, sizeof(before), forms[i], second, second * 7);
            char *longer = xasprintf("%s%s%.*s\n", text, before, (int)line.length, line.text);
            free(text);
            text = longer;
        }
        struct log log = read_log(text);
        check_race(&log);
        log_release(&log);
        free(text);
    }
    free(race);
}

/* Where every line has the prefix, its blanks may be cut off empty lines. */
static void an_empty_line_may_lose_its_blanks(void **state)
{
    (void)state;
    char *text = xasprintf("12: x\n12: WARNING: ThreadSanitizer: data race (pid=1)\n"
                           "12:   Write of size 4 at 0x01 by thread T1:\n"
                           "12:     #0 set /src/a.c:9:5 (prog+0x1000)\n"
                           "12:\n"
                           "13:     #1 of another test /src/b.c:3:3 (prog+0x5)\n"
                           "12:   Location is global 'x' of size 4 at 0x01 (prog+0x77)\n"
                           "12:\n"
                           "12: SUMMARY: ThreadSanitizer: data race /src/a.c:9:5 in set\n");
    struct log log = read_log(text);
    assert_null(log.parts[0].trouble);
    assert_int_equal(log.parts[0].findings.items[0].site_count, 1);
    assert_int_equal(log.parts[0].findings.items[0].sites[0].stack.count, 1);
    assert_string_equal(log.parts[0].findings.items[0].object, "x");
    assert_null(strstr(log.parts[0].findings.items[0].raw, "12:"));
    assert_non_null(strstr(log.parts[0].findings.items[0].raw, "\n\n"));
    log_release(&log);
    free(text);
}

static void tools_in_one_log_are_told_apart(void **state)
{
    (void)state;
    char *text = xasprintf("[1/7] Building C object a.c.o\n" RACE "ok 1\n" GO_RACE
                           "Found 1 data race(s)\n" RACE "done\n",
                           100, 200);
    struct log log = read_log(text);
    assert_int_equal(log.count, 2);
    assert_string_equal(log.parts[0].detector, "tsan");
    assert_int_equal(log.parts[0].findings.count, 1);
    assert_int_equal(log.parts[0].findings.items[0].times, 2);
    assert_string_equal(log.parts[1].detector, "go");
    assert_int_equal(log.parts[1].findings.count, 1);
    assert_int_equal(log.parts[1].findings.items[0].raw_line, 11);
    log_release(&log);
    free(text);
}

static void a_cut_report_is_kept_and_told(void **state)
{
    (void)state;
    static const char *const texts[] = {RACE, "0\n" GO_RACE};
    for (size_t i = 0; i < 2; i++) {
        char *text = xasprintf(texts[i], 1);
        *strstr(text, "\n\n") = '\0';
        struct log log = read_log(text);
        assert_int_equal(log.count, 1);
        assert_non_null(strstr(log.parts[0].trouble, "cut off"));
        assert_int_equal(log.parts[0].findings.count, 1);
        assert_int_equal(log.parts[0].findings.items[0].site_count, 1);
        log_release(&log);
        free(text);
    }
}

static void a_silent_tool_is_told_from_none(void **state)
{
    (void)state;
    struct log log = read_log("***** Running under ThreadSanitizer v3 (pid 7) *****\nok\n");
    assert_int_equal(log.count, 1);
    assert_string_equal(log.parts[0].detector, "tsan");
    assert_int_equal(log.parts[0].findings.count, 0);
    assert_null(log.parts[0].trouble);
    log_release(&log);
}

static void text_of_valgrind_is_read_behind_a_prefix(void **state)
{
    (void)state;
    static const char *const befores[] = {"", "2026-11-22T12:00:00.1234567Z ", "12: "};
    static const char *const files[][2] = {
        {"helgrind-3.19-race.txt", "helgrind"},
        {"drd-3.19-race.txt", "drd"},
    };
    for (size_t i = 0; i < 6; i++) {
        size_t length = 0;
        char *text = testdata_read(files[i % 2][0], &length);
        char *decorated = decorate(text, befores[i / 2], "\r");
        struct log log = read_log(decorated);
        assert_int_equal(log.count, 1);
        assert_string_equal(log.parts[0].detector, files[i % 2][1]);
        assert_string_equal(log.parts[0].version, "3.19.0");
        assert_null(log.parts[0].trouble);
        assert_true(log.parts[0].findings.count >= 1);
        assert_int_equal(log.parts[0].findings.items[0].defect, DEFECT_RACE);
        log_release(&log);

        /* Without its last line. */
        *strstr(decorated, "ERROR SUMMARY") = '\0';
        log = read_log(decorated);
        assert_non_null(strstr(log.parts[0].trouble, "1 of 1 processes"));
        log_release(&log);
        free(decorated);
        free(text);
    }
}

static void xml_is_of_the_tool_that_it_names(void **state)
{
    (void)state;
    static const char *const files[][2] = {
        {"helgrind-3.19-race.xml", "helgrind"},
        {"drd-3.19-race.xml", "drd"},
    };
    for (size_t i = 0; i < 2; i++) {
        char *path = xasprintf("%s/%s", TESTDATA, files[i][0]);
        struct log log;
        char *problem = NULL;
        assert_int_equal(log_read(path, &log, &problem), 0);
        assert_int_equal(log.count, 1);
        assert_string_equal(log.parts[0].detector, files[i][1]);
        assert_true(log.parts[0].findings.count >= 1);
        assert_null(log.parts[0].trouble);
        log_release(&log);
        free(path);
    }
}

static void check_problem(const char *text, size_t length, int wanted, const char *words)
{
    struct log log;
    char *problem = NULL;
    assert_int_equal(read_bytes(text, length, &log, &problem), wanted);
    assert_int_equal(log.count, 0);
    assert_non_null(problem);
    assert_memory_equal(problem, "the log: ", 9);
    if (!strstr(problem, words))
        fail_msg("%s: not about %s", problem, words);
    free(problem);
}

static void what_is_no_log_is_said_so(void **state)
{
    (void)state;
    check_problem("", 0, -ENODATA, "empty");
    check_problem("gcc -fsanitize=thread\nok\n", 25, -ENOMSG, "no report");
    check_problem("\x7f"
                  "ELF\0\0",
                  6, -EILSEQ, "binary");
    check_problem("\xff\xfe"
                  "W\0A\0",
                  6, -EILSEQ, "binary");
    check_problem("\x1f\x8b\x08", 3, -EILSEQ, "compressed");
    check_problem("<?xml version=\"1.0\"?><a/>", 25, -EBADMSG, "not of Valgrind");
    static const char memcheck[] = "<?xml version=\"1.0\"?><valgrindoutput>"
                                   "<protocoltool>memcheck</protocoltool>";
    check_problem(memcheck, strlen(memcheck), -EBADMSG, "memcheck");

    struct log log;
    char *problem = NULL;
    assert_int_equal(log_read("/", &log, &problem), -EISDIR);
    assert_non_null(strstr(problem, "folder"));
    free(problem);
    assert_int_equal(log_read("/no/such", &log, &problem), -ENOENT);
    assert_non_null(strstr(problem, "/no/such: "));
    free(problem);
}

static void a_fifo_without_a_writer_does_not_hang(void **state)
{
    (void)state;
    char folder[] = "/tmp/log_test.XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = xasprintf("%s/fifo", folder);
    struct log log;
    char *problem = NULL;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(log_read(path, &log, &problem), -ENODATA);
    free(problem);
    unlink(path);
    rmdir(folder);
    free(path);
}

static void large_xml_is_refused(void **state)
{
    (void)state;
    int fd = memfd_create("xml", MFD_CLOEXEC);
    struct log log;
    char *problem = NULL;
    assert_int_equal(write(fd, "<?xml ", 6), 6);
    char *blanks = xcalloc(1, 1 << 20);
    memset(blanks, ' ', 1 << 20);
    for (size_t i = 0; i < LOG_XML_ROOM >> 20; i++)
        assert_int_equal(write(fd, blanks, 1 << 20), 1 << 20);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(log_read_fd(fd, "the log", &log, &problem), -EFBIG);
    assert_non_null(strstr(problem, "256 MB"));
    free(problem);
    free(blanks);
    close(fd);
}

/* Recorded logs with each byte turned to another one in its turn: no reader may fall over them. */
static void damaged_logs_are_survived(void **state)
{
    (void)state;
    static const char *const files[] = {"tsan-22-bare.txt", "tsan-gcc-12-lock-order.txt",
                                        "go-1.19-kinds.txt"};
    static const char bytes[] = "\n \0'(:=0M\xff";
    for (size_t f = 0; f < sizeof(files) / sizeof(*files); f++) {
        size_t length = 0;
        char *text = testdata_read(files[f], &length);
        for (size_t at = 0; at < length; at += 3) {
            char kept = text[at];
            struct log log;
            char *problem = NULL;
            text[at] = bytes[at % (sizeof(bytes) - 1)];
            if (read_bytes(text, length, &log, &problem) == 0)
                log_release(&log);
            free(problem);
            text[at] = kept;
        }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_ci_adds_is_taken_off),
        cmocka_unit_test(every_line_has_a_time_of_its_own),
        cmocka_unit_test(an_empty_line_may_lose_its_blanks),
        cmocka_unit_test(tools_in_one_log_are_told_apart),
        cmocka_unit_test(a_cut_report_is_kept_and_told),
        cmocka_unit_test(a_silent_tool_is_told_from_none),
        cmocka_unit_test(text_of_valgrind_is_read_behind_a_prefix),
        cmocka_unit_test(xml_is_of_the_tool_that_it_names),
        cmocka_unit_test(what_is_no_log_is_said_so),
        cmocka_unit_test(a_fifo_without_a_writer_does_not_hang),
        cmocka_unit_test(large_xml_is_refused),
        cmocka_unit_test(damaged_logs_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
