#include "corpus/annotation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const detectors[] = {"tsan", "tsan-gcc", "helgrind", "drd", "watchdog", NULL};

struct fixture {
    struct annotations annotations;
    struct complaints complaints;
};

static void read_source(struct fixture *fixture, const char *source)
{
    *fixture = (struct fixture){0};
    annotations_read("x.c", source, strlen(source), detectors, &fixture->annotations,
                     &fixture->complaints);
}

static void release(struct fixture *fixture)
{
    annotations_release(&fixture->annotations);
    complaints_release(&fixture->complaints);
}

static void lines_of_one_bug_are_one_promise(void **state)
{
    (void)state;
    struct fixture f;
    read_source(&f, "int a; /* bug: race(a, b); drd blind: why */\n"
                    "int c;\n"
                    "int b; /* bug: race(a, b) */ int d; /* bug: wrong-result */\n");
    assert_int_equal(f.complaints.count, 0);
    assert_int_equal(f.annotations.promises.count, 2);
    const struct promise *race = &f.annotations.promises.items[0];
    assert_int_equal(race->kind, PROMISE_BUG);
    assert_int_equal(race->defect, DEFECT_RACE);
    assert_string_equal(race->names, "a, b");
    assert_int_equal(race->line_count, 2);
    assert_true(promise_has_line(race, 1));
    assert_false(promise_has_line(race, 2));
    assert_true(promise_has_line(race, 3));
    const struct exception *exception = promise_exception(race, "drd", NULL);
    assert_non_null(exception);
    assert_int_equal(exception->kind, EXCEPTION_BLIND);
    assert_string_equal(exception->reason, "why");
    assert_null(promise_exception(race, "tsan", NULL));
    assert_null(f.annotations.promises.items[1].names);
    release(&f);
}

static void exceptions_name_several_detectors_and_words(void **state)
{
    (void)state;
    struct fixture f;
    read_source(&f, "/* bug: race(x); tsan, helgrind blind: one: two; watchdog rate: by chance */");
    assert_int_equal(f.complaints.count, 0);
    const struct promise *promise = &f.annotations.promises.items[0];
    assert_int_equal(promise->exception_count, 3);
    assert_string_equal(promise_exception(promise, "tsan", NULL)->reason, "one: two");
    assert_string_equal(promise_exception(promise, "helgrind", NULL)->reason, "one: two");
    assert_int_equal(promise_exception(promise, "watchdog", NULL)->kind, EXCEPTION_RATE);
    release(&f);
}

static void an_exception_may_hold_for_some_versions(void **state)
{
    (void)state;
    struct fixture f;
    read_source(
        &f, "/* bug: race(x); drd<3.22 blind: old; drd >= 3.22 rate: new; tsan=19 blind: one */");
    assert_int_equal(f.complaints.count, 0);
    const struct promise *promise = &f.annotations.promises.items[0];
    assert_string_equal(promise_exception(promise, "drd", "3.19.0")->reason, "old");
    assert_string_equal(promise_exception(promise, "drd", "3.22.0")->reason, "new");
    assert_null(promise_exception(promise, "drd", NULL));
    assert_non_null(promise_exception(promise, "tsan", "19.1.7"));
    assert_null(promise_exception(promise, "tsan", "14.0.6"));
    release(&f);
}

