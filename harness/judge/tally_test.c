#include "judge/judge.h"
#include "judge/tally.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One pair under one detector; each run is filled by the test and then counted. */
struct fixture {
    struct pair pair;
    struct complaints complaints;
    struct matrix matrix;
    struct tally tally;
};

static void setup(struct fixture *f, const char *detector, const char *source)
{
    *f = (struct fixture){0};
    for (enum polarity p = BUGGY; p <= FIXED; p++)
        annotations_read("x.c", source, strlen(source), detector_names(),
                         &f->pair.twin[p].annotations, &f->complaints);
    assert_int_equal(f->complaints.count, 0);
    const struct pair *pair = &f->pair;
    const struct detector *column = detector_find(detector);
    matrix_make(&f->matrix, &pair, 1, &column, 1);
    tally_init(&f->tally, &f->matrix);
}

/* One run in which each twin was reported on its line (0: not at all). */
static void run(struct fixture *f, const char *version, int buggy, int fixed)
{
    struct cell *cell = &f->matrix.cells[0];
    struct report reports[2];
    cell_verdict_release(&cell->verdict);
    cell_verdict_init(&cell->verdict);
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        struct report *report = &cell->twin[p].report;
        report_release(report);
        report->version = xstrdup(version);
        report->concurrent = true;
        int line = p == BUGGY ? buggy : fixed;
        if (line > 0) {
            struct site *site = finding_add_site(findings_add(&report->findings, DEFECT_RACE));
            site->file = xstrdup("/race/x.c");
            site->line = line;
        }
        reports[p] = *report;
    }
    judge_cell(cell->pair, cell->detector, reports, &cell->verdict);
    cell->judged = true;
    tally_add(&f->tally, &f->matrix);
}

static void teardown(struct fixture *f)
{
    tally_release(&f->tally);
    matrix_release(&f->matrix);
    for (enum polarity p = BUGGY; p <= FIXED; p++)
        annotations_release(&f->pair.twin[p].annotations);
    complaints_release(&f->complaints);
}

static void a_missed_run_is_counted_with_its_reason(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, "drd", "a; /* bug: race(v) */\n");
    run(&f, "3.19.0", 1, 0);
    run(&f, "3.19.0", 0, 0);
    run(&f, "3.19.0", 1, 0);
    const struct cell_tally *cell = &f.tally.cells[0];
    assert_int_equal(cell->runs, 3);
    assert_int_equal(cell->wrong, 1);
    assert_int_equal(cell->flagged, 0);
    assert_int_equal(cell->promise_count, 1);
    assert_int_equal(cell->promises[0].expectation, EXPECT_ALWAYS);
    assert_int_equal(cell->promises[0].reported, 2);
    assert_string_equal(cell->fault, "buggy: race(v) was not reported on its line 1");
    assert_string_equal(cell->version, "3.19.0");
    teardown(&f);
}

static void one_flagged_fixed_program_is_wrong(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, "drd", "a; /* bug: race(v) */\n");
    run(&f, "3.19.0", 1, 0);
    run(&f, "3.19.0", 1, 1);
    assert_int_equal(f.tally.cells[0].wrong, 1);
    assert_int_equal(f.tally.cells[0].flagged, 1);
    assert_int_equal(tally_wrong(&f.tally), 1);
    assert_int_equal(tally_runs(&f.tally), 2);
    teardown(&f);
}

static void a_declared_alarm_is_no_flag_and_is_expected(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, "drd", "a; /* bug: race(v) */ /* alarm: race(v) by drd: it does not know why */\n");
    run(&f, "3.19.0", 1, 1);
    const struct cell_tally *cell = &f.tally.cells[0];
    assert_int_equal(cell->wrong, 0);
    assert_int_equal(cell->flagged, 0);
    assert_int_equal(cell->promise_count, 2);
    assert_int_equal(cell->promises[1].promise->kind, PROMISE_ALARM);
    assert_int_equal(cell->promises[1].expectation, EXPECT_ALWAYS);
    assert_int_equal(cell->promises[1].reported, 1);
    teardown(&f);
}

static void what_is_expected_follows_the_exceptions(void **state)
{
    (void)state;
    static const struct {
        const char *exception;
        const char *version;
        enum expectation expectation;
    } cases[] = {
        {"", "3.19.0", EXPECT_ALWAYS},
        {"; drd blind: why", "3.19.0", EXPECT_NEVER},
        {"; drd rate: why", "3.19.0", EXPECT_BY_CHANCE},
        {"; drd<3.22 blind: why", "3.19.0", EXPECT_NEVER},
        {"; drd<3.22 blind: why", "3.22.0", EXPECT_ALWAYS},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct fixture f;
        char *source =
            xasprintf("a; /* bug: race(v)%s */ /* bug: hang(v) */\n", cases[i].exception);
        setup(&f, "drd", source);
        run(&f, cases[i].version, 0, 0);
        assert_int_equal(f.tally.cells[0].promises[0].expectation, cases[i].expectation);
        assert_int_equal(f.tally.cells[0].promises[1].expectation, EXPECT_NOTHING);
        teardown(&f);
        free(source);
    }
}

static void what_was_skipped_or_not_judged_is_no_run(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, "drd", "a; /* bug: race(v) */\n");
    tally_add(&f.tally, &f.matrix);
    assert_int_equal(f.tally.cells[0].runs, 0);
    cell_verdict_add(&f.matrix.cells[0].verdict, VERDICT_SKIPPED, xstrdup("not installed"));
    f.matrix.cells[0].judged = true;
    tally_add(&f.tally, &f.matrix);
    assert_int_equal(f.tally.cells[0].runs, 0);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missed_run_is_counted_with_its_reason),
        cmocka_unit_test(one_flagged_fixed_program_is_wrong),
        cmocka_unit_test(a_declared_alarm_is_no_flag_and_is_expected),
        cmocka_unit_test(what_is_expected_follows_the_exceptions),
        cmocka_unit_test(what_was_skipped_or_not_judged_is_no_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
