#include "detect/testdata.h"
#include "detect/tsan.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const versions[] = {"14", "19", "22", "gcc-12"};
#define VERSIONS (sizeof(versions) / sizeof(*versions))

struct reading {
    struct findings findings;
    char *trouble;
    bool ran;
};

static struct reading read_text(const char *text, size_t length)
{
    struct reading reading = {0};
    reading.trouble =
        tsan_read_text(text, length, RECORDED_ROOT, NULL, &reading.findings, &reading.ran);
    return reading;
}

static struct reading read_recorded(const char *format, const char *version)
{
    char name[64];
    size_t length = 0;
    snprintf(name, sizeof(name), format, version);
    char *text = testdata_read(name, &length);
    struct reading reading = read_text(text, length);
    free(text);
    return reading;
}

static void release(struct reading *reading)
{
    findings_release(&reading->findings);
    free(reading->trouble);
}

static void a_race_has_two_sites_and_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < VERSIONS; i++) {
        struct reading r = read_recorded("tsan-%s-race.txt", versions[i]);
        assert_null(r.trouble);
        assert_true(r.ran);
        assert_true(r.findings.count >= 1);
        const struct finding *race = &r.findings.items[0];
        assert_int_equal(race->defect, DEFECT_RACE);
        assert_string_equal(race->message, "data race");
        assert_string_equal(race->object, "visitors");
        assert_int_equal(race->site_count, 2);
        for (size_t s = 0; s < 2; s++) {
            assert_string_equal(race->sites[s].file, RECORDED_ROOT "buggy/race/unlocked_counter.c");
            assert_int_equal(race->sites[s].line, 27);
            assert_string_equal(race->sites[s].function, "gate");
            assert_int_equal(race->sites[s].locks_held, 0);
            assert_non_null(race->sites[s].act);
            assert_memory_equal(race->sites[s].thread, "thread T", 8);
        }
        assert_true(race->no_common_lock);
        release(&r);
    }
}

static void where_a_heap_block_came_from_is_no_access(void **state)
{
    (void)state;
    static const char text[] =
        "***** Running under ThreadSanitizer v3 (pid 7) *****\n"
        "WARNING: ThreadSanitizer: data race (pid=7)\n"
        "  Write of size 4 at 0x7b0400000000 by thread T2:\n"
        "    #0 set " RECORDED_ROOT "/buggy/race/x.c:9:5 (x+0x1)\n\n"
        "  Previous read of size 4 at 0x7b0400000000 by thread T1:\n"
        "    #0 get " RECORDED_ROOT "/buggy/race/x.c:14:5 (x+0x2)\n\n"
        "  Location is heap block of size 24 at 0x7b0400000000 allocated by main thread:\n"
        "    #0 malloc <null> (x+0x3)\n"
        "    #1 main " RECORDED_ROOT "/buggy/race/x.c:20:5 (x+0x4)\n\n"
        "SUMMARY: ThreadSanitizer: data race " RECORDED_ROOT "/buggy/race/x.c:9:5 in set\n";
    struct reading r = read_text(text, strlen(text));
    assert_null(r.trouble);
    assert_int_equal(r.findings.count, 1);
    assert_int_equal(r.findings.items[0].site_count, 2);
    assert_int_equal(r.findings.items[0].sites[0].line, 9);
    assert_int_equal(r.findings.items[0].sites[1].line, 14);
    release(&r);
}

static void a_lock_order_has_its_four_acquisitions_outer_first(void **state)
{
    (void)state;
    static const int lines[] = {28, 29, 40, 41};
    for (size_t i = 0; i < VERSIONS; i++) {
        struct reading r = read_recorded("tsan-%s-lock-order.txt", versions[i]);
        assert_null(r.trouble);
        assert_int_equal(r.findings.count, 1);
        const struct finding *order = &r.findings.items[0];
        assert_int_equal(order->defect, DEFECT_LOCK_ORDER);
        assert_int_equal(order->site_count, 4);
        for (size_t s = 0; s < 4; s++)
            assert_int_equal(order->sites[s].line, lines[s]);
        assert_string_equal(order->sites[0].thread, order->sites[1].thread);
        assert_string_not_equal(order->sites[1].thread, order->sites[2].thread);
        release(&r);
    }
}

static void misuse_stands_where_the_call_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < VERSIONS; i++) {
        struct reading r = read_recorded("tsan-%s-misuse.txt", versions[i]);
        assert_null(r.trouble);
        assert_true(r.findings.count >= 1);
        const struct finding *misuse = &r.findings.items[0];
        assert_int_equal(misuse->defect, DEFECT_MISUSE);
        assert_string_equal(misuse->message, "unlock of an unlocked mutex (or by a wrong thread)");
        assert_string_equal(misuse->object, "room");
        assert_int_equal(misuse->site_count, 1);
        assert_int_equal(misuse->sites[0].line, 30);
        release(&r);
    }
}

