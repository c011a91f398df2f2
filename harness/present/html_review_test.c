#include "present/html_review.h"

#include "present/html_page.h"
#include "present/review_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct review_fixture fixture;
static json_t *review;

static const char *text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static json_t *round_at(size_t index)
{
    return json_array_get(json_object_get(review, "rounds"), index);
}

static void every_round_is_there_with_its_key(void **state)
{
    (void)state;
    assert_int_equal(json_array_size(json_object_get(review, "rounds")), FIXTURE_ROUNDS);
    assert_int_equal(json_integer_value(json_object_get(review, "seed")), 1);
    assert_int_equal(json_integer_value(json_object_get(review, "asked")), 40);
    for (size_t i = 0; i < FIXTURE_ROUNDS; i++) {
        const struct round *round = &fixture.rounds.items[i];
        const json_t *json = round_at(i);
        assert_string_equal(text_of(json, "text"), round->program.text);
        assert_string_equal(text_of(json, "form"),
                            round->what.form == REVIEW_DIFF ? "diff" : "program");
        assert_string_equal(text_of(json, "twin"), polarity_word(round->what.polarity));
        assert_string_equal(text_of(json, "pair"), round->what.pair->id);
        assert_int_equal(strlen(text_of(json, "parts")), round->program.line_count);
        assert_int_equal(json_array_size(json_object_get(json, "sources")),
                         round->program.line_count);
        assert_int_equal(json_array_size(json_object_get(json, "options")), round->option_count);
        assert_int_equal(json_array_size(json_object_get(json, "hints")), REVIEW_HINTS);
        for (size_t line = 0; line < round->program.line_count; line++) {
            static const char signs[] = {
                [LINE_NONE] = '.', [LINE_WANTED] = 'w', [LINE_NEUTRAL] = 'n'};
            assert_int_equal(text_of(json, "parts")[line], signs[round->parts[line]]);
            assert_int_equal(
                json_integer_value(json_array_get(json_object_get(json, "sources"), line)),
                round->program.sources[line]);
        }
    }
}

static void a_change_is_told_by_its_diff(void **state)
{
    (void)state;
    assert_true(json_is_null(json_object_get(round_at(ROUND_GUILTY), "diff")));
    assert_true(json_is_null(json_object_get(round_at(ROUND_GUILTY), "change")));
    assert_string_equal(text_of(round_at(ROUND_CHANGE), "diff"),
                        fixture.rounds.items[ROUND_CHANGE].diff);
    assert_string_equal(text_of(round_at(ROUND_WRONG_PATCH), "change"), "race/visitors.one_side");
    assert_string_equal(text_of(round_at(ROUND_REFACTORING), "change"), "race/visitors.counted");
    assert_non_null(strstr(text_of(round_at(ROUND_WRONG_PATCH), "why"), "without `door`"));
    assert_true(json_is_null(json_object_get(round_at(ROUND_CHANGE), "why")));
}

static void a_guilty_round_has_classes_and_an_innocent_one_has_none(void **state)
{
    (void)state;
    const json_t *classes = json_object_get(round_at(ROUND_GUILTY), "classes");
    assert_int_equal(json_array_size(classes), 2);
    assert_string_equal(json_string_value(json_array_get(classes, 0)), "race");
    assert_string_equal(json_string_value(json_array_get(classes, 1)), "wrong-result");
    assert_int_equal(json_array_size(json_object_get(round_at(ROUND_INNOCENT), "classes")), 0);
    const json_t *menu = json_object_get(review, "classes");
    assert_int_equal(json_array_size(menu), DEFECT_COUNT);
    assert_string_equal(json_string_value(json_array_get(json_array_get(menu, 0), 1)),
                        "a data race");
}

