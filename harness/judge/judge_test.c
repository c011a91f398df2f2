#include "judge/judge.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One pair that makes these promises, and a run of each twin that tests fill with findings. */
struct fixture {
    struct pair pair;
    struct complaints complaints;
    struct report reports[2];
    struct cell_verdict cell;
};

static void setup(struct fixture *f, const char *source)
{
    *f = (struct fixture){0};
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        annotations_read("x.c", source, strlen(source), detector_names(),
                         &f->pair.twin[p].annotations, &f->complaints);
        f->reports[p].concurrent = true;
    }
    assert_int_equal(f->complaints.count, 0);
}

static void add(struct fixture *f, enum polarity polarity, enum defect defect, int first,
                int second)
{
    struct finding *finding = findings_add(&f->reports[polarity].findings, defect);
    finding->message = xstrdup("said");
    for (int i = 0; i < 2; i++) {
        int line = i == 0 ? first : second;
        if (line == 0)
            continue;
        struct site *site = finding_add_site(finding);
        site->file = xstrdup("/race/x.c");
        site->line = line;
    }
}

/* Judges, and checks the verdict and that a remark holds each of the texts (NULL: none asked). */
static void expect(struct fixture *f, const char *detector, enum verdict verdict, const char *text)
{
    cell_verdict_init(&f->cell);
    judge_cell(&f->pair, detector_find(detector), f->reports, &f->cell);
    bool found = text == NULL;
    for (size_t i = 0; i < f->cell.remark_count; i++)
        found = found || strstr(f->cell.remarks[i].text, text);
    if (f->cell.verdict != verdict || !found) {
        for (size_t i = 0; i < f->cell.remark_count; i++)
            print_message("%s: %s\n", verdict_word(f->cell.remarks[i].verdict),
                          f->cell.remarks[i].text);
        fail_msg("%s: verdict is %s, wanted %s with `%s`", detector, verdict_word(f->cell.verdict),
                 verdict_word(verdict), text ? text : "");
    }
    cell_verdict_release(&f->cell);
}

static void teardown(struct fixture *f)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        annotations_release(&f->pair.twin[p].annotations);
        report_release(&f->reports[p]);
    }
    complaints_release(&f->complaints);
}

#define RACE "\n\na; /* bug: race(v) */\n\nb; /* bug: race(v) */\n" /* lines 3 and 5 */

static void a_bug_on_its_lines_is_kept(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, RACE);
    add(&f, BUGGY, DEFECT_RACE, 3, 5);
    expect(&f, "tsan", VERDICT_KEPT, NULL);
    expect(&f, "helgrind", VERDICT_KEPT, NULL);
    teardown(&f);
    setup(&f, RACE);
    add(&f, BUGGY, DEFECT_RACE, 5, 0); /* one-sided */
    expect(&f, "drd", VERDICT_KEPT, NULL);
    teardown(&f);
}

static void a_site_off_the_lines_is_not_the_bug(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, RACE);
    add(&f, BUGGY, DEFECT_RACE, 3, 4);
    expect(&f, "tsan", VERDICT_UNEXPECTED, "no annotation explains every line");
    expect(&f, "tsan", VERDICT_UNEXPECTED, "race(v) was not reported on its lines 3, 5");
    teardown(&f);
}

static void another_defect_on_the_line_is_not_the_bug(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, RACE);
    add(&f, BUGGY, DEFECT_MISUSE, 3, 0);
    expect(&f, "tsan", VERDICT_UNEXPECTED, "was not reported");
    teardown(&f);
}

static void a_report_without_own_sites_is_not_the_bug(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, RACE);
    add(&f, BUGGY, DEFECT_RACE, 0, 0);
    expect(&f, "tsan", VERDICT_UNEXPECTED, "no site of it");
    teardown(&f);
}

static void silence_misses_a_promise(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, RACE);
    expect(&f, "tsan", VERDICT_MISSED, "lines 3, 5");
    /* What the detector cannot see at all was never promised to it. */
    expect(&f, "watchdog", VERDICT_BLIND, "a plain run");
    teardown(&f);
}

static void declared_blindness_holds_or_is_newly_seen(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, "a; /* bug: race(v); drd blind: the reason */");
    expect(&f, "drd", VERDICT_BLIND, "the reason");
    add(&f, BUGGY, DEFECT_RACE, 1, 0);
    expect(&f, "drd", VERDICT_NEWLY_SEEN, "declared blind (the reason)");
    expect(&f, "tsan", VERDICT_KEPT, NULL);
    teardown(&f);
}

