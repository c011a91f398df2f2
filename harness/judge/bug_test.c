/* Which races are the same bug, and which files; merge_claims_test.c has the other defects. */
#include "judge/made_inspection.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GATE "/home/x/gate/gate.c"

static struct inspection inspection;
static struct bugs bugs;

static int begin(void **state)
{
    (void)state;
    made_begin(&inspection);
    return 0;
}

static int end(void **state)
{
    (void)state;
    made_end(&inspection, &bugs);
    return 0;
}

static void expect(size_t count)
{
    made_merge(&inspection, &bugs);
    assert_int_equal(bugs.count, count);
}

static void expect_seen(const struct bug *bug, const char *detector, size_t reports)
{
    for (size_t i = 0; i < inspection.detector_count; i++) {
        if (strcmp(inspection.detectors[i].name, detector) == 0) {
            assert_int_equal(bug->sightings[i].reports, reports);
            return;
        }
    }
    fail_msg("no detector %s", detector);
}

static void race(const char *detector, const char *object, const char *left_file, int left,
                 const char *right_file, int right)
{
    struct finding *finding = made_finding(&inspection, detector, DEFECT_RACE, object);
    made_site(finding, "thread 2", "writes", left_file, left, NULL);
    if (right_file)
        made_site(finding, "thread 3", "reads", right_file, right, NULL);
}

static void all_detectors_tell_one_race(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", "visitors", 27, 30);
    made_race(&inspection, "helgrind", "visitors", 30, 27);
    made_race(&inspection, "drd", "visitors+40", 30, 0);
    made_race(&inspection, "drd", NULL, 27, 0);
    expect(1);
    expect_seen(&bugs.items[0], "tsan", 1);
    expect_seen(&bugs.items[0], "helgrind", 1);
    expect_seen(&bugs.items[0], "drd", 2);
    assert_string_equal(bugs.items[0].object, "visitors");
    assert_false(bugs.items[0].happened);
}

static void another_object_is_another_race(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", "visitors", 27, 27);
    made_race(&inspection, "tsan", "tickets", 27, 27);
    made_race(&inspection, "drd", "tickets", 27, 0);
    expect(2);
    assert_string_equal(bugs.items[0].object, "tickets");
    expect_seen(&bugs.items[0], "drd", 1);
    expect_seen(&bugs.items[1], "drd", 0);
}

static void another_pair_of_places_is_another_race(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", "visitors", 27, 30);
    made_race(&inspection, "tsan", "visitors", 27, 27);
    made_race(&inspection, "tsan", "visitors", 27, 31);
    expect(3);
}

static void another_line_alone_is_another_race(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", "visitors", 27, 30);
    made_race(&inspection, "drd", "visitors", 28, 0);
    expect(2);
}

static void another_defect_is_another_bug(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", NULL, 27, 30);
    struct finding *misuse = made_finding(&inspection, "tsan", DEFECT_MISUSE, NULL);
    made_site(misuse, NULL, NULL, GATE, 27, NULL);
    expect(2);
}

static void the_unknown_object_goes_to_any(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", "??", 27, 30);
    made_race(&inspection, "helgrind", "visitors", 27, 30);
    expect(1);
    assert_string_equal(bugs.items[0].object, "visitors");
}

static void the_unknown_object_goes_to_one_only(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", "visitors", 27, 30);
    made_race(&inspection, "tsan", "tickets", 27, 30)->times = 5;
    made_race(&inspection, "drd", NULL, 27, 0);
    expect(2);
    assert_string_equal(bugs.items[0].object, "tickets");
    expect_seen(&bugs.items[0], "drd", 1);
    expect_seen(&bugs.items[1], "drd", 0);
}

static void what_tells_less_ties_no_two_bugs_together(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", NULL, 27, 30);
    made_race(&inspection, "drd", "visitors", 27, 0);
    made_race(&inspection, "drd", "tickets", 30, 0);
    expect(2);
}

static void one_side_goes_to_the_same_object_first(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", NULL, 27, 30)->times = 100;
    made_race(&inspection, "tsan", "visitors", 27, 31);
    made_race(&inspection, "drd", "visitors", 27, 0);
    expect(2);
    expect_seen(&bugs.items[0], "drd", 1);
    assert_string_equal(bugs.items[0].object, "visitors");
}

static void the_very_name_comes_before_one_that_goes_with_it(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", "left.lock", 27, 30)->times = 100;
    made_race(&inspection, "tsan", "left", 27, 31);
    made_race(&inspection, "drd", "left", 27, 0);
    expect(2);
    assert_string_equal(bugs.items[0].object, "left");
    expect_seen(&bugs.items[0], "drd", 1);
}

