#include "detect/testdata.h"
#include "detect/valgrind.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct findings findings;
    struct valgrind_proof proof;
    char *trouble;
};

static struct reading read_text(const char *text, size_t length, bool cut_short)
{
    struct reading reading = {0};
    reading.trouble = valgrind_read_xml(text, length, cut_short, RECORDED_ROOT, NULL,
                                        &reading.findings, &reading.proof);
    return reading;
}

static struct reading read_recorded(const char *name)
{
    size_t length = 0;
    char *text = testdata_read(name, &length);
    struct reading reading = read_text(text, length, false);
    free(text);
    assert_null(reading.trouble);
    assert_true(reading.proof.finished);
    assert_true(reading.proof.has_lines);
    assert_string_equal(reading.proof.version, "3.19.0");
    return reading;
}

static void release(struct reading *reading)
{
    findings_release(&reading->findings);
    free(reading->proof.version);
    free(reading->trouble);
}

static void helgrind_names_both_sides_of_a_race(void **state)
{
    (void)state;
    struct reading r = read_recorded("helgrind-3.19-race.xml");
    assert_int_equal(r.findings.count, 2);
    for (size_t i = 0; i < r.findings.count; i++) {
        const struct finding *race = &r.findings.items[i];
        assert_int_equal(race->defect, DEFECT_RACE);
        assert_string_equal(race->object, "visitors");
        assert_int_equal(race->site_count, 2);
        assert_string_equal(race->sites[0].file, RECORDED_ROOT "buggy/race/unlocked_counter.c");
        assert_int_equal(race->sites[0].line, 29);
        assert_int_equal(race->sites[1].line, 29);
        assert_string_equal(race->sites[0].thread, "thread 3");
        assert_string_equal(race->sites[1].thread, "thread 2");
        assert_string_equal(race->sites[1].act, "writes");
        assert_int_equal(race->sites[0].locks_held, -1);
        assert_true(race->raw_line > 0);
    }
    assert_string_equal(r.findings.items[0].sites[0].act, "reads");
    assert_string_equal(r.findings.items[1].sites[0].act, "writes");
    release(&r);
}

static void helgrind_lock_order_has_three_acquisitions(void **state)
{
    (void)state;
    struct reading r = read_recorded("helgrind-3.19-lock-order.xml");
    assert_int_equal(r.findings.count, 1);
    const struct finding *order = &r.findings.items[0];
    assert_int_equal(order->defect, DEFECT_LOCK_ORDER);
    assert_int_equal(order->site_count, 3);
    assert_int_equal(order->sites[0].line, 41);
    assert_int_equal(order->sites[1].line, 28);
    assert_int_equal(order->sites[2].line, 29);
    release(&r);
}

static void misuse_counts_its_own_stack_alone(void **state)
{
    (void)state;
    static const char *const names[] = {"helgrind-3.19-misuse.xml", "drd-3.19-misuse.xml"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct reading r = read_recorded(names[i]);
        assert_true(r.findings.count >= 1);
        const struct finding *misuse = &r.findings.items[0];
        assert_int_equal(misuse->defect, DEFECT_MISUSE);
        assert_int_equal(misuse->site_count, 1);
        assert_int_equal(misuse->sites[0].line, 30);
        release(&r);
    }
}

static void drd_may_name_one_side(void **state)
{
    (void)state;
    struct reading r = read_recorded("drd-3.19-race.xml");
    assert_true(r.findings.count >= 1);
    for (size_t i = 0; i < r.findings.count; i++) {
        assert_int_equal(r.findings.items[i].defect, DEFECT_RACE);
        assert_int_equal(r.findings.items[i].site_count, 1);
        assert_int_equal(r.findings.items[i].sites[0].line, 29);
    }
    release(&r);
}

static void drd_keeps_no_lock_order(void **state)
{
    (void)state;
    struct reading r = read_recorded("drd-3.19-lock-order.xml");
    assert_int_equal(r.findings.count, 0);
    release(&r);
}

static void a_cut_is_trouble_unless_the_run_was_ended(void **state)
{
    (void)state;
    size_t length = 0;
    char *text = testdata_read("helgrind-3.19-race.xml", &length);
    size_t end = (size_t)(strstr(text, "</valgrindoutput>") - text);
    size_t finished = (size_t)(strstr(text, "FINISHED") - text);
    for (size_t cut = 0; cut < end; cut += 13) {
        struct reading r = read_text(text, cut, false);
        assert_non_null(r.trouble);
        assert_non_null(strstr(r.trouble, "cut off"));
        release(&r);
        r = read_text(text, cut, true);
        assert_null(r.trouble);
        if (cut < finished)
            assert_false(r.proof.finished);
        release(&r);
    }
    free(text);
}

