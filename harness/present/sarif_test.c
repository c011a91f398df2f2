#include "present/sarif.h"

#include "model/memory.h"
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

static const char *message(json_t *json)
{
    return text(json_object_get(json, "message"), "text");
}

static json_t *run_of(const struct check_fixture *fixture, bool baseline, json_t **log)
{
    struct sarif_options options = {.baseline = baseline};
    *log = sarif_json(&fixture->inspection, &fixture->bugs, &options);
    assert_non_null(*log);
    return at(*log, "runs", 0);
}

static void expect_place(json_t *location, const char *uri, int line)
{
    json_t *physical = json_object_get(location, "physicalLocation");
    json_t *artifact = json_object_get(physical, "artifactLocation");
    assert_string_equal(text(artifact, "uri"), uri);
    json_t *region = json_object_get(physical, "region");
    if (line == 0)
        assert_null(region);
    else
        assert_int_equal(json_integer_value(json_object_get(region, "startLine")), line);
}

static void the_log_names_tool_and_root(void **state)
{
    (void)state;
    struct check_fixture fixture;
    json_t *log = NULL;
    fixture_shop(&fixture);
    json_t *run = run_of(&fixture, false, &log);
    assert_string_equal(text(log, "version"), "2.1.0");
    assert_non_null(strstr(text(log, "$schema"), "sarif-schema-2.1.0.json"));
    assert_int_equal(json_array_size(json_object_get(log, "runs")), 1);
    json_t *tool = json_object_get(run, "tool");
    json_t *driver = json_object_get(tool, "driver");
    assert_string_equal(text(driver, "name"), "racelab");
    assert_string_equal(text(driver, "version"), RACELAB_VERSION);
    assert_null(json_object_get(driver, "informationUri"));
    assert_string_equal(text(at(tool, "extensions", 1), "name"), "helgrind");
    assert_int_equal(json_array_size(json_object_get(tool, "extensions")), 3);
    json_t *base = json_object_get(json_object_get(run, "originalUriBaseIds"), "%SRCROOT%");
    assert_string_equal(text(base, "uri"), "file:///home/u/shop/");
    json_t *invocation = at(run, "invocations", 0);
    assert_true(json_is_true(json_object_get(invocation, "executionSuccessful")));
    assert_string_equal(text(invocation, "commandLine"), "./shop --rounds 3");
    json_t *notes = json_object_get(invocation, "toolExecutionNotifications");
    assert_int_equal(json_array_size(notes), 2);
    assert_non_null(strstr(message(json_array_get(notes, 0)), "drd did not run"));
    assert_string_equal(text(json_array_get(notes, 1), "level"), "error");
    json_decref(log);
    fixture_release(&fixture);
}

/* What code scanning asks of a rule, and what the standard does. */
static void each_defect_is_a_rule(void **state)
{
    (void)state;
    static const char *const levels[] = {"error", "warning", "note"};
    struct check_fixture fixture;
    json_t *log = NULL;
    fixture_shop(&fixture);
    json_t *run = run_of(&fixture, false, &log);
    json_t *driver = json_object_get(json_object_get(run, "tool"), "driver");
    for (int defect = 0; defect < DEFECT_COUNT; defect++) {
        json_t *rule = at(driver, "rules", (size_t)defect);
        assert_string_equal(text(rule, "id"), defect_word((enum defect)defect));
        assert_true(strcasecmp(text(rule, "id"), text(rule, "name")) != 0);
        assert_non_null(text(json_object_get(rule, "shortDescription"), "text"));
        const char *full = text(json_object_get(rule, "fullDescription"), "text");
        assert_true(strlen(full) > 0 && strlen(full) <= 1024);
        assert_non_null(text(json_object_get(rule, "help"), "text"));
        assert_non_null(text(json_object_get(rule, "help"), "markdown"));
        const char *level = text(json_object_get(rule, "defaultConfiguration"), "level");
        bool known = false;
        for (size_t i = 0; i < 3; i++)
            known = known || strcmp(levels[i], level) == 0;
        assert_true(known);
        json_t *properties = json_object_get(rule, "properties");
        assert_non_null(text(properties, "precision"));
        assert_non_null(text(properties, "problem.severity"));
        size_t tags = json_array_size(json_object_get(properties, "tags"));
        assert_true(tags > 0 && tags <= 20);
    }
    json_t *race = json_object_get(at(driver, "rules", DEFECT_RACE), "properties");
    assert_string_equal(json_string_value(at(race, "tags", 3)), "external/cwe/cwe-366");
    json_decref(log);
    fixture_release(&fixture);
}