static void exceptions_of_one_version_must_agree(void **state)
{
    (void)state;
    static const struct {
        const char *first;
        const char *second;
        bool overlap;
    } cases[] = {
        {"drd", "drd<3", true},     {"drd<3", "drd<4", true},   {"drd>3", "drd>=2", true},
        {"drd<=3", "drd>=3", true}, {"drd<3", "drd>=3", false}, {"drd<=3", "drd>3", false},
        {"drd=3", "drd<4", true},   {"drd=3", "drd>3", false},  {"drd<4", "drd=3", true},
        {"drd=3", "drd=4", false},  {"drd<3", "tsan<3", false}, {"drd>2", "drd<4", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char source[128];
        struct fixture f;
        snprintf(source, sizeof(source), "/* bug: race; %s blind: a; %s blind: b */",
                 cases[i].first, cases[i].second);
        read_source(&f, source);
        assert_int_equal(f.complaints.count, cases[i].overlap);
        release(&f);
    }
}

static void an_alarm_names_who_raises_it(void **state)
{
    (void)state;
    struct fixture f;
    read_source(&f, "/* alarm: race(p) by helgrind, drd: plain stores */\n/* alarm: race(p) */");
    assert_int_equal(f.complaints.count, 0);
    assert_int_equal(f.annotations.promises.count, 1);
    const struct promise *alarm = &f.annotations.promises.items[0];
    assert_int_equal(alarm->kind, PROMISE_ALARM);
    assert_int_equal(alarm->line_count, 2);
    assert_int_equal(promise_exception(alarm, "drd", NULL)->kind, EXCEPTION_ALARM);
    release(&f);
}

static void the_anchor_is_where_the_comment_begins(void **state)
{
    (void)state;
    struct fixture f;
    read_source(
        &f, "x(); /* bug: hang(q);\n      * drd blind: a reason\n      * in two lines */\ny();");
    assert_int_equal(f.complaints.count, 0);
    assert_int_equal(f.annotations.promises.items[0].lines[0], 1);
    assert_string_equal(f.annotations.promises.items[0].exceptions[0].reason,
                        "a reason in two lines");
    assert_string_equal(f.annotations.items[0].text,
                        "bug: hang(q); drd blind: a reason in two lines");
    release(&f);
}

static void strings_and_other_comments_promise_nothing(void **state)
{
    (void)state;
    struct fixture f;
    read_source(&f, "char *s = \"/* bug: race(s) */ \\\" /* bug: race(t) */\";\n"
                    "char c = '\"'; /* the bug: not an annotation */\n"
                    "/* a debug: message */ // a note on bug: x\n");
    assert_int_equal(f.complaints.count, 0);
    assert_int_equal(f.annotations.count, 0);
    release(&f);
}

static void line_comments_and_quotes_do_not_hide_annotations(void **state)
{
    (void)state;
    struct fixture f;
    read_source(&f, "char c = '\"'; /* bug: race(c) */\n// bug: race(d)\n");
    assert_int_equal(f.annotations.promises.count, 2);
    assert_int_equal(f.annotations.promises.items[1].lines[0], 2);
    release(&f);
}

/* Each wrong annotation gives one complaint on line 2 that names what is wrong. */
static void wrong_annotations_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *complaint;
    } wrong[] = {
        {"/* bug: rase(x) */", "unknown defect `rase`"},
        {"/* bug: */", "unknown defect ``"},
        {"/* bug: race() */", "empty parentheses"},
        {"/* bug: race(x */", "closing parenthesis"},
        {"/* bug: race(x) y */", "closing parenthesis"},
        {"/* bug: race(x); valgrind blind: r */", "unknown detector `valgrind`"},
        {"/* bug: race(x); drd deaf: r */", "unknown word"},
        {"/* bug: race(x); drd<new blind: r */", "a version is numbers"},
        {"/* bug: race(x); drd blind */", "an exception reads"},
        {"/* bug: race(x); drd blind: */", "an exception reads"},
        {"/* bug: race(x); drd blind: r; drd rate: s */", "a second exception for drd"},
        {"/* Bug: race(x) */", "unknown word"},
        {"/* bugs: race(x) */", "unknown word"},
        {"/* alarms: race(x) */", "unknown word"},
        {"/* alarm: race(x) */", "no detector raises"},
        {"/* alarm: race(x) by drd */", "an alarm reads"},
        {"/* alarm: race(x) by cat: meow */", "unknown detector `cat`"},
        {"/* bug: race(x)", "never ends"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct fixture f;
        char source[128];
        snprintf(source, sizeof(source), "\n%s", wrong[i].text);
        read_source(&f, source);
        if (f.complaints.count == 0)
            fail_msg("no complaint about %s", wrong[i].text);
        assert_int_equal(f.complaints.items[0].line, 2);
        assert_string_equal(f.complaints.items[0].file, "x.c");
        if (!strstr(f.complaints.items[0].text, wrong[i].complaint))
            fail_msg("%s: %s", wrong[i].text, f.complaints.items[0].text);
        release(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_one_bug_are_one_promise),
        cmocka_unit_test(exceptions_name_several_detectors_and_words),
        cmocka_unit_test(an_exception_may_hold_for_some_versions),
        cmocka_unit_test(exceptions_of_one_version_must_agree),
        cmocka_unit_test(an_alarm_names_who_raises_it),
        cmocka_unit_test(the_anchor_is_where_the_comment_begins),
        cmocka_unit_test(strings_and_other_comments_promise_nothing),
        cmocka_unit_test(line_comments_and_quotes_do_not_hide_annotations),
        cmocka_unit_test(wrong_annotations_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