static void locks_in_common_are_seen(void **state)
{
    (void)state;
    static const char form[] =
        "WARNING: ThreadSanitizer: data race (pid=1)\n"
        "  Atomic write of size 4 at 0x01 by thread T1 'payer' (mutexes: write M0, read M1):\n"
        "    #0 pay /lab/a b.c:7:3 (x+0x1)\n\n"
        "  Previous read of size 4 at 0x01 by main thread (mutexes: %s):\n"
        "    #0 memcpy <null> (x+0x2)\n    #1 main /lab/a b.c:9 (x+0x1)\n\n"
        "SUMMARY: ThreadSanitizer: data race /lab/a b.c:7:3 in pay\n";
    for (int common = 0; common < 2; common++) {
        char text[sizeof(form) + 32];
        snprintf(text, sizeof(text), form, common ? "read M1" : "write M12");
        struct reading r = read_text(text, strlen(text));
        assert_null(r.trouble);
        const struct finding *race = &r.findings.items[0];
        assert_int_equal(race->site_count, 2);
        assert_string_equal(race->sites[0].file, "/lab/a b.c");
        assert_string_equal(race->sites[0].thread, "thread 'payer'");
        assert_string_equal(race->sites[0].act, "writes atomically");
        assert_int_equal(race->sites[0].line, 7);
        assert_int_equal(race->sites[0].locks_held, 2);
        assert_string_equal(race->sites[1].thread, "main");
        assert_string_equal(race->sites[1].act, "reads");
        assert_int_equal(race->sites[1].line, 9);
        assert_int_equal(race->no_common_lock, !common);
        release(&r);
    }
}

static void every_cut_inside_a_report_is_noticed(void **state)
{
    (void)state;
    size_t length = 0;
    char *text = testdata_read("tsan-14-race.txt", &length);
    const char *begin = strstr(text, "WARNING: ThreadSanitizer");
    const char *end = strstr(text, "SUMMARY: ThreadSanitizer: ");
    assert_non_null(begin);
    assert_non_null(end);
    size_t first = (size_t)(begin - text) + strlen("WARNING: ThreadSanitizer: ");
    size_t last = (size_t)(end - text) + strlen("SUMMARY: ThreadSanitizer:");
    for (size_t cut = first; cut <= last; cut += 7) {
        struct reading r = read_text(text, cut);
        assert_non_null(r.trouble);
        assert_non_null(strstr(r.trouble, "cut off"));
        release(&r);
    }
    free(text);
}

static void empty_and_garbage_prove_nothing(void **state)
{
    (void)state;
    struct reading r = read_text("", 0);
    assert_null(r.trouble);
    assert_false(r.ran);
    assert_int_equal(r.findings.count, 0);
    release(&r);

    unsigned seed = 1;
    char noise[65536];
    for (size_t i = 0; i < sizeof(noise); i++) {
        seed = seed * 1103515245u + 12345u;
        noise[i] = (char)(seed >> 16);
    }
    r = read_text(noise, sizeof(noise));
    assert_false(r.ran);
    assert_int_equal(r.findings.count, 0);
    release(&r);
}

static void a_runtime_that_fails_is_no_silence(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "***** Running under ThreadSanitizer v3 (pid 1) *****\n"
        "FATAL: ThreadSanitizer: unexpected memory mapping 0x5f-0x60\n",
        "==1==ERROR: ThreadSanitizer: CHECK failed\n"
        "ThreadSanitizer: CHECK failed: tsan_rtl_thread.cpp:306 \"((id)) >= (0)\"\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct reading r = read_text(texts[i], strlen(texts[i]));
        assert_non_null(r.trouble);
        assert_non_null(strstr(r.trouble, "itself failed"));
        release(&r);
    }
}

static void reports_without_lines_are_trouble(void **state)
{
    (void)state;
    static const char text[] = "WARNING: ThreadSanitizer: data race (pid=1)\n"
                               "  Write of size 8 at 0x01 by thread T2:\n"
                               "    #0 <null> <null> (a+0x4e26b7)\n\n"
                               "SUMMARY: ThreadSanitizer: data race (a+0x4e26b7)\n";
    struct reading r = read_text(text, strlen(text));
    assert_non_null(r.trouble);
    assert_non_null(strstr(r.trouble, "llvm-symbolizer"));
    release(&r);
}

