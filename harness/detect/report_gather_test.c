#include "detect/report_gather.h"

#include "detect/tsan.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One race; what may differ from run to run is given. */
static char *race(unsigned pid, unsigned address, unsigned thread, unsigned lock, unsigned line)
{
    return xasprintf("==================\n"
                     "WARNING: ThreadSanitizer: data race (pid=%u)\n"
                     "  Write of size 4 at 0x%012x by thread T%u (mutexes: write M%u):\n"
                     "    #0 set /src/a.c:%u:5 (prog+0x1000)\n\n"
                     "  Previous read of size 4 at 0x%012x by thread T%u:\n"
                     "    #0 get /src/a.c:14:5 (prog+0x2000)\n\n"
                     "  Mutex M%u (0x%x) created at:\n"
                     "    #0 main /src/a.c:30:5 (prog+0x3000)\n\n"
                     "  Thread T%u (tid=%u, running) created by main thread at:\n"
                     "    #0 main /src/a.c:31:5 (prog+0x3010)\n\n"
                     "SUMMARY: ThreadSanitizer: data race /src/a.c:%u:5 in set\n"
                     "==================\n",
                     pid, address, thread, lock, line, address, thread + 1, lock, address * 2,
                     thread, pid + thread, line);
}

static size_t feed(struct tsan_reader *reader, char *text)
{
    size_t length = strlen(text);
    tsan_reader_feed(reader, text, length);
    free(text);
    return length;
}

static void end(struct tsan_reader *reader, const char *trouble)
{
    bool ran = false;
    char *got = tsan_reader_end(reader, &ran);
    if (!trouble != !got || (got && !strstr(got, trouble)))
        fail_msg("%s, not %s", got, trouble);
    free(got);
}

static void a_hundred_thousand_reports_of_one_race_are_one_finding(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct tsan_reader *reader = tsan_reader_new(NULL, NULL, &findings);
    for (unsigned i = 0; i < 100000; i++)
        feed(reader, race(i, i * 16, i, i % 97, 9));
    end(reader, NULL);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.items[0].times, 100000);
    assert_int_equal(findings.items[0].site_count, 2);
    findings_release(&findings);
}

static void what_differs_is_another_finding(void **state)
{
    (void)state;
    static const char form[] = "WARNING: ThreadSanitizer: data race (pid=7)\n"
                               "  %s of size 4 at 0x01 by thread T1:\n"
                               "    #0 set%s /src/a.c:9:5 (prog+0x%x)\n\n"
                               "  Previous read of size %d at 0x01 by thread T%d:\n"
                               "    #0 get /src/a.c:14:5 (prog+0x2000)\n\n"
                               "SUMMARY: ThreadSanitizer: data race /src/a.c:9:5 in set\n";
    struct findings findings = {0};
    struct tsan_reader *reader = tsan_reader_new(NULL, NULL, &findings);
    for (int round = 0; round < 3; round++) {
        feed(reader, xasprintf(form, "Write", "", 0x1000u, 4, 2));
        feed(reader, xasprintf(form, "Read", "", 0x1000u, 4, 2));
        feed(reader, xasprintf(form, "Write", "ter", 0x1000u, 4, 2));
        feed(reader, xasprintf(form, "Write", "", 0x1004u, 4, 2)); /* another instruction */
        feed(reader, xasprintf(form, "Write", "", 0x1000u, 8, 2));
        feed(reader, xasprintf(form, "Write", "", 0x1000u, 4, 1)); /* one thread on both sides */
    }
    end(reader, NULL);
    assert_int_equal(findings.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(findings.items[i].times, 3);
    findings_release(&findings);
}

static void ten_thousand_races_are_ten_thousand_findings(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct tsan_reader *reader = tsan_reader_new(NULL, NULL, &findings);
    for (unsigned i = 0; i < 20000; i++)
        feed(reader, race(i, i, 1, 2, 1 + i % 10000));
    end(reader, NULL);
    assert_int_equal(findings.count, 10000);
    for (size_t i = 0; i < findings.count; i++) {
        assert_int_equal(findings.items[i].times, 2);
        assert_int_equal(findings.items[i].sites[0].line, i + 1);
    }
    findings_release(&findings);
}

static void a_report_that_is_too_long_is_cut(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct tsan_reader *reader = tsan_reader_new(NULL, NULL, &findings);
    feed(reader, xstrdup("WARNING: ThreadSanitizer: data race (pid=1)\n"
                         "  Write of size 8 at 0x01 by thread T2:\n"));
    for (int i = 0; i < 100000; i++)
        feed(reader, xasprintf("    #%d f%d /src/a.c:%d:3 (a+0x1)\n", i, i, i + 1));
    feed(reader, xstrdup("\nSUMMARY: ThreadSanitizer: data race /src/a.c:1:3 in f\n"));
    feed(reader, race(1, 2, 3, 4, 5));
    end(reader, "the report that begins at line 1 is longer than 1024 KB");
    assert_int_equal(findings.count, 2);
    assert_true(strlen(findings.items[0].raw) <= REPORT_ROOM);
    assert_int_equal(findings.items[0].sites[0].line, 1);
    assert_int_equal(findings.items[1].sites[0].line, 5);
    findings_release(&findings);
}

static void a_line_without_an_end_is_cut(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct tsan_reader *reader = tsan_reader_new(NULL, NULL, &findings);
    char *piece = xcalloc(1, 1 << 20);
    memset(piece, 'x', 1 << 20);
    for (int i = 0; i < 64; i++)
        tsan_reader_feed(reader, piece, 1 << 20);
    feed(reader, xstrdup("\n"));
    feed(reader, race(1, 2, 3, 4, 5));
    end(reader, NULL);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.items[0].raw_line, 3);
    findings_release(&findings);
    free(piece);
}

