/* What comes of many findings: the same whatever their order, in an order of its own, and in time. */
#include "judge/made_inspection.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define GATE "/home/x/gate/gate.c"

static void misuse(struct inspection *inspection, const char *message)
{
    struct finding *finding = made_finding(inspection, "helgrind", DEFECT_MISUSE, "plan");
    finding->message = xstrdup(message);
    made_site(finding, NULL, NULL, GATE, 60, "sell");
}

/* What is said, each in a run of its own. Several fit more than one bug. */
static void say(struct inspection *inspection, int what)
{
    static const char *const detectors[] = {"tsan",     "helgrind", "drd",     "tsan",
                                            "helgrind", "watchdog", "tsan-gcc"};
    const char *detector = detectors[what];
    made_run(inspection, detector);
    switch (what) {
    case 0:
        made_race(inspection, detector, "visitors", 27, 30);
        made_race(inspection, detector, NULL, 27, 31);
        break;
    case 1:
        made_race(inspection, detector, "visitors", 30, 27)->times = 3;
        made_race(inspection, detector, "tickets", 30, 27);
        misuse(inspection, "Thread #2 unlocked a not-locked lock");
        break;
    case 2:
        made_race(inspection, detector, NULL, 27, 0);
        made_race(inspection, detector, "visitors+8", 31, 0);
        break;
    case 3:
        made_site(made_site(made_finding(inspection, detector, DEFECT_LOCK_ORDER, "left, right"),
                            "thread T1", "locks `left`", GATE, 42, "enter"),
                  "thread T1", "locks `right`", GATE, 43, "enter");
        break;
    case 4:
        made_site(made_finding(inspection, detector, DEFECT_LOCK_ORDER, NULL), "thread 3", "locks",
                  "gate.c", 43, "enter");
        misuse(inspection, "Thread #3 unlocked a not-locked lock");
        break;
    case 5:
        made_stuck(inspection, detector, "thread 2", FOR_MUTEX, "left.lock", 43);
        made_stuck(inspection, detector, "thread 3", FOR_MUTEX, "right.lock", 43);
        made_hang(inspection, detector, STUCK_DEADLOCK, "deadlock: both wait");
        break;
    default:
        made_race(inspection, detector, "visitors", 27, 30);
        made_finding(inspection, detector, DEFECT_CRASH, NULL)->message = xstrdup("crash: it ends");
        break;
    }
}
#define SAID 7

/* All that must not depend on the order of detectors and runs. */
static char *account(const struct inspection *inspection)
{
    static const char *const names[] = {"tsan", "tsan-gcc", "helgrind", "drd", "watchdog"};
    struct bugs bugs;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    made_merge(inspection, &bugs);
    for (size_t i = 0; i < bugs.count; i++) {
        const struct bug *bug = &bugs.items[i];
        fprintf(out, "%s|%s|%s|%s|%s|%s|%d\n", defect_word(bug->defect),
                bug->object ? bug->object : "", bug->sentence, bug->remedy,
                bug->lesson ? bug->lesson : "", bug->fingerprint, bug->explanation != NULL);
        for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++) {
            for (size_t d = 0; d < inspection->detector_count; d++) {
                const struct sighting *sighting = &bug->sightings[d];
                if (strcmp(inspection->detectors[d].name, names[n]) == 0)
                    fprintf(out, "  %s %zu %zu %s\n", names[n], sighting->runs, sighting->reports,
                            sighting->silent ? sighting->silent : "");
            }
        }
    }
    bugs_release(&bugs);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void expect_same_account(const int *order, const char *expected)
{
    struct inspection inspection;
    made_begin(&inspection);
    for (int i = 0; i < SAID; i++)
        say(&inspection, order[i]);
    char *got = account(&inspection);
    assert_string_equal(got, expected);
    free(got);
    inspection_release(&inspection);
}

/* All orders of the rest behind the first `fixed`. */
static size_t permute(int *order, int fixed, const char *expected)
{
    if (fixed == SAID) {
        expect_same_account(order, expected);
        return 1;
    }
    size_t count = 0;
    for (int i = fixed; i < SAID; i++) {
        int kept = order[fixed];
        order[fixed] = order[i];
        order[i] = kept;
        count += permute(order, fixed + 1, expected);
        order[i] = order[fixed];
        order[fixed] = kept;
    }
    return count;
}