static void one_side_goes_to_the_most_reported(void **state)
{
    (void)state;
    made_race(&inspection, "tsan", "visitors", 27, 30);
    made_race(&inspection, "tsan", "visitors", 27, 31)->times = 2;
    made_race(&inspection, "drd", "visitors", 27, 0);
    expect(2);
    assert_int_equal(bugs.items[0].finding->sites[1].line, 31);
    expect_seen(&bugs.items[0], "drd", 1);
}

static void files_agree_by_the_end_of_their_paths(void **state)
{
    (void)state;
    race("tsan", "x", "/home/x/gate/src/gate.c", 27, "/home/x/gate/src/gate.c", 30);
    race("helgrind", "x", "gate.c", 27, "src/gate.c", 30);
    race("drd", "x", "./src/../src//gate.c", 30, NULL, 0);
    race("tsan-gcc", "x", "../src/gate.c", 30, "/home/x/gate/build/../src/gate.c", 27);
    expect(1);
}

static void a_part_of_a_folder_name_is_no_end_of_a_path(void **state)
{
    (void)state;
    race("tsan", "x", "/home/x/gate/src/gate.c", 27, "/home/x/gate/src/gate.c", 27);
    race("helgrind", "x", "c/gate.c", 27, "c/gate.c", 27);
    race("drd", "x", "ate.c", 27, NULL, 0);
    expect(3);
}

static void two_files_of_one_name_stay_two(void **state)
{
    (void)state;
    race("tsan", NULL, "/home/x/gate/a/gate.c", 27, "/home/x/gate/a/gate.c", 27);
    race("tsan", NULL, "/home/x/gate/b/gate.c", 27, "/home/x/gate/b/gate.c", 27);
    expect(2);
}

static void the_function_tells_which_of_two_files_is_meant(void **state)
{
    (void)state;
    struct finding *one = made_finding(&inspection, "tsan", DEFECT_RACE, NULL);
    made_site(one, NULL, "writes", "/home/x/gate/a/gate.c", 27, "enter");
    struct finding *two = made_finding(&inspection, "tsan", DEFECT_RACE, NULL);
    made_site(two, NULL, "writes", "/home/x/gate/b/gate.c", 27, "leave");
    struct finding *of_two = made_finding(&inspection, "drd", DEFECT_RACE, NULL);
    made_site(of_two, NULL, "writes", "gate.c", 27, "leave");
    expect(2);
    assert_string_equal(bugs.items[0].finding->sites[0].function, "leave");
    expect_seen(&bugs.items[0], "drd", 1);
}

static void without_files_functions_are_the_places(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct finding *finding = made_finding(&inspection, i ? "tsan" : "drd", DEFECT_RACE, NULL);
        made_site(finding, "thread 2", "writes", NULL, 0, "enter");
    }
    struct finding *other = made_finding(&inspection, "tsan", DEFECT_RACE, NULL);
    made_site(other, "thread 2", "writes", NULL, 0, "leave");
    expect(2);
    expect_seen(&bugs.items[0], "drd", 1);
    expect_seen(&bugs.items[0], "tsan", 1);
}

static void without_places_the_words_count_without_this_runs_numbers(void **state)
{
    (void)state;
    made_finding(&inspection, "drd", DEFECT_RACE, NULL)->message =
        xstrdup("Conflicting load by thread 3 at 0x404078 size 8");
    made_run(&inspection, "drd");
    made_finding(&inspection, "drd", DEFECT_RACE, NULL)->message =
        xstrdup("Conflicting load by thread 12 at 0x5040 size 8");
    made_finding(&inspection, "drd", DEFECT_RACE, NULL)->message =
        xstrdup("Conflicting load by thread 3 at 0x404078 size 4");
    expect(2);
    expect_seen(&bugs.items[0], "drd", 2);
}

