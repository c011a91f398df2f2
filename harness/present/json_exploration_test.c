#include "present/json_exploration.h"

#include "model/memory.h"
#include "present/exploration_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *text_at(const json_t *json, const char *name)
{
    const json_t *member = json_object_get(json, name);
    assert_true(json_is_string(member));
    return json_string_value(member);
}

static json_int_t number_at(const json_t *json, const char *name)
{
    const json_t *member = json_object_get(json, name);
    assert_true(json_is_integer(member));
    return json_integer_value(member);
}

static const json_t *member_of(const json_t *json, const char *name)
{
    const json_t *member = json_object_get(json, name);
    if (!member)
        fail_msg("there is no member %s", name);
    return member;
}

static void a_schedule_has_its_threads_and_steps(void **state)
{
    (void)state;
    struct exploration exploration;
    fixture_deadlock(&exploration);
    struct schedule_turn *turn = xappend((void **)&exploration.schedule.turns,
                                         &exploration.schedule.turn_count, sizeof(*turn));
    *turn = (struct schedule_turn){1, 9};
    json_t *json = json_exploration(&exploration);
    assert_non_null(json);
    assert_string_equal(text_at(json, "format"), "racelab-explore");
    assert_int_equal(number_at(json, "version"), 1);
    assert_string_equal(text_at(json, "failure"), "deadlock");
    assert_string_equal(text_at(json, "sentence"), exploration.sentence);
    assert_int_equal(number_at(json, "schedules"), 200);
    /* More than a number of JSON holds. */
    assert_string_equal(text_at(json, "seed"), "18446744073709551615");
    assert_int_equal(number_at(member_of(json, "exhausted"), "preemptions"), 1);
    assert_int_equal(json_array_size(member_of(json, "tallies")), 2);
    const json_t *schedule = member_of(json, "schedule");
    assert_int_equal(number_at(schedule, "preemptions"), 2);
    assert_true(json_is_true(member_of(schedule, "fewest")));
    assert_int_equal(number_at(json_array_get(member_of(schedule, "turns"), 0), "until"), 9);
    const json_t *threads = member_of(schedule, "threads");
    assert_int_equal(json_array_size(threads), 3);
    assert_true(json_is_null(member_of(json_array_get(threads, 0), "parent")));
    assert_int_equal(number_at(json_array_get(threads, 1), "parent"), 0);
    assert_string_equal(text_at(json_array_get(threads, 1), "waits"), "lock `accounts[0].lock`");
    assert_int_equal(number_at(member_of(json_array_get(threads, 1), "waits_at"), "line"), 14);
    assert_true(json_is_null(member_of(json_array_get(threads, 2), "waits_at")));
    const json_t *steps = member_of(schedule, "steps");
    assert_int_equal(json_array_size(steps), 5);
    const json_t *step = json_array_get(steps, 3);
    assert_int_equal(number_at(step, "thread"), 1);
    assert_string_equal(text_at(step, "operation"), "lock");
    assert_string_equal(text_at(step, "takes"), "`accounts[1].lock`");
    assert_true(json_is_null(member_of(step, "gives")));
    assert_true(json_is_true(member_of(step, "preempted")));
    assert_int_equal(number_at(member_of(json_array_get(steps, 1), "again"), "times"), 98);
    assert_true(json_is_null(member_of(step, "again")));
    assert_string_equal(text_at(member_of(step, "place"), "file"), "src/bank.c");
    json_decref(json);
    exploration_release(&exploration);
}

static void nothing_found_is_null(void **state)
{
    (void)state;
    struct exploration exploration;
    fixture_calm(&exploration);
    exploration.exhausted = -1;
    json_t *json = json_exploration(&exploration);
    assert_true(json_is_null(member_of(json, "schedule")));
    assert_true(json_is_null(member_of(json, "exhausted")));
    assert_true(json_is_null(member_of(json, "sentence")));
    assert_true(json_is_null(member_of(json, "explanation")));
    assert_string_equal(text_at(json, "failure"), "none");
    json_decref(json);
    exploration_release(&exploration);
}

static void any_text_becomes_valid(void **state)
{
    (void)state;
    struct exploration exploration;
    fixture_hostile_exploration(&exploration);
    json_t *json = json_exploration(&exploration);
    assert_non_null(json);
    char *text = json_dumps(json, 0);
    json_t *again = json_loads(text, 0, NULL);
    assert_true(json_equal(json, again));
    assert_int_equal(json_array_size(member_of(json, "findings")), 1);
    json_decref(again);
    json_decref(json);
    free(text);
    exploration_release(&exploration);
}

static void failures_have_words(void **state)
{
    (void)state;
    for (int i = 0; i < FAILURE_COUNT; i++)
        assert_true(strlen(failure_word((enum failure)i)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schedule_has_its_threads_and_steps),
        cmocka_unit_test(nothing_found_is_null),
        cmocka_unit_test(any_text_becomes_valid),
        cmocka_unit_test(failures_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