static void the_order_of_detectors_and_runs_makes_no_difference(void **state)
{
    (void)state;
    struct inspection inspection;
    int order[SAID];
    made_begin(&inspection);
    for (int i = 0; i < SAID; i++) {
        say(&inspection, i);
        order[i] = i;
    }
    char *expected = account(&inspection);
    inspection_release(&inspection);
    /* The hang with both lock orders, the crash, visitors at 27 and 30, tickets, the race at 31,
     * the misuse. */
    size_t bugs = 0;
    for (const char *at = expected; *at; at = strchr(at, '\n') + 1)
        bugs += at[0] != ' ';
    assert_int_equal(bugs, 6);
    assert_int_equal(permute(order, 0, expected), 5040);
    free(expected);
}

static void what_is_certain_and_severe_comes_first(void **state)
{
    (void)state;
    static const enum defect last_to_first[] = {DEFECT_LEAK, DEFECT_LOCK_ORDER,   DEFECT_MISUSE,
                                                DEFECT_RACE, DEFECT_WRONG_RESULT, DEFECT_CRASH,
                                                DEFECT_HANG};
    struct inspection inspection;
    struct bugs bugs;
    made_begin(&inspection);
    for (int i = 0; i < DEFECT_COUNT; i++)
        made_site(made_finding(&inspection, "tsan", last_to_first[i], NULL), NULL, NULL, GATE,
                  i + 1, NULL);
    made_merge(&inspection, &bugs);
    assert_int_equal(bugs.count, DEFECT_COUNT);
    for (int i = 0; i < DEFECT_COUNT; i++)
        assert_int_equal(bugs.items[i].defect, last_to_first[DEFECT_COUNT - 1 - i]);
    made_end(&inspection, &bugs);
}

static void expect_lines(const struct bugs *bugs, const int *lines)
{
    for (size_t i = 0; i < bugs->count; i++)
        assert_int_equal(bugs->items[i].finding->sites[0].line, lines[i]);
}

static void what_more_saw_comes_first_and_one_object_stays_together(void **state)
{
    (void)state;
    struct inspection inspection;
    struct bugs bugs;
    made_begin(&inspection);
    made_race(&inspection, "tsan", "other", 9, 9)->times = 2;
    made_race(&inspection, "tsan", "tickets", 10, 10)->times = 9;
    made_race(&inspection, "tsan", "visitors", 20, 20);
    made_race(&inspection, "tsan", "visitors", 21, 21)->times = 2;
    made_race(&inspection, "tsan", "visitors", 22, 22);
    made_race(&inspection, "drd", "visitors", 22, 0);
    made_race(&inspection, "tsan", NULL, 31, 31)->times = 5;
    made_race(&inspection, "tsan", NULL, 30, 30)->times = 5;
    made_race(&inspection, "tsan", NULL, 32, 32);
    made_merge(&inspection, &bugs);
    assert_int_equal(bugs.count, 8);
    expect_lines(&bugs, (int[]){22, 21, 20, 10, 30, 31, 9, 32});
    made_end(&inspection, &bugs);
}

static void sightings_count_runs_and_reports(void **state)
{
    (void)state;
    struct inspection inspection;
    struct bugs bugs;
    made_begin(&inspection);
    made_run(&inspection, "tsan");
    for (int run = 0; run < 2; run++) {
        made_run(&inspection, "tsan");
        made_race(&inspection, "tsan", "visitors", 27, 30)->times = 3;
        made_race(&inspection, "tsan", "visitors", 30, 27);
    }
    made_run(&inspection, "helgrind");
    made_merge(&inspection, &bugs);
    assert_int_equal(bugs.count, 1);
    assert_int_equal(bugs.items[0].sightings[0].runs, 2);
    assert_int_equal(bugs.items[0].sightings[0].reports, 8);
    assert_ptr_equal(bugs.items[0].sightings[0].first,
                     &inspection.detectors[0].runs[1].report.findings.items[0]);
    assert_null(bugs.items[0].sightings[0].silent);
    assert_int_equal(bugs.items[0].sightings[1].runs, 0);
    assert_null(bugs.items[0].sightings[1].first);
    assert_non_null(bugs.items[0].sightings[1].silent);
    made_end(&inspection, &bugs);
}