static void only_frames_of_the_program_are_sites(void **state)
{
    (void)state;
    size_t length = 0;
    char *text = testdata_read("helgrind-3.19-race.xml", &length);
    struct findings findings = {0};
    struct valgrind_proof proof = {0};
    assert_null(valgrind_read_xml(text, length, false, "/elsewhere/", NULL, &findings, &proof));
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.items[0].site_count, 0);
    findings_release(&findings);
    free(proof.version);
    free(text);
}

static void the_first_thread_is_called_main(void **state)
{
    (void)state;
    static const char text[] =
        "<valgrindoutput><error><kind>Race</kind><xwhat><text>Possible data race during write of "
        "size 4 at 0x1 by thread #1</text></xwhat><stack><frame><dir>/lab</dir><file>a.c</file>"
        "<line>3</line></frame></stack><xauxwhat><text>This conflicts with a previous read of size "
        "4 by thread #12</text></xauxwhat><stack><frame><dir>/lab</dir><file>a.c</file>"
        "<line>4</line></frame></stack></error></valgrindoutput>";
    struct reading r = read_text(text, strlen(text), false);
    assert_null(r.trouble);
    assert_int_equal(r.findings.items[0].site_count, 2);
    assert_string_equal(r.findings.items[0].sites[0].thread, "main");
    assert_string_equal(r.findings.items[0].sites[1].thread, "thread 12");
    release(&r);
}

static void the_stack_comes_after_the_error_code(void **state)
{
    (void)state;
    static const char text[] =
        "<valgrindoutput><announcethread><hthreadid>2</hthreadid><stack><frame><dir>/lab</dir>"
        "<file>a.c</file><line>54</line></frame></stack></announcethread><error>"
        "<kind>PthAPIerror</kind><xwhat><text>Thread #2's call to pthread_mutex_lock failed</text>"
        "</xwhat><what>with error code 22 (EINVAL: Invalid argument)</what><stack><frame>"
        "<dir>/lab</dir><file>a.c</file><line>31</line></frame></stack></error></valgrindoutput>";
    struct reading r = read_text(text, strlen(text), false);
    assert_null(r.trouble);
    assert_int_equal(r.findings.items[0].site_count, 1);
    assert_int_equal(r.findings.items[0].sites[0].line, 31);
    release(&r);
}

static void a_thread_that_ended_with_a_lock_stands_where_it_was_made(void **state)
{
    (void)state;
    static const char text[] =
        "<valgrindoutput><announcethread><hthreadid>3</hthreadid><stack><frame><dir>/lab</dir>"
        "<file>a.c</file><line>54</line></frame></stack></announcethread><error><kind>Misc</kind>"
        "<xwhat><text>Thread #3: Exiting thread still holds 1 lock</text></xwhat><stack><frame>"
        "<dir>/libc</dir><file>clone.S</file><line>1</line></frame></stack></error>"
        "</valgrindoutput>";
    struct reading r = read_text(text, strlen(text), false);
    assert_null(r.trouble);
    assert_int_equal(r.findings.items[0].site_count, 1);
    assert_int_equal(r.findings.items[0].sites[0].line, 54);
    assert_string_equal(r.findings.items[0].sites[0].act, "was made");
    release(&r);
}

static void odd_names_cost_no_report(void **state)
{
    (void)state;
    static const char text[] =
        "<?xml version=\"1.0\"?>\n<valgrindoutput><protocoltool>helgrind</protocoltool>"
        "<argv><exe>/lab/a\xff\x1b[31m\xc3\xa9</exe></argv>"
        "<error><kind>Race</kind><what>Possible data race during write of size 4 at 0x1 by thread "
        "#2</what>"
        "<stack><frame><obj>a</obj><fn>f\x01\xe2\x82</fn><dir>/lab</dir><file>\xc3\xa9.c</file>"
        "<line>7</line></frame></stack></error></valgrindoutput>";
    struct reading r = read_text(text, sizeof(text) - 1, false);
    assert_null(r.trouble);
    assert_int_equal(r.findings.count, 1);
    assert_string_equal(r.findings.items[0].sites[0].file, "/lab/\xc3\xa9.c");
    assert_string_equal(r.findings.items[0].sites[0].function, "f???");
    release(&r);
}