static void an_exception_of_another_version_does_not_hold(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, "v; /* bug: race(v); drd<3.22 blind: why */\n"
              "w; /* alarm: race(w) by drd<3.22: because */");
    f.reports[BUGGY].version = xstrdup("3.19.0");
    f.reports[FIXED].version = xstrdup("3.19.0");
    add(&f, FIXED, DEFECT_RACE, 2, 0);
    expect(&f, "drd", VERDICT_BLIND, "race(v): why");
    for (enum polarity p = BUGGY; p <= FIXED; p++)
        memcpy(f.reports[p].version, "3.22.0", sizeof("3.22.0"));
    expect(&f, "drd", VERDICT_UNEXPECTED, "race(v) was not reported on its line 1");
    add(&f, BUGGY, DEFECT_RACE, 1, 0);
    findings_release(&f.reports[FIXED].findings);
    expect(&f, "drd", VERDICT_KEPT, NULL);
    teardown(&f);
}

static void a_rate_is_neither_demanded_nor_a_surprise(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, "a; /* bug: wrong-result(v); watchdog rate: by luck */");
    expect(&f, "watchdog", VERDICT_BLIND, "by chance only: by luck");
    add(&f, BUGGY, DEFECT_WRONG_RESULT, 1, 0);
    expect(&f, "watchdog", VERDICT_BLIND, "by chance only: by luck");
    teardown(&f);
}

static void one_bug_met_and_one_blind_is_kept_with_a_reason(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, "a; /* bug: race(v) */\nb; /* bug: misuse(m); tsan blind: unseen */");
    add(&f, BUGGY, DEFECT_RACE, 1, 1);
    expect(&f, "tsan", VERDICT_KEPT, "unseen");
    teardown(&f);
}

static void a_hang_is_promised_to_the_watchdog_and_explained_elsewhere(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, "a; /* bug: hang(q) */");
    expect(&f, "watchdog", VERDICT_MISSED, "line 1");
    add(&f, BUGGY, DEFECT_HANG, 0, 0);
    expect(&f, "watchdog", VERDICT_KEPT, NULL);
    expect(&f, "tsan", VERDICT_BLIND, "outside its model");
    teardown(&f);

    setup(&f, RACE);
    add(&f, BUGGY, DEFECT_RACE, 3, 3);
    add(&f, BUGGY, DEFECT_HANG, 0, 0);
    expect(&f, "tsan", VERDICT_UNEXPECTED, "no annotation promises it");
    teardown(&f);
}

static void a_fixed_program_must_be_silent_and_concurrent(void **state)
{
    (void)state;
    static const enum defect defects[] = {DEFECT_RACE, DEFECT_HANG, DEFECT_WRONG_RESULT,
                                          DEFECT_CRASH};
    for (size_t i = 0; i < sizeof(defects) / sizeof(*defects); i++) {
        struct fixture f;
        setup(&f, RACE);
        add(&f, BUGGY, DEFECT_RACE, 3, 5);
        add(&f, FIXED, defects[i], defects[i] == DEFECT_RACE ? 3 : 0, 0);
        expect(&f, "tsan", VERDICT_UNEXPECTED, "the fixed program must be silent");
        teardown(&f);
    }
    struct fixture f;
    setup(&f, RACE);
    add(&f, BUGGY, DEFECT_RACE, 3, 5);
    f.reports[FIXED].concurrent = false;
    expect(&f, "tsan", VERDICT_UNEXPECTED, "never made a second thread");
    teardown(&f);
}

#define ALARM                                                                                      \
    "a; /* bug: race(v) */\n"                                                                      \
    "b; /* alarm: race(p) by helgrind, drd: takes it for plain */"

static void an_alarm_is_demanded_in_the_fixed_program_only(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, ALARM);
    add(&f, BUGGY, DEFECT_RACE, 1, 1);
    expect(&f, "tsan", VERDICT_KEPT, NULL);
    expect(&f, "helgrind", VERDICT_NEWLY_SEEN, "no longer raised");
    add(&f, BUGGY, DEFECT_RACE, 2, 2);
    add(&f, FIXED, DEFECT_RACE, 2, 2);
    expect(&f, "helgrind", VERDICT_KEPT, "false alarm");
    /* The same report of a detector that the alarm does not name is a fault. */
    expect(&f, "tsan", VERDICT_UNEXPECTED, "the fixed program must be silent");
    teardown(&f);
}

static void a_run_that_proves_nothing_is_an_error(void **state)
{
    (void)state;
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        struct fixture f;
        setup(&f, RACE);
        add(&f, BUGGY, DEFECT_RACE, 3, 5);
        f.reports[p].trouble = xstrdup("it did not run");
        expect(&f, "tsan", VERDICT_ERROR, p == BUGGY ? "buggy: it did" : "fixed: it did");
        teardown(&f);
    }
}