static void the_finding_that_tells_most_speaks_for_all(void **state)
{
    (void)state;
    struct inspection inspection;
    struct bugs bugs;
    made_begin(&inspection);
    made_race(&inspection, "drd", "visitors", 27, 0)->times = 100;
    made_race(&inspection, "helgrind", "visitors", 27, 30);
    struct finding *best = made_race(&inspection, "tsan", "visitors", 27, 30);
    best->sites[0].locks_held = 0;
    made_run(&inspection, "tsan");
    made_race(&inspection, "tsan", "visitors", 27, 30);
    made_merge(&inspection, &bugs);
    assert_int_equal(bugs.count, 1);
    assert_ptr_equal(bugs.items[0].finding, best);
    made_end(&inspection, &bugs);
}

static void what_a_call_did_wrong_tells_more_than_that_it_failed(void **state)
{
    (void)state;
    static const char *const headlines[] = {
        "Thread #3's call to pthread_mutex_destroy failed",
        "Thread #3: pthread_mutex_destroy of a locked mutex",
        "Thread #3: Bug in libpthread: it let that pass",
    };
    struct inspection inspection;
    struct bugs bugs;
    made_begin(&inspection);
    for (int i = 0; i < 3; i++) {
        struct finding *finding = made_finding(&inspection, "helgrind", DEFECT_MISUSE, NULL);
        finding->message = xstrdup(headlines[i]);
        made_site(finding, "thread 3", NULL, GATE, 31, "clear");
    }
    made_merge(&inspection, &bugs);
    assert_int_equal(bugs.count, 1);
    assert_string_equal(bugs.items[0].finding->message, headlines[1]);
    made_end(&inspection, &bugs);
}

static void known_are_those_with_a_known_fingerprint(void **state)
{
    (void)state;
    struct inspection inspection;
    struct bugs bugs;
    made_begin(&inspection);
    for (int line = 1; line <= 3; line++)
        made_race(&inspection, "tsan", line == 2 ? "visitors" : "tickets", line, line + 50);
    made_merge(&inspection, &bugs);
    assert_int_equal(bugs.count, 3);
    assert_int_equal(bugs_mark_known(&bugs, NULL, 0), 0);
    char *known[] = {xstrdup("no fingerprint"), xstrdup(bugs.items[2].fingerprint),
                     xstrdup(bugs.items[0].fingerprint)};
    assert_int_equal(bugs_mark_known(&bugs, known, 3), 2);
    assert_true(bugs.items[0].known);
    assert_false(bugs.items[1].known);
    assert_true(bugs.items[2].known);
    for (size_t i = 0; i < 3; i++)
        free(known[i]);
    made_end(&inspection, &bugs);
}

/* As many findings as a long run of a large program gives, all different. Two full runs through all
 * pairs of them would be 10^8 comparisons of names. */
static void ten_thousand_findings_are_merged(void **state)
{
    (void)state;
    struct inspection inspection;
    struct bugs bugs;
    made_begin(&inspection);
    for (int i = 0; i < 10000; i++) {
        char *object = xasprintf("table[%d]", i);
        /* A third at one hot place. */
        made_race(&inspection, "tsan", object, i % 3 ? i + 1 : 1, i + 20000);
        made_race(&inspection, "drd", object, i + 20000, 0);
        free(object);
    }
    clock_t begun = clock();
    made_merge(&inspection, &bugs);
    print_message("merged in %ld ms of processor time\n",
                  (long)((clock() - begun) * 1000 / CLOCKS_PER_SEC));
    assert_int_equal(bugs.count, 10000);
    for (size_t i = 0; i < bugs.count; i++)
        assert_int_equal(bugs.items[i].sightings[1].reports, 1);
    made_end(&inspection, &bugs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_detectors_and_runs_makes_no_difference),
        cmocka_unit_test(what_is_certain_and_severe_comes_first),
        cmocka_unit_test(what_more_saw_comes_first_and_one_object_stays_together),
        cmocka_unit_test(sightings_count_runs_and_reports),
        cmocka_unit_test(the_finding_that_tells_most_speaks_for_all),
        cmocka_unit_test(what_a_call_did_wrong_tells_more_than_that_it_failed),
        cmocka_unit_test(known_are_those_with_a_known_fingerprint),
        cmocka_unit_test(ten_thousand_findings_are_merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