static void garbage_is_unreadable_whoever_ended_the_run(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "not XML at all", "<a><b></a>", "<error><what>x</what></oops>", "\x01\x02", "<a/><b/>",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct reading r = read_text(texts[i], strlen(texts[i]), true);
        assert_non_null(r.trouble);
        assert_non_null(strstr(r.trouble, "unreadable"));
        assert_false(r.proof.finished);
        release(&r);
    }
}

static void two_reports_in_one_file_are_unreadable(void **state)
{
    (void)state;
    size_t length = 0;
    char *one = testdata_read("drd-3.19-race.xml", &length);
    char *two = xasprintf("%s%s", one, one);
    struct reading r = read_text(two, 2 * length, false);
    assert_non_null(r.trouble);
    release(&r);
    free(two);
    free(one);
}

static void what_lies_behind_a_report_is_kept(void **state)
{
    (void)state;
    struct reading r = read_recorded("helgrind-3.19-heap-race.xml");
    const struct finding *race = &r.findings.items[0];
    assert_int_equal(race->times, 1000);
    assert_int_equal(race->background_count, 3);
    assert_int_equal(race->backgrounds[0].kind, THREAD_MADE);
    assert_string_equal(race->backgrounds[0].subject, race->sites[0].thread);
    assert_int_equal(race->backgrounds[2].kind, ALLOCATED);
    assert_string_equal(race->backgrounds[2].subject, "main");
    assert_true(race->backgrounds[2].stack.count > 0);
    assert_true(race->sites[0].stack.count > 1);
    assert_non_null(strstr(race->raw, " was created\n   at 0x"));
    assert_non_null(strstr(race->raw, "\nPossible data race during read of size 8 at 0x"));
    assert_non_null(strstr(race->raw, ": let_go (plain_refcount.c:42)\n   by 0x"));
    assert_non_null(strstr(race->raw, "\n\nThis conflicts with a previous write of size 8"));
    release(&r);
    r = read_recorded("helgrind-3.19-lock-order.xml");
    const struct finding *order = &r.findings.items[0];
    assert_int_equal(order->background_count, 3);
    assert_int_equal(order->backgrounds[1].kind, LOCK_SEEN);
    /* The XML has an address of the tool's own here, and the locks in the headline's order. */
    assert_string_equal(order->backgrounds[1].subject, "0x404058");
    assert_string_equal(order->backgrounds[2].subject, "0x404080");
    release(&r);
    r = read_recorded("drd-3.19-misuse.xml");
    assert_int_equal(r.findings.items[0].backgrounds[0].kind, LOCK_SEEN);
    assert_string_equal(r.findings.items[0].backgrounds[0].subject, "0x404050");
    release(&r);
    r = read_recorded("drd-3.19-heap-race.xml");
    assert_int_equal(r.findings.items[0].backgrounds[0].kind, ALLOCATED);
    release(&r);
}

static void the_element_tells_what_a_stack_is(void **state)
{
    (void)state;
    static const char text[] =
        "<valgrindoutput><error><kind>ConflictingAccess</kind><what>Conflicting load by thread 3 "
        "at "
        "0x1 size "
        "4</what><stack><frame><dir>/lab</dir><file>a.c</file><line>3</line></frame></stack>"
        "<other_segment_start><stack><frame><fn>f</fn></frame></stack></other_segment_start>"
        "<other_segment_end></other_segment_end></error></valgrindoutput>";
    struct reading r = read_text(text, strlen(text), false);
    assert_int_equal(r.findings.items[0].background_count, 1);
    assert_int_equal(r.findings.items[0].backgrounds[0].kind, OTHER_STACK);
    assert_string_equal(r.findings.items[0].backgrounds[0].text, "Other segment start");
    release(&r);
}

static void a_thread_goes_by_its_name(void **state)
{
    (void)state;
    static const char text[] =
        "<valgrindoutput><announcethread><hthreadid>3</hthreadid><stack><frame><dir>/lab</dir>"
        "<file>a.c</file><line>54</line></frame></stack></announcethread><error><unique>0x1</"
        "unique>"
        "<tid>2</tid><threadname>payer</threadname><kind>Race</kind><xwhat><text>Possible data "
        "race "
        "during write of size 4 at 0x1 by thread #3</text></xwhat><stack><frame><dir>/lab</dir>"
        "<file>a.c</file><line>3</line></frame></stack></error></valgrindoutput>";
    struct reading r = read_text(text, strlen(text), false);
    assert_string_equal(r.findings.items[0].sites[0].thread, "thread 3 'payer'");
    assert_string_equal(r.findings.items[0].backgrounds[0].subject, "thread 3 'payer'");
    release(&r);
}