/* Of the buggy twin: a correct version, and all three wrong patches. */
static void options_say_what_they_are(void **state)
{
    (void)state;
    const json_t *options = json_object_get(round_at(ROUND_GUILTY), "options");
    size_t right = 0;
    size_t kinds = 0;
    assert_int_equal(json_array_size(options), 4);
    for (size_t i = 0; i < 4; i++) {
        const json_t *option = json_array_get(options, i);
        bool mends = json_is_true(json_object_get(option, "right"));
        right += mends;
        assert_true(mends == (i == fixture.rounds.items[ROUND_GUILTY].right_option));
        assert_true(mends == json_is_null(json_object_get(option, "kind")));
        assert_string_equal(text_of(option, "twin"), mends ? "fixed" : "buggy");
        assert_non_null(strstr(text_of(option, "diff"), "program.c"));
        assert_non_null(text_of(option, "why"));
        if (!mends)
            kinds |= (strcmp(text_of(option, "kind"), "moves") == 0 ? 1U : 0) |
                     (strcmp(text_of(option, "kind"), "hides") == 0 ? 2U : 0) |
                     (strcmp(text_of(option, "kind"), "serial") == 0 ? 4U : 0);
    }
    assert_int_equal(right, 1);
    assert_int_equal(kinds, 7);
    assert_int_equal(json_array_size(json_object_get(round_at(ROUND_HANG), "options")), 0);
}

static void changes_have_what_was_recorded_of_them(void **state)
{
    (void)state;
    const json_t *changes = json_object_get(review, "changes");
    size_t index = 0;
    const json_t *change = NULL;
    size_t findings = 0;
    assert_int_equal(json_array_size(changes), 4);
    json_array_foreach(changes, index, change)
    {
        bool wrong = !json_is_null(json_object_get(change, "kind"));
        assert_string_equal(text_of(change, "pair"), "race/visitors");
        const char *there = wrong ? "buggy" : "fixed";
        assert_null(json_object_get(change, wrong ? "fixed" : "buggy"));
        assert_non_null(strstr(text_of(json_object_get(change, there), "path"), there));
        assert_non_null(strstr(text_of(json_object_get(change, there), "source"), " * Why: "));
        const json_t *cells = json_object_get(change, "cells");
        assert_int_equal(json_array_size(cells), 3);
        for (size_t c = 0; c < 3; c++)
            findings += json_array_size(
                json_object_get(json_object_get(json_array_get(cells, c), there), "findings"));
    }
    assert_int_equal(findings, 1);
}

static void what_was_searched_besides_is_there(void **state)
{
    (void)state;
    const json_t *searches = json_object_get(review, "searches");
    assert_int_equal(json_array_size(searches), 1);
    const json_t *search = json_array_get(searches, 0);
    assert_string_equal(text_of(search, "pair"), "race/visitors");
    const json_t *cells = json_object_get(search, "cells");
    assert_int_equal(json_array_size(cells), 1);
    const json_t *cell = json_array_get(cells, 0);
    assert_string_equal(text_of(cell, "detector"), "explore");
    const json_t *found = json_object_get(json_object_get(cell, "buggy"), "search");
    assert_true(json_is_object(json_object_get(found, "schedule")));
}

static void nothing_need_have_been_run(void **state)
{
    (void)state;
    struct html_review without = fixture.review;
    without.changes = NULL;
    without.searched = NULL;
    json_t *json = html_review_json(&without);
    assert_non_null(json);
    assert_int_equal(json_array_size(json_object_get(json, "changes")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "searches")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "rounds")), FIXTURE_ROUNDS);
    json_decref(json);
}

static int make_all(void **state)
{
    (void)state;
    review_fixture_make(&fixture);
    review = html_review_json(&fixture.review);
    return review ? 0 : -1;
}

static int release_all(void **state)
{
    (void)state;
    json_decref(review);
    review_fixture_release(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_round_is_there_with_its_key),
        cmocka_unit_test(a_change_is_told_by_its_diff),
        cmocka_unit_test(a_guilty_round_has_classes_and_an_innocent_one_has_none),
        cmocka_unit_test(options_say_what_they_are),
        cmocka_unit_test(changes_have_what_was_recorded_of_them),
        cmocka_unit_test(what_was_searched_besides_is_there),
        cmocka_unit_test(nothing_need_have_been_run),
    };
    return cmocka_run_group_tests(tests, make_all, release_all);
}