static void a_result_has_its_places(void **state)
{
    (void)state;
    struct check_fixture fixture;
    json_t *log = NULL;
    fixture_shop(&fixture);
    json_t *run = run_of(&fixture, false, &log);
    assert_int_equal(json_array_size(json_object_get(run, "results")), 4);
    json_t *race = at(run, "results", 1);
    assert_string_equal(text(race, "ruleId"), "race");
    assert_int_equal(json_integer_value(json_object_get(race, "ruleIndex")), DEFECT_RACE);
    assert_string_equal(text(race, "level"), "error");
    assert_string_equal(text(at(run, "results", 2), "level"), "warning");
    assert_string_equal(message(race),
                        "race on `visitors`: thread 2 writes at src/shop.c:16 while thread 1 reads "
                        "at :23; no lock in common. Other places: [thread 1 reads](1), [thread 1 "
                        "was made](2), [thread 2 was made](3)");
    expect_place(at(race, "locations", 0), "src/shop.c", 16);
    assert_int_equal(json_array_size(json_object_get(race, "relatedLocations")), 3);
    expect_place(at(race, "relatedLocations", 0), "src/shop.c", 23);
    expect_place(at(race, "relatedLocations", 2), "src/shop.c", 61);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(json_integer_value(json_object_get(at(race, "relatedLocations", i), "id")),
                         i + 1);
    assert_int_equal(json_array_size(json_object_get(at(race, "stacks", 0), "frames")), 4);
    json_t *fingerprints = json_object_get(race, "partialFingerprints");
    assert_string_equal(text(fingerprints, "racelabBug/v1"), "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    json_t *seen = json_object_get(race, "properties");
    assert_string_equal(text(at(seen, "detectors", 1), "name"), "helgrind");
    assert_null(json_object_get(race, "baselineState"));
    json_decref(log);
    run = run_of(&fixture, true, &log);
    assert_string_equal(text(at(run, "results", 1), "baselineState"), "new");
    assert_string_equal(text(at(run, "results", 3), "baselineState"), "unchanged");
    json_decref(log);
    fixture_release(&fixture);
}

struct step {
    int order; /* 0: none */
    int line;
};

/* The thread's locations in their order; `steps` end with line 0. */
static void expect_thread(json_t *result, size_t index, const char *id, const struct step *steps)
{
    json_t *thread = at(at(result, "codeFlows", 0), "threadFlows", index);
    assert_string_equal(text(thread, "id"), id);
    size_t count = 0;
    for (; steps[count].line > 0; count++) {
        json_t *step = at(thread, "locations", count);
        json_t *order = json_object_get(step, "executionOrder");
        assert_int_equal(json_integer_value(order), steps[count].order);
        assert_int_equal(order != NULL, steps[count].order != 0);
        expect_place(json_object_get(step, "location"), "src/shop.c", steps[count].line);
    }
    assert_int_equal(json_array_size(json_object_get(thread, "locations")), count);
}

static void each_thread_has_a_flow(void **state)
{
    (void)state;
    struct check_fixture fixture;
    json_t *log = NULL;
    fixture_shop(&fixture);
    json_t *run = run_of(&fixture, false, &log);
    json_t *hang = at(run, "results", 0);
    json_t *race = at(run, "results", 1);
    json_t *order = at(run, "results", 2);
    for (size_t i = 0; i < 3; i++) {
        json_t *flows = json_object_get(at(run, "results", i), "codeFlows");
        assert_int_equal(json_array_size(flows), 1);
        json_t *threads = json_object_get(json_array_get(flows, 0), "threadFlows");
        assert_int_equal(json_array_size(threads), 2);
    }
    expect_thread(hang, 0, "main", (struct step[]){{1, 20}, {2, 30}, {0, 0}});
    expect_thread(hang, 1, "thread 2", (struct step[]){{1, 21}, {2, 31}, {0, 0}});
    expect_thread(race, 0, "thread 1", (struct step[]){{1, 60}, {2, 23}, {0, 0}});
    expect_thread(race, 1, "thread 2", (struct step[]){{1, 61}, {3, 16}, {0, 0}});
    expect_thread(order, 0, "thread 1", (struct step[]){{1, 51}, {2, 52}, {0, 0}});
    expect_thread(order, 1, "thread 2", (struct step[]){{1, 57}, {2, 58}, {0, 0}});
    json_decref(log);
    /* With a third stuck thread it is not known who took what first. */
    struct explanation *explanation = &fixture.explanation;
    explanation->threads = realloc(explanation->threads, 3 * sizeof(*explanation->threads));
    assert_non_null(explanation->threads);
    explanation->threads[2] =
        (struct stuck_thread){.label = xstrdup("thread 3"), .stuck = true, .own = NO_INDEX};
    explanation->thread_count = 3;
    run = run_of(&fixture, false, &log);
    expect_thread(at(run, "results", 0), 0, "main", (struct step[]){{0, 20}, {0, 30}, {0, 0}});
    json_decref(log);
    fixture_release(&fixture);
}

static void a_bug_without_a_place_is_at_the_root(void **state)
{
    (void)state;
    struct check_fixture fixture;
    json_t *log = NULL;
    fixture_shop(&fixture);
    struct finding *race = &fixture.inspection.detectors[0].runs[0].report.findings.items[0];
    for (size_t i = 0; i < race->site_count; i++) {
        free(race->sites[i].file);
        race->sites[i].file = NULL;
    }
    json_t *run = run_of(&fixture, false, &log);
    expect_place(at(at(run, "results", 1), "locations", 0), ".", 0);
    json_decref(log);
    fixture_release(&fixture);
}

static void a_place_outside_the_root_is_absolute(void **state)
{
    (void)state;
    struct check_fixture fixture;
    json_t *log = NULL;
    fixture_shop(&fixture);
    struct finding *race = &fixture.inspection.detectors[0].runs[0].report.findings.items[0];
    free(race->sites[0].file);
    race->sites[0].file = xstrdup("/usr/src/a b%/\xc3\xa4:#?.c");
    json_t *run = run_of(&fixture, false, &log);
    json_t *location = at(at(run, "results", 1), "locations", 0);
    expect_place(location, "file:///usr/src/a%20b%25/%C3%A4%3A%23%3F.c", 16);
    json_t *physical = json_object_get(location, "physicalLocation");
    assert_null(text(json_object_get(physical, "artifactLocation"), "uriBaseId"));
    json_decref(log);
    fixture_release(&fixture);
}

static void more_places_than_are_taken_are_left_out(void **state)
{
    (void)state;
    struct check_fixture fixture;
    json_t *log = NULL;
    fixture_shop(&fixture);
    struct finding *order = &fixture.inspection.detectors[0].runs[0].report.findings.items[1];
    for (int i = 0; i < 20000; i++) {
        struct site *site = finding_add_site(order);
        site->file = xstrdup("x.c");
        site->line = i + 1;
        site->thread = xstrdup("thread 9");
    }
    json_t *run = run_of(&fixture, false, &log);
    json_t *result = at(run, "results", 2);
    size_t related = json_array_size(json_object_get(result, "relatedLocations"));
    assert_int_equal(related, 99);
    size_t steps = 0;
    size_t index = 0;
    json_t *thread = NULL;
    json_array_foreach(json_object_get(at(result, "codeFlows", 0), "threadFlows"), index, thread)
        steps += json_array_size(json_object_get(thread, "locations"));
    assert_int_equal(steps, 1000);
    json_decref(log);
    fixture_release(&fixture);
}

/* Strings that people are shown; URIs are checked for what may stand in them. */
static void expect_harmless(json_t *json)
{
    const char *key = NULL;
    json_t *value = NULL;
    size_t index = 0;
    if (json_is_array(json)) {
        json_array_foreach(json, index, value) expect_harmless(value);
        return;
    }
    json_object_foreach(json, key, value)
    {
        expect_harmless(value);
        if (!json_is_string(value))
            continue;
        const char *string = json_string_value(value);
        assert_true(*string);
        bool program = strcmp(key, "commandLine") == 0;
        bool help = strcmp(key, "markdown") == 0 || strstr(string, "\n\n");
        if (!program && !help)
            assert_null(strpbrk(string, "\033\001\177\n"));
        assert_null(strstr(string, "\xe2\x80\xae"));
        if (strcmp(key, "text") == 0 && !help) {
            assert_null(strstr(string, "{0}") && !strstr(string, "{{0}}") ? string : NULL);
            assert_null(strstr(string, "](http"));
        }
        if (strcmp(key, "uri") == 0)
            assert_null(strpbrk(string, "<>\"' {}[]()`\\"));
    }
}

static void nothing_hostile_gets_through(void **state)
{
    (void)state;
    struct check_fixture fixture;
    json_t *log = NULL;
    fixture_hostile(&fixture);
    run_of(&fixture, true, &log);
    expect_harmless(log);
    char *dumped = json_dumps(log, 0);
    json_t *again = json_loads(dumped, 0, NULL);
    assert_non_null(again);
    json_decref(again);
    free(dumped);
    json_decref(log);
    fixture_release(&fixture);
}

/* For the test against the schema: NAME.sarif in the folder for each of the fixtures. */
static int write_all(const char *folder)
{
    static void (*const make[])(struct check_fixture *) = {fixture_shop, fixture_quiet,
                                                           fixture_hostile};
    int result = 0;
    for (size_t i = 0; i < sizeof(make) / sizeof(*make) && !result; i++) {
        struct check_fixture fixture;
        make[i](&fixture);
        for (int baseline = 0; baseline < 2 && !result; baseline++) {
            char *path = xasprintf("%s/%zu-%d.sarif", folder, i, baseline);
            struct sarif_options options = {.baseline = baseline};
            result = sarif_write(path, &fixture.inspection, &fixture.bugs, &options);
            free(path);
        }
        fixture_release(&fixture);
    }
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write") == 0)
        return write_all(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_names_tool_and_root),
        cmocka_unit_test(each_defect_is_a_rule),
        cmocka_unit_test(a_result_has_its_places),
        cmocka_unit_test(each_thread_has_a_flow),
        cmocka_unit_test(a_bug_without_a_place_is_at_the_root),
        cmocka_unit_test(a_place_outside_the_root_is_absolute),
        cmocka_unit_test(more_places_than_are_taken_are_left_out),
        cmocka_unit_test(nothing_hostile_gets_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