/* All that is told of the findings, for comparing. */
static char *tell(const struct findings *findings)
{
    char *all = xstrdup("");
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        char *sentence = finding_sentence(finding, NULL);
        char *longer = xasprintf("%s%zu x%zu %zu: %s\n%s", all, finding->raw_line, finding->times,
                                 finding->background_count, sentence, finding->raw);
        free(sentence);
        free(all);
        all = longer;
    }
    return all;
}

static void pieces_of_any_size_give_the_same(void **state)
{
    (void)state;
    size_t length = 0;
    char *text = testdata_read("tsan-22-kinds.txt", &length);
    struct reading whole = read_text(text, length);
    char *wanted = tell(&whole.findings);
    for (size_t size = 1; size < 200; size += size < 8 ? 1 : 61) {
        struct findings findings = {0};
        bool ran = false;
        struct tsan_reader *reader = tsan_reader_new(RECORDED_ROOT, NULL, &findings);
        for (size_t at = 0; at < length; at += size)
            tsan_reader_feed(reader, text + at, at + size < length ? size : length - at);
        assert_null(tsan_reader_end(reader, &ran));
        char *told = tell(&findings);
        assert_string_equal(told, wanted);
        free(told);
        findings_release(&findings);
    }
    free(wanted);
    release(&whole);
    free(text);
}

static void lines_of_the_program_inside_a_report_are_passed_over(void **state)
{
    (void)state;
    static const char text[] = "WARNING: ThreadSanitizer: data race (pid=1)\n"
                               "  Write of size 8 at 0x01 by thread T2:\n"
                               "served request 7\n"
                               "    #0 set /lab/x.c:7:3 (a+0x1)\n"
                               "\tindented by a tab\n"
                               "\nSUMMARY: ThreadSanitizer: data race /lab/x.c:7:3 in set\n";
    struct reading r = read_text(text, strlen(text));
    assert_null(r.trouble);
    assert_int_equal(r.findings.count, 1);
    assert_int_equal(r.findings.items[0].site_count, 1);
    assert_null(strstr(r.findings.items[0].raw, "request"));
    assert_null(strstr(r.findings.items[0].raw, "tab"));
    release(&r);
}

static void a_report_inside_another_is_trouble_and_both_are_kept(void **state)
{
    (void)state;
    static const char *const between[] = {"", "==================\n"};
    static const char *const words[] = {"line 3: a report begins inside another one",
                                        "line 1 ends without its SUMMARY"};
    for (size_t i = 0; i < 2; i++) {
        char *text = xasprintf("WARNING: ThreadSanitizer: data race (pid=1)\n"
                               "  Write of size 8 at 0x01 by thread T2:\n%s"
                               "WARNING: ThreadSanitizer: data race (pid=2)\n"
                               "  Read of size 8 at 0x01 by thread T3:\n"
                               "    #0 get /lab/x.c:9:3 (a+0x1)\n"
                               "\nSUMMARY: ThreadSanitizer: data race /lab/x.c:9:3 in get\n",
                               between[i]);
        struct reading r = read_text(text, strlen(text));
        assert_non_null(r.trouble);
        assert_non_null(strstr(r.trouble, words[i]));
        assert_int_equal(r.findings.count, 2);
        assert_int_equal(r.findings.items[1].sites[0].line, 9);
        release(&r);
        free(text);
    }
}

static void a_user_s_access_has_a_site_whatever_is_known(void **state)
{
    (void)state;
    static const char text[] =
        "WARNING: ThreadSanitizer: data race (pid=1)\n"
        "  Write of size 8 at 0x01 by thread T2 (mutexes: write M7, write M8):\n"
        "    #0 memcpy <null> (prog+0x1)\n"
        "    #1 inflate <null> (libz.so.1+0x2)\n\n"
        "  Previous read of size 8 at 0x01 by main thread:\n"
        "    [failed to restore the stack]\n\n"
        "SUMMARY: ThreadSanitizer: data race\n"
        "WARNING: ThreadSanitizer: data race (pid=1)\n"
        "  Write of size 8 at 0x01 by thread T2:\n"
        "    #0 operator() /usr/include/c++/12/bits/std_thread.h:259 (prog+0x1)\n\n"
        "SUMMARY: ThreadSanitizer: data race\n";
    struct findings findings = {0};
    bool ran = false;
    assert_null(tsan_read_text(text, strlen(text), NULL, NULL, &findings, &ran));
    assert_int_equal(findings.count, 2);
    const struct finding *race = &findings.items[0];
    assert_int_equal(race->site_count, 2);
    assert_string_equal(race->sites[0].function, "inflate");
    assert_string_equal(race->sites[0].locks, "M7, M8");
    assert_int_equal(race->sites[0].locks_held, 2);
    assert_null(race->sites[1].function);
    assert_string_equal(race->sites[1].thread, "main");
    assert_string_equal(race->sites[1].act, "reads");
    assert_int_equal(findings.items[1].site_count, 1);
    assert_int_equal(findings.items[1].sites[0].line, 259);
    findings_release(&findings);

    /* What stands in no line of the corpus is no site of it. */
    free(tsan_read_text(text, strlen(text), RECORDED_ROOT, NULL, &findings, &ran));
    assert_int_equal(findings.items[0].site_count, 0);
    assert_int_equal(findings.items[1].site_count, 0);
    findings_release(&findings);
}

