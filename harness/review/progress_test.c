#include "review/progress_fixture.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void use_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static struct progress make(const struct records *records)
{
    struct progress progress;
    progress_make(made_corpus(), records->items, records->count, &progress);
    return progress;
}

static enum standing standing_of(const struct records *records, const char *id)
{
    struct progress progress = make(records);
    enum standing standing = STANDING_NEW;
    for (size_t i = 0; i < progress.pair_count; i++) {
        if (strcmp(progress.pairs[i].pair->id, id) == 0)
            standing = progress.pairs[i].standing;
    }
    progress_release(&progress);
    return standing;
}

static void the_last_round_with_a_bug_decides(void **state)
{
    (void)state;
    struct records records = {0};
    const char *id = "race/counter";
    assert_int_equal(standing_of(&records, id), STANDING_NEW);
    add_guilty(&records, "race/torn", 100);
    assert_int_equal(standing_of(&records, id), STANDING_NEW);
    add_innocent(&records, id, true);
    assert_int_equal(standing_of(&records, id), STANDING_MET);
    add_guilty(&records, id, 0);
    assert_int_equal(standing_of(&records, id), STANDING_TRIED);
    add_guilty(&records, id, 90);
    assert_int_equal(standing_of(&records, id), STANDING_MENDED);
    add_innocent(&records, id, false); /* of which its bug is not the matter */
    assert_int_equal(standing_of(&records, id), STANDING_MENDED);
    add_guilty(&records, id, 60);
    assert_int_equal(standing_of(&records, id), STANDING_TRIED);
    records_release(&records);
}

static void mended_is_verdict_class_and_patch(void **state)
{
    (void)state;
    for (int what = 0; what < 6; what++) {
        struct records records = {0};
        add_guilty(&records, "race/counter", 100);
        struct marks *marks = &records.items[0].marks;
        bool mended = true;
        switch (what) {
        case 0:
            marks->class_right = false;
            mended = false;
            break;
        case 1:
            marks->patch_right = false;
            mended = false;
            break;
        case 2: /* no patch was offered, half of the lines found */
            marks->patch_asked = marks->patch_right = false;
            break;
        case 3:
            marks->patch_asked = marks->patch_right = false;
            marks->hit = 1;
            mended = false;
            break;
        case 4: /* lines do not matter where the patch is picked */
            marks->hit = 0;
            break;
        default:
            marks->verdict_right = false;
            mended = false;
            break;
        }
        assert_int_equal(standing_of(&records, "race/counter"),
                         mended ? STANDING_MENDED : STANDING_TRIED);
        records_release(&records);
    }
}

static void sums_are_of_what_was_asked(void **state)
{
    (void)state;
    struct records records = {0};
    add_guilty(&records, "race/counter", 90);
    add_guilty(&records, "race/gone", 60); /* a pair that the corpus has no more */
    add_guilty(&records, "race/counter", 0);
    add_innocent(&records, "race/counter", true);
    add_innocent(&records, "race/torn", false);
    add_innocent(&records, "waiting/wakeup", true);
    records.items[1].hints = 2;
    struct progress progress = make(&records);
    assert_int_equal(progress.family_count, 2);
    assert_string_equal(progress.families[0].family, "race");
    assert_string_equal(progress.families[1].family, "waiting");
    const struct round_sum *race = &progress.families[0].sum;
    assert_int_equal(race->rounds, 5);
    assert_int_equal(race->guilty, 3);
    assert_int_equal(race->found, 2);
    assert_int_equal(race->innocent, 2);
    assert_int_equal(race->accepted, 1);
    assert_int_equal(race->classes, 2);
    assert_int_equal(race->patches_asked, 3);
    assert_int_equal(race->patches, 1);
    assert_int_equal(race->hints, 2);
    assert_int_equal(round_sum_points(race), 50);
    assert_int_equal(round_sum_precision(race), 67); /* 4 of 6 */
    assert_int_equal(round_sum_recall(race), 33);    /* 4 of 12: one round was not even looked at */
    assert_int_equal(race->ms, 10000 + 20000 + 30000 + 40000 + 50000);
    assert_int_equal(race->median_ms, 30000);
    assert_int_equal(race->trend, TREND_UNKNOWN);
    assert_int_equal(progress.all.rounds, 6);
    assert_int_equal(progress.all.points, 350);
    assert_int_equal(progress.all.median_ms, 30000);
    assert_int_equal(progress.families[1].sum.guilty, 0);
    assert_int_equal(round_sum_recall(&progress.families[1].sum), 0);
    progress_release(&progress);
    records_release(&records);
}

static void a_family_is_told_by_its_whole_name(void **state)
{
    (void)state;
    struct records records = {0};
    add_guilty(&records, "races/far", 90);
    add_guilty(&records, "race/counter", 50);
    add_guilty(&records, "races/away", 90);
    struct progress progress = make(&records);
    assert_int_equal(progress.family_count, 2);
    assert_string_equal(progress.families[0].family, "race");
    assert_int_equal(progress.families[0].sum.rounds, 1);
    assert_int_equal(progress.families[1].sum.rounds, 2);
    progress_release(&progress);
    records_release(&records);
}