/* 100 MB of such lines: what is kept stays under what REPORTS_ROOM says. */
static void check_hostile(const char *form, const char *trouble, size_t most_findings)
{
    struct findings findings = {0};
    struct tsan_reader *reader = tsan_reader_new(NULL, NULL, &findings);
    size_t fed = 0;
    for (unsigned i = 0; fed < (size_t)100 << 20; i++)
        fed += feed(reader, xasprintf(form, i, i));
    end(reader, trouble);
    assert_in_range(findings.count, 1, most_findings);
    size_t kept = 0;
    for (size_t i = 0; i < findings.count; i++)
        kept += strlen(findings.items[i].raw);
    assert_true(kept < REPORTS_ROOM);
    findings_release(&findings);
}

static void reports_that_begin_and_never_end_are_bounded(void **state)
{
    (void)state;
    check_hostile("WARNING: ThreadSanitizer: data race (pid=%u%u)\n", "inside another one", 1);
    check_hostile("WARNING: ThreadSanitizer: race number %u of %u\n", "inside another one",
                  REPORTS_ROOM / 512);
    check_hostile("WARNING: ThreadSanitizer: data race\n  Write of size 4 by thread T%u M%u M1:\n"
                  "  Mutex M1 (0x1) created at:\n    #0 (\n    #1  :\n    #\n",
                  "inside another one", REPORTS_ROOM / 512);
}

static void the_sum_of_all_reports_is_bounded(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct tsan_reader *reader = tsan_reader_new(NULL, NULL, &findings);
    char *long_name = xcalloc(1, 60001);
    memset(long_name, 'f', 60000);
    for (unsigned i = 0; i < 4000; i++)
        feed(reader, xasprintf("WARNING: ThreadSanitizer: data race (pid=1)\n"
                               "  Write of size 8 at 0x01 by thread T2:\n"
                               "    #0 %s%u /src/a.c:7:3 (a+0x1)\n\n"
                               "SUMMARY: ThreadSanitizer: data race\n",
                               long_name, i));
    end(reader, "more than 128 MB of different reports");
    assert_in_range(findings.count, REPORTS_ROOM / 62000, REPORTS_ROOM / 60000);
    findings_release(&findings);
    free(long_name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_thousand_reports_of_one_race_are_one_finding),
        cmocka_unit_test(what_differs_is_another_finding),
        cmocka_unit_test(ten_thousand_races_are_ten_thousand_findings),
        cmocka_unit_test(a_report_that_is_too_long_is_cut),
        cmocka_unit_test(a_line_without_an_end_is_cut),
        cmocka_unit_test(reports_that_begin_and_never_end_are_bounded),
        cmocka_unit_test(the_sum_of_all_reports_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