static void a_race_that_only_those_without_atomics_see_is_in_doubt(void **state)
{
    (void)state;
    made_race(&inspection, "helgrind", "visitors", 27, 30);
    made_race(&inspection, "drd", "tickets", 7, 0);
    made_finding(&inspection, "helgrind", DEFECT_LEAK, NULL);
    expect(3);
    assert_int_equal(bugs.items[0].doubt, NO_DOUBT); /* nobody could speak against it */
    bugs_release(&bugs);
    made_race(&inspection, "tsan", "tickets", 7, 9);
    expect(3);
    assert_string_equal(bugs.items[0].object, "tickets");
    assert_int_equal(bugs.items[0].doubt, NO_DOUBT);
    assert_int_equal(bugs.items[1].defect, DEFECT_LEAK);
    assert_int_equal(bugs.items[2].doubt, DOUBT_ATOMICS);
    assert_non_null(strstr(bugs.items[2].remedy, "false alarm"));
    assert_non_null(strstr(bugs.items[2].sightings[2].silent, "knows atomics"));
    bugs_release(&bugs);
    /* Another pair of places of a variable that is raced on for certain. */
    made_race(&inspection, "tsan", "visitors", 27, 31);
    expect(4);
    for (size_t i = 0; i < bugs.count; i++)
        assert_int_equal(bugs.items[i].doubt, NO_DOUBT);
    bugs_release(&bugs);
    made_race(&inspection, "drd", "doors", 3, 0);
    /* A run that proves nothing speaks for nobody. */
    inspection_get(&inspection, "tsan")->runs[0].report.trouble = xstrdup("it did not run");
    expect(5);
    for (size_t i = 0; i < bugs.count; i++)
        assert_int_equal(bugs.items[i].doubt, NO_DOUBT);
}

static void heap_memory_is_no_named_variable(void **state)
{
    (void)state;
    struct finding *finding = made_race(&inspection, "helgrind", NULL, 27, 30);
    finding_add_background(finding, ALLOCATED);
    made_race(&inspection, "drd", "visitors", 30, 0);
    expect(2);
    bugs_release(&bugs);
    finding_add_background(made_race(&inspection, "drd", NULL, 27, 0), ALLOCATED);
    expect(2);
}

static void one_side_goes_to_where_its_other_side_was_seen(void **state)
{
    (void)state;
    made_race(&inspection, "helgrind", "visitors", 27, 30)->times = 100;
    struct finding *other = made_race(&inspection, "tsan", "visitors", 27, 31);
    free(other->sites[1].function);
    other->sites[1].function = xstrdup("close_gate");
    struct finding *one = made_race(&inspection, "drd", "visitors", 27, 0);
    stack_push(&finding_add_background(one, OTHER_STACK)->stack)->function = xstrdup("close_gate");
    expect(2);
    expect_seen(&bugs.items[strstr(bugs.items[0].sentence, "close_gate") ? 0 : 1], "drd", 1);
    expect_seen(&bugs.items[strstr(bugs.items[0].sentence, "close_gate") ? 1 : 0], "drd", 0);
}

static void a_bad_status_under_tools_alone_is_told_last(void **state)
{
    (void)state;
    made_finding(&inspection, "helgrind", DEFECT_WRONG_RESULT, NULL)->message =
        xstrdup("wrong result: exit status 71");
    made_race(&inspection, "helgrind", "visitors", 27, 30);
    expect(2);
    assert_int_equal(bugs.items[0].defect, DEFECT_WRONG_RESULT);
    bugs_release(&bugs);
    made_run(&inspection, "watchdog");
    expect(2);
    assert_int_equal(bugs.items[0].defect, DEFECT_RACE);
    assert_non_null(strstr(bugs.items[1].sentence, "under tools alone"));
    assert_non_null(strstr(bugs.items[1].remedy, "--ok-status"));
    bugs_release(&bugs);
    made_finding(&inspection, "watchdog", DEFECT_WRONG_RESULT, NULL)->message =
        xstrdup("wrong result: exit status 71");
    expect(2);
    assert_int_equal(bugs.items[0].defect, DEFECT_WRONG_RESULT);
    assert_null(strstr(bugs.items[0].sentence, "under tools alone"));
}

#define JOINS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOINS(all_detectors_tell_one_race),
        JOINS(another_object_is_another_race),
        JOINS(another_pair_of_places_is_another_race),
        JOINS(another_line_alone_is_another_race),
        JOINS(another_defect_is_another_bug),
        JOINS(the_unknown_object_goes_to_any),
        JOINS(the_unknown_object_goes_to_one_only),
        JOINS(what_tells_less_ties_no_two_bugs_together),
        JOINS(one_side_goes_to_the_same_object_first),
        JOINS(the_very_name_comes_before_one_that_goes_with_it),
        JOINS(one_side_goes_to_the_most_reported),
        JOINS(files_agree_by_the_end_of_their_paths),
        JOINS(a_part_of_a_folder_name_is_no_end_of_a_path),
        JOINS(two_files_of_one_name_stay_two),
        JOINS(the_function_tells_which_of_two_files_is_meant),
        JOINS(without_files_functions_are_the_places),
        JOINS(a_race_that_only_those_without_atomics_see_is_in_doubt),
        JOINS(heap_memory_is_no_named_variable),
        JOINS(one_side_goes_to_where_its_other_side_was_seen),
        JOINS(a_bad_status_under_tools_alone_is_told_last),
        JOINS(without_places_the_words_count_without_this_runs_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