static void an_inner_lock_is_swapped_with_its_own_outer_one_only(void **state)
{
    (void)state;
    static const char text[] =
        "WARNING: ThreadSanitizer: lock-order-inversion (potential deadlock) (pid=1)\n"
        "  Cycle in lock order graph: M1 (0x01) => M2 (0x02) => M1\n\n"
        "  Mutex M2 acquired here while holding mutex M1 in thread T1 'payer':\n"
        "    #0 a /lab/x.c:1 (prog+0x1)\n\n"
        "  Mutex M1 previously acquired by the same thread here:\n"
        "    #0 b /lab/x.c:2 (prog+0x1)\n\n"
        "  Mutex M1 acquired here while holding mutex M2 in thread T2:\n"
        "    #0 somewhere else (prog+0x1)\n\n"
        "  Mutex M2 previously acquired by the same thread here:\n"
        "    #0 d /lab/x.c:4 (prog+0x1)\n\n"
        "  Thread T1 'payer' (tid=7, running) created by main thread at:\n"
        "    #0 main /lab/x.c:5 (prog+0x1)\n\n"
        "SUMMARY: ThreadSanitizer: lock-order-inversion (potential deadlock)\n";
    struct reading r = read_text(text, strlen(text));
    assert_null(r.trouble);
    const struct finding *order = &r.findings.items[0];
    assert_int_equal(order->site_count, 3);
    assert_int_equal(order->sites[0].line, 2);
    assert_int_equal(order->sites[1].line, 1);
    assert_int_equal(order->sites[2].line, 4);
    assert_string_equal(order->sites[1].thread, "thread 'payer'");
    assert_string_equal(order->sites[1].act, "locks M2");
    assert_string_equal(order->sites[1].locks, "M1");
    /* Named as the sites name it. */
    assert_string_equal(order->backgrounds[0].subject, "thread 'payer'");
    release(&r);
}

static void fifty_megabytes_are_read_whole(void **state)
{
    (void)state;
    size_t length = 0;
    char *one = testdata_read("tsan-14-race.txt", &length);
    struct reading first = read_text(one, length);
    size_t copies = ((size_t)50 << 20) / length + 1;
    char *text = xcalloc(copies, length);
    for (size_t i = 0; i < copies; i++)
        memcpy(text + i * length, one, length);
    struct reading r = read_text(text, copies * length);
    assert_null(r.trouble);
    assert_int_equal(r.findings.count, first.findings.count);
    for (size_t i = 0; i < r.findings.count; i++)
        assert_int_equal(r.findings.items[i].times, copies * first.findings.items[i].times);
    assert_int_equal(r.findings.items[r.findings.count - 1].sites[1].line, 27);
    release(&r);
    release(&first);
    free(text);
    free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_race_has_two_sites_and_a_name),
        cmocka_unit_test(where_a_heap_block_came_from_is_no_access),
        cmocka_unit_test(a_lock_order_has_its_four_acquisitions_outer_first),
        cmocka_unit_test(misuse_stands_where_the_call_is),
        cmocka_unit_test(locks_in_common_are_seen),
        cmocka_unit_test(every_cut_inside_a_report_is_noticed),
        cmocka_unit_test(empty_and_garbage_prove_nothing),
        cmocka_unit_test(a_runtime_that_fails_is_no_silence),
        cmocka_unit_test(reports_without_lines_are_trouble),
        cmocka_unit_test(pieces_of_any_size_give_the_same),
        cmocka_unit_test(lines_of_the_program_inside_a_report_are_passed_over),
        cmocka_unit_test(a_report_inside_another_is_trouble_and_both_are_kept),
        cmocka_unit_test(a_user_s_access_has_a_site_whatever_is_known),
        cmocka_unit_test(an_inner_lock_is_swapped_with_its_own_outer_one_only),
        cmocka_unit_test(fifty_megabytes_are_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