static void strength_needs_rounds_and_is_of_late(void **state)
{
    (void)state;
    struct records records = {0};
    add_guilty(&records, "race/counter", 0);
    add_guilty(&records, "race/counter", 0);
    struct progress progress = make(&records);
    assert_int_equal(round_sum_strength(&progress.families[0].sum, FAMILY_ROUNDS),
                     STRENGTH_UNKNOWN);
    assert_int_equal(round_sum_strength(&progress.families[0].sum, 1), STRENGTH_WEAK);
    progress_release(&progress);
    static const struct {
        unsigned points;
        enum strength strength;
    } steps[] = {
        {59, STRENGTH_WEAK}, {60, STRENGTH_FAIR}, {79, STRENGTH_FAIR}, {80, STRENGTH_STRONG}};
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        for (int k = 0; k < 2 * TREND_ROUNDS; k++)
            add_guilty(&records, "race/counter", steps[i].points);
        progress = make(&records);
        assert_int_equal(round_sum_strength(&progress.families[0].sum, FAMILY_ROUNDS),
                         steps[i].strength);
        progress_release(&progress);
    }
    struct round_sum nothing = {0};
    assert_int_equal(round_sum_strength(&nothing, 0), STRENGTH_UNKNOWN);
    records_release(&records);
}

static void a_trend_is_of_the_last_rounds_and_those_before(void **state)
{
    (void)state;
    static const struct {
        unsigned before, recent;
        enum trend trend;
    } cases[] = {
        {50, 60, TREND_UP}, {50, 59, TREND_LEVEL}, {50, 40, TREND_DOWN}, {50, 41, TREND_LEVEL}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct records records = {0};
        for (int k = 0; k < TREND_ROUNDS; k++)
            add_guilty(&records, "race/counter", cases[i].before);
        for (int k = 0; k < TREND_ROUNDS; k++) {
            struct progress early = make(&records);
            assert_int_equal(early.all.trend, TREND_UNKNOWN);
            progress_release(&early);
            add_guilty(&records, "race/counter", cases[i].recent);
        }
        struct progress progress = make(&records);
        assert_int_equal(progress.all.trend, cases[i].trend);
        assert_int_equal(progress.all.before, cases[i].before);
        assert_int_equal(progress.all.recent, cases[i].recent);
        progress_release(&progress);
        records_release(&records);
    }
}

static void days_are_of_the_local_time(void **state)
{
    (void)state;
    struct records records = {0};
    add_innocent(&records, "race/torn", true);
    add_innocent(&records, "race/torn", true);
    records.items[1].at = records.items[0].at + INT64_C(6) * 3600;
    use_zone("UTC");
    struct progress progress = make(&records);
    assert_int_equal(progress.day_count, 1);
    assert_string_equal(progress.days[0].date, "2026-11-01");
    assert_int_equal(progress.days[0].sum.rounds, 2);
    progress_release(&progress);
    use_zone("UTC-8"); /* eight hours east: 20:00, and two o'clock of the next day */
    progress = make(&records);
    assert_int_equal(progress.day_count, 2);
    assert_string_equal(progress.days[1].date, "2026-11-02");
    progress_release(&progress);
    /* A date that no calendar has. */
    records.items[1].at = INT64_MAX;
    progress = make(&records);
    assert_string_equal(progress.days[1].date, "");
    progress_release(&progress);
    use_zone("UTC");
    records_release(&records);
}

static void expect_next(const struct records *records, const char *ids)
{
    struct progress progress = make(records);
    char *got = xstrdup("");
    for (size_t i = 0; i < progress.next_count; i++) {
        char *longer = xasprintf("%s%s ", got, progress.next[i]->id);
        free(got);
        got = longer;
    }
    assert_string_equal(got, ids);
    free(got);
    progress_release(&progress);
}

static void next_come_weak_families_then_stations(void **state)
{
    (void)state;
    struct records records = {0};
    expect_next(&records, "race/counter race/torn waiting/wakeup executor/pool deadlock/cycle ");
    /* Never-seen first, then what was not all right, then what was innocent alone. */
    add_innocent(&records, "race/counter", true);
    expect_next(&records, "race/torn race/counter waiting/wakeup executor/pool deadlock/cycle ");
    add_guilty(&records, "race/torn", 70);
    expect_next(&records, "race/torn race/counter waiting/wakeup executor/pool deadlock/cycle ");
    add_guilty(&records, "race/torn", 90);
    expect_next(&records, "race/counter waiting/wakeup executor/pool deadlock/cycle ");
    /* Weak from three rounds on, the weakest first. */
    add_guilty(&records, "deadlock/cycle", 0);
    add_guilty(&records, "deadlock/cycle", 0);
    expect_next(&records, "race/counter waiting/wakeup executor/pool deadlock/cycle ");
    add_guilty(&records, "deadlock/cycle", 30);
    expect_next(&records, "deadlock/cycle race/counter waiting/wakeup executor/pool ");
    for (int i = 0; i < 3; i++)
        add_guilty(&records, "executor/pool", 20);
    expect_next(&records, "deadlock/cycle executor/pool race/counter waiting/wakeup ");
    for (int i = 0; i < 3; i++)
        add_guilty(&records, "deadlock/cycle", 50);
    expect_next(&records, "executor/pool deadlock/cycle race/counter waiting/wakeup ");
    records_release(&records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_round_with_a_bug_decides),
        cmocka_unit_test(mended_is_verdict_class_and_patch),
        cmocka_unit_test(sums_are_of_what_was_asked),
        cmocka_unit_test(a_family_is_told_by_its_whole_name),
        cmocka_unit_test(strength_needs_rounds_and_is_of_late),
        cmocka_unit_test(a_trend_is_of_the_last_rounds_and_those_before),
        cmocka_unit_test(days_are_of_the_local_time),
        cmocka_unit_test(next_come_weak_families_then_stations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