/* Only this twin is there, as a change to some pair. */
static void stand_alone(struct fixture *f, enum polarity polarity, enum patch_kind patch)
{
    static const struct pair changed;
    f->pair.of = &changed;
    f->pair.patch = patch;
    f->pair.twin[polarity].path = (char *)"x.c";
    annotations_release(&f->pair.twin[!polarity].annotations);
    f->reports[!polarity] = (struct report){0};
}

static void a_wrong_patch_keeps_its_bug(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, RACE);
    stand_alone(&f, BUGGY, PATCH_MOVES);
    expect(&f, "tsan", VERDICT_MISSED, "was not reported on its lines 3, 5");
    add(&f, BUGGY, DEFECT_RACE, 3, 5);
    expect(&f, "tsan", VERDICT_KEPT, NULL);
    teardown(&f);
}

static void a_refactoring_is_silent(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, RACE);
    stand_alone(&f, FIXED, PATCH_NONE);
    expect(&f, "tsan", VERDICT_KEPT, NULL);
    expect(&f, "watchdog", VERDICT_KEPT, NULL);
    f.reports[FIXED].concurrent = false;
    expect(&f, "tsan", VERDICT_UNEXPECTED, "never made a second thread");
    f.reports[FIXED].concurrent = true;
    add(&f, FIXED, DEFECT_RACE, 3, 5);
    expect(&f, "tsan", VERDICT_UNEXPECTED, "the fixed program must be silent");
    teardown(&f);
}

#define SERIAL "\n\na; /* serial: v */\n"

static void a_serial_patch_is_silent(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, SERIAL);
    stand_alone(&f, BUGGY, PATCH_SERIAL);
    expect(&f, "tsan", VERDICT_KEPT, NULL);
    add(&f, BUGGY, DEFECT_RACE, 3, 0);
    expect(&f, "tsan", VERDICT_UNEXPECTED, NULL);
    teardown(&f);
}

static void expect_serial(struct fixture *f, size_t of_patch, size_t of_fixed, enum verdict verdict,
                          const char *text)
{
    const struct overlap_count patch = {of_patch, 300};
    const struct overlap_count fixed = {of_fixed, 200};
    cell_verdict_init(&f->cell);
    judge_serial(&f->pair, &patch, &fixed, &f->cell);
    cell_verdict_meet(&f->cell);
    assert_int_equal(f->cell.verdict, verdict);
    assert_int_equal(f->cell.remark_count, 1);
    assert_string_equal(f->cell.remarks[0].text, text);
    cell_verdict_release(&f->cell);
}

static void a_serial_patch_takes_concurrency_away(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, SERIAL);
    stand_alone(&f, BUGGY, PATCH_SERIAL);
    expect_serial(&f, 0, 7, VERDICT_KEPT,
                  "serial(v): work of two threads overlaps in 0 of 300 schedules, and of the fixed "
                  "twin in 7 of 200");
    expect_serial(
        &f, 1, 7, VERDICT_MISSED,
        "serial(v): it is not; work of two threads overlaps in 1 of 300 schedules, and of "
        "the fixed twin in 7 of 200");
    expect_serial(&f, 0, 0, VERDICT_MISSED,
                  "serial(v): so is the fixed twin; work of two threads overlaps in 0 of 300 "
                  "schedules, and of the fixed twin in 0 of 200");
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bug_on_its_lines_is_kept),
        cmocka_unit_test(a_site_off_the_lines_is_not_the_bug),
        cmocka_unit_test(another_defect_on_the_line_is_not_the_bug),
        cmocka_unit_test(a_report_without_own_sites_is_not_the_bug),
        cmocka_unit_test(silence_misses_a_promise),
        cmocka_unit_test(declared_blindness_holds_or_is_newly_seen),
        cmocka_unit_test(an_exception_of_another_version_does_not_hold),
        cmocka_unit_test(a_rate_is_neither_demanded_nor_a_surprise),
        cmocka_unit_test(one_bug_met_and_one_blind_is_kept_with_a_reason),
        cmocka_unit_test(a_hang_is_promised_to_the_watchdog_and_explained_elsewhere),
        cmocka_unit_test(a_fixed_program_must_be_silent_and_concurrent),
        cmocka_unit_test(an_alarm_is_demanded_in_the_fixed_program_only),
        cmocka_unit_test(a_run_that_proves_nothing_is_an_error),
        cmocka_unit_test(a_wrong_patch_keeps_its_bug),
        cmocka_unit_test(a_refactoring_is_silent),
        cmocka_unit_test(a_serial_patch_is_silent),
        cmocka_unit_test(a_serial_patch_takes_concurrency_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
