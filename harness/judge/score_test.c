#include "judge/judge.h"
#include "judge/score.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The outcome of one cell whose twins were reported on these lines (0: not at all). */
static struct outcome outcome_of(const char *detector, const char *source, enum defect defect,
                                 int buggy, int fixed)
{
    struct pair pair = {0};
    struct complaints complaints = {0};
    struct cell cell = {.pair = &pair, .detector = detector_find(detector), .judged = true};
    struct report reports[2];
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        annotations_read("x.c", source, strlen(source), detector_names(), &pair.twin[p].annotations,
                         &complaints);
        struct report *report = &cell.twin[p].report;
        report->concurrent = true;
        int line = p == BUGGY ? buggy : fixed;
        if (line > 0)
            finding_add_site(findings_add(&report->findings, defect))->line = line;
        reports[p] = *report;
    }
    assert_int_equal(complaints.count, 0);
    cell_verdict_init(&cell.verdict);
    judge_cell(&pair, cell.detector, reports, &cell.verdict);
    struct outcome outcome = judge_outcome(&cell);
    cell_verdict_release(&cell.verdict);
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        report_release(&cell.twin[p].report);
        annotations_release(&pair.twin[p].annotations);
    }
    return outcome;
}

static void expect(struct outcome outcome, bool reported, bool exact, bool chance, bool flagged)
{
    assert_true(outcome.judged);
    assert_int_equal(outcome.reported, reported);
    assert_int_equal(outcome.exact, exact);
    assert_int_equal(outcome.chance, chance);
    assert_int_equal(outcome.flagged, flagged);
}

#define RACE "a; /* bug: race(v) */\nb;\n"

static void a_bug_is_found_on_its_lines_alone(void **state)
{
    (void)state;
    expect(outcome_of("drd", RACE, DEFECT_RACE, 1, 0), true, true, false, false);
    expect(outcome_of("drd", RACE, DEFECT_RACE, 2, 0), true, false, false, false);
    expect(outcome_of("drd", RACE, DEFECT_MISUSE, 1, 0), true, false, false, false);
    expect(outcome_of("drd", RACE, DEFECT_RACE, 0, 0), false, false, false, false);
    expect(outcome_of("drd", RACE, DEFECT_RACE, 0, 1), false, false, false, true);
}

static void how_a_run_ends_is_the_watchdogs_finding(void **state)
{
    (void)state;
    static const char hang[] = "a; /* bug: hang(v) */\n";
    expect(outcome_of("drd", hang, DEFECT_HANG, 1, 0), false, false, false, false);
    expect(outcome_of("watchdog", hang, DEFECT_HANG, 1, 0), true, true, false, false);
}

static void what_shows_by_chance_is_not_found(void **state)
{
    (void)state;
    static const char source[] = "a; /* bug: wrong-result(v); watchdog rate: by chance */\n";
    expect(outcome_of("watchdog", source, DEFECT_WRONG_RESULT, 1, 0), false, false, true, false);
    expect(outcome_of("watchdog", source, DEFECT_WRONG_RESULT, 0, 0), false, false, true, false);
}

static void a_declared_alarm_is_a_flag(void **state)
{
    (void)state;
    static const char source[] = "a; /* bug: race(v) */ /* alarm: race(v) by drd: why */\n";
    expect(outcome_of("drd", source, DEFECT_RACE, 1, 1), true, true, false, true);
}

static void counts_are_by_family_and_over_all_detectors(void **state)
{
    (void)state;
    struct score score = {0};
    size_t tsan = score_add_column(&score, "tsan", "14.0.6");
    size_t newer = score_add_column(&score, "tsan", "19.1.7");
    assert_int_equal(score_add_column(&score, "tsan", "14.0.6"), SIZE_MAX);
    const struct outcome found = {.judged = true, .reported = true, .exact = true};
    const struct outcome off = {.judged = true, .reported = true, .flagged = true};
    const struct outcome silent = {.judged = true};
    const struct outcome chance = {.judged = true, .chance = true};
    score_add(&score, tsan, "race/a", "race", found);
    score_add(&score, tsan, "race/b", "race", off);
    score_add(&score, tsan, "order/c", "order", silent);
    score_add(&score, newer, "race/a", "race", chance);
    score_add(&score, newer, "order/c", "order", (struct outcome){0});

    struct score_cell race = score_count(&score, "race", tsan);
    assert_int_equal(race.pairs, 2);
    assert_int_equal(race.reported, 2);
    assert_int_equal(race.exact, 1);
    assert_int_equal(race.flagged, 1);
    struct score_cell all = score_count(&score, NULL, newer);
    assert_int_equal(all.pairs, 1); /* race/b was not run, order/c not judged */
    assert_int_equal(all.chance, 1);
    struct score_cell any = score_count(&score, NULL, ANY_DETECTOR);
    assert_int_equal(any.pairs, 3);
    assert_int_equal(any.exact, 1);
    assert_int_equal(any.chance, 0); /* another detector finds it in every run */
    const char **families = score_families(&score);
    assert_string_equal(families[0], "race");
    assert_string_equal(families[1], "order");
    assert_null(families[2]);
    free(families);
    score_release(&score);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bug_is_found_on_its_lines_alone),
        cmocka_unit_test(how_a_run_ends_is_the_watchdogs_finding),
        cmocka_unit_test(what_shows_by_chance_is_not_found),
        cmocka_unit_test(a_declared_alarm_is_a_flag),
        cmocka_unit_test(counts_are_by_family_and_over_all_detectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