static void hostile_nesting_is_survived(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<a><announcethread><hthreadid>5</hthreadid><error><what>Thread #1029: x by thread "
        "#5</what>"
        "<threadname>n</threadname><stack><frame><fn>f</fn></frame></stack></error>"
        "<hthreadid>1029</hthreadid><stack><frame><fn>f</fn></frame></stack></announcethread></a>",
        "<a><error><error><what/></error><stack/></error><frame><frame/></frame></a>",
        "<a><error><first_observed_at><address>0x1</address><first_observed_at><what>"
        "<stack/></what></first_observed_at><stack><frame/></stack></first_observed_at></error></"
        "a>",
        "<a><errorcounts><pair><count>9</count><unique>0x0</unique></pair></errorcounts></a>",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct reading r = read_text(texts[i], strlen(texts[i]), false);
        assert_null(r.trouble);
        release(&r);
    }
}

static void fifty_megabytes_are_read_whole(void **state)
{
    (void)state;
    size_t length = 0;
    char *text = testdata_read("helgrind-3.19-race.xml", &length);
    const char *begin = strstr(text, "<error>");
    const char *end = strstr(text, "</error>") + strlen("</error>");
    size_t error_length = (size_t)(end - begin);
    size_t copies = ((size_t)50 << 20) / error_length + 1;
    size_t head = (size_t)(begin - text);
    char *big = xcalloc(length + copies * error_length, 1);
    memcpy(big, text, head);
    for (size_t i = 0; i < copies; i++)
        memcpy(big + head + i * error_length, begin, error_length);
    memcpy(big + head + copies * error_length, end, length - (size_t)(end - text));
    size_t big_length = length + (copies - 1) * error_length;
    struct reading r = read_text(big, big_length, false);
    assert_null(r.trouble);
    assert_true(r.proof.finished);
    assert_int_equal(r.findings.count, copies + 1);
    release(&r);
    free(big);
    free(text);
}

static void a_headline_is_one_line_and_a_line_a_positive_number(void **state)
{
    (void)state;
    static const char *const lines[] = {"-5", "0", "2147483648", "9999999999999999999999"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        char *text = xasprintf("<valgrindoutput><error><kind>MutexErr</kind><what>one\ntwo</what>"
                               "<stack><frame><fn>f</fn><dir>/lab</dir><file>x.c</file>"
                               "<line>%s</line></frame></stack></error></valgrindoutput>",
                               lines[i]);
        struct findings findings = {0};
        struct valgrind_proof proof = {0};
        char *trouble = valgrind_read_xml(text, strlen(text), false, NULL, NULL, &findings, &proof);
        assert_null(trouble);
        assert_int_equal(findings.count, 1);
        assert_string_equal(findings.items[0].message, "one two");
        assert_int_equal(findings.items[0].site_count, 1);
        assert_int_equal(findings.items[0].sites[0].line, 0);
        assert_int_equal(findings.items[0].sites[0].stack.frames[0].line, 0);
        findings_release(&findings);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(helgrind_names_both_sides_of_a_race),
        cmocka_unit_test(helgrind_lock_order_has_three_acquisitions),
        cmocka_unit_test(misuse_counts_its_own_stack_alone),
        cmocka_unit_test(drd_may_name_one_side),
        cmocka_unit_test(drd_keeps_no_lock_order),
        cmocka_unit_test(a_cut_is_trouble_unless_the_run_was_ended),
        cmocka_unit_test(only_frames_of_the_program_are_sites),
        cmocka_unit_test(the_first_thread_is_called_main),
        cmocka_unit_test(the_stack_comes_after_the_error_code),
        cmocka_unit_test(a_thread_that_ended_with_a_lock_stands_where_it_was_made),
        cmocka_unit_test(odd_names_cost_no_report),
        cmocka_unit_test(garbage_is_unreadable_whoever_ended_the_run),
        cmocka_unit_test(two_reports_in_one_file_are_unreadable),
        cmocka_unit_test(what_lies_behind_a_report_is_kept),
        cmocka_unit_test(the_element_tells_what_a_stack_is),
        cmocka_unit_test(a_thread_goes_by_its_name),
        cmocka_unit_test(hostile_nesting_is_survived),
        cmocka_unit_test(fifty_megabytes_are_read_whole),
        cmocka_unit_test(a_headline_is_one_line_and_a_line_a_positive_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
