#include "present/json_check.h"

#include "present/check_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *at(json_t *json, const char *list, size_t index)
{
    return json_array_get(json_object_get(json, list), index);
}

static const char *text(json_t *json, const char *member)
{
    return json_string_value(json_object_get(json, member));
}

static json_int_t number(json_t *json, const char *member)
{
    return json_integer_value(json_object_get(json, member));
}

static void a_bug_has_all_that_json_md_promises(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_shop(&fixture);
    json_t *json = json_check(&fixture.inspection, &fixture.bugs);
    assert_string_equal(text(json, "format"), "racelab-check");
    assert_int_equal(number(json, "version"), 1);
    assert_string_equal(text(json, "program"), "./shop --rounds 3");
    assert_string_equal(text(json, "root"), "/home/u/shop");
    assert_int_equal(json_array_size(json_object_get(json, "bugs")), 4);

    json_t *race = at(json, "bugs", 1);
    assert_string_equal(text(race, "fingerprint"), "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    assert_string_equal(text(race, "defect"), "race");
    assert_string_equal(text(race, "object"), "visitors");
    assert_string_equal(text(race, "lesson"), "race/unlocked_counter");
    assert_true(json_is_false(json_object_get(race, "happened")));
    assert_true(json_is_false(json_object_get(race, "known")));
    assert_true(json_is_null(json_object_get(race, "explanation")));

    json_t *site = at(race, "sites", 1);
    assert_string_equal(text(site, "file"), "src/shop.c");
    assert_int_equal(number(site, "line"), 23);
    assert_string_equal(text(site, "thread"), "thread 1");
    assert_string_equal(text(site, "act"), "reads");
    assert_string_equal(text(site, "function"), "report");
    assert_string_equal(text(site, "locks"), "M12");
    assert_int_equal(number(site, "locks_held"), 1);
    json_t *frame = at(at(race, "sites", 0), "stack", 2);
    assert_string_equal(text(frame, "function"), "start_thread");
    assert_true(json_is_true(json_object_get(frame, "foreign")));
    assert_string_equal(text(at(at(race, "sites", 0), "stack", 1), "file"), "src/shop.c");
    assert_true(json_is_false(json_object_get(at(at(race, "sites", 0), "stack", 1), "foreign")));

    json_t *made = at(race, "backgrounds", 0);
    assert_string_equal(text(made, "kind"), "thread-made");
    assert_string_equal(text(made, "subject"), "thread 1");
    assert_int_equal(json_array_size(json_object_get(made, "stack")), 2);

    json_t *helgrind = at(race, "seen", 1);
    assert_string_equal(text(helgrind, "detector"), "helgrind");
    assert_int_equal(number(helgrind, "runs"), 1);
    assert_int_equal(number(helgrind, "of"), 1);
    assert_int_equal(number(helgrind, "reports"), 12000);
    assert_non_null(text(helgrind, "raw"));
    assert_true(json_is_null(json_object_get(helgrind, "silent")));
    assert_non_null(text(at(race, "seen", 3), "silent"));

    json_t *hang = at(json, "bugs", 0);
    assert_true(json_is_true(json_object_get(hang, "happened")));
    assert_string_equal(text(json_object_get(hang, "explanation"), "kind"), "deadlock");
    assert_true(json_is_true(json_object_get(at(json, "bugs", 3), "known")));
    json_decref(json);
    fixture_release(&fixture);
}

static void a_detector_has_its_runs_or_the_reason(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_shop(&fixture);
    json_t *json = json_check(&fixture.inspection, &fixture.bugs);
    json_t *tsan = at(json, "detectors", 0);
    assert_string_equal(text(tsan, "name"), "tsan");
    assert_string_equal(text(tsan, "version"), "19.1.7");
    assert_true(json_is_null(json_object_get(tsan, "skipped")));
    assert_int_equal(json_array_size(json_object_get(tsan, "runs")), 3);
    assert_int_equal(number(at(tsan, "runs", 0), "status"), 66);
    assert_int_equal(number(at(tsan, "runs", 0), "duration_ms"), 400);
    assert_string_equal(text(at(json, "detectors", 2), "skipped"),
                        "valgrind is not installed (Debian: valgrind)");
    json_t *watchdog = at(json, "detectors", 3);
    assert_string_equal(text(at(watchdog, "runs", 0), "end"), "hang");
    assert_string_equal(text(at(watchdog, "runs", 1), "end"), "signal");
    assert_non_null(strstr(text(at(watchdog, "runs", 1), "output"), "Assertion"));
    assert_non_null(text(at(watchdog, "runs", 2), "trouble"));
    json_decref(json);

    fixture.inspection.logs = true;
    json = json_check(&fixture.inspection, &fixture.bugs);
    assert_true(json_is_null(json_object_get(json, "program")));
    json_decref(json);
    fixture_release(&fixture);
}

static void hostile_text_is_valid_and_whole(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_hostile(&fixture);
    json_t *json = json_check(&fixture.inspection, &fixture.bugs);
    char *dumped = json_dumps(json, 0);
    assert_non_null(dumped);
    json_t *again = json_loads(dumped, 0, NULL);
    assert_non_null(again);
    assert_true(json_equal(json, again));
    assert_non_null(strstr(text(at(json, "bugs", 0), "sentence"), "<script>]]>--&\"'"));
    assert_null(strchr(dumped, '\033'));
    json_decref(again);
    free(dumped);
    json_decref(json);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bug_has_all_that_json_md_promises),
        cmocka_unit_test(a_detector_has_its_runs_or_the_reason),
        cmocka_unit_test(hostile_text_is_valid_and_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
