#include "present/schedule.h"

#include "model/memory.h"
#include "model/utf8.h"
#include "present/exploration_fixture.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef void make_fn(struct exploration *exploration);

static const struct schedule_options columns = {.utf8 = false};
static const struct schedule_options lines = {.lines = true};

static char *printed(make_fn *make, const struct style *style,
                     const struct schedule_options *options)
{
    struct exploration exploration;
    char *text = NULL;
    size_t length = 0;
    make(&exploration);
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    exploration_print(out, style, &exploration, options);
    assert_int_equal(fclose(out), 0);
    exploration_release(&exploration);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("there is no\n%s\nin\n%s", part, text);
}

static void threads_stand_side_by_side(void **state)
{
    (void)state;
    static const struct style style = {.width = 80};
    char *text = printed(fixture_deadlock, &style, &columns);
    assert_has(text, "Numbers before the source are lines of bank.c.\n");
    assert_has(text,
               "     | main                               | thread 2\n"
               "     |                                    | pay\n"
               "-----+------------------------------------+-----------------------------------\n"
               "   1 | 31  pthread_create(&payer, NULL... |\n"
               "     |   create thread 2                  |\n");
    assert_has(text,
               "     | ... 98 times more                  |\n"
               "   3 | 12  pthread_mutex_lock(&from->l... |\n"
               "     |   lock `accounts[0].lock`          |\n"
               " >   | preempted: it could have gone on   |\n"
               "   4 |                                    | 12  pthread_mutex_lock(&from->l...\n");
    assert_has(text, " end | waits: lock `accounts[1].lock`,    | waits: lock `accounts[0].lock`,\n"
                     "     |   line 14                          |   line 14\n"
                     "Without a part in it: thread 'audit'.\n");
    assert_has(text, "with 2 preemptions (5 as\nit was found). None with fewer");
    assert_has(text, "All 57 schedules with at most 1 preemption were tried.\n");
    assert_null(strchr(text, '\033'));
    free(text);
}

static void where_it_fails_is_marked(void **state)
{
    (void)state;
    static const struct style plain = {.width = 120};
    static const struct style coloured = {.width = 120, .colour = true};
    char *text = printed(fixture_assertion, &plain, &columns);
    assert_has(text, "X  7 | 40  assert(accounts[0].balance");
    assert_has(text, "| in libevent-2.1.so.7  wait condition 1\n");
    assert_has(text, "try lock `accounts[1].lock` without success");
    assert_null(strstr(text, " end "));
    free(text);
    text = printed(fixture_assertion, &coloured, &columns);
    assert_has(text, "\033[1;31mX  7\033[0m");
    free(text);
    text = printed(fixture_assertion, &plain, &lines);
    assert_has(text, "\n7. main, bank.c:40: assert fails, and fails here: assert(");
    free(text);
}

static void lines_tell_all_by_themselves(void **state)
{
    (void)state;
    static const struct style style = {.width = 0};
    char *text = printed(fixture_deadlock, &style, &lines);
    assert_has(text, "\n2. main, bank.c:20: read, write `audits`: audits++;\n"
                     "   ... 98 times more\n");
    assert_has(text, "   main is preempted: it could have gone on\n"
                     "4. thread 2, bank.c:12: lock `accounts[1].lock`: pthread_mutex_lock");
    assert_has(text, "At the end, main: waits: lock `accounts[1].lock`, bank.c:14\n");
    free(text);
}

/* Columns of each line; UTF-8 is a column a character. */
static void assert_narrow(const char *text, size_t width)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        size_t used = 0;
        for (size_t i = 0; i < length; i++)
            used += ((unsigned char)text[i] & 0xc0) != 0x80;
        if (used > width)
            fail_msg("%zu columns: %.*s", used, (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void make_crowd(struct exploration *exploration)
{
    fixture_crowd(exploration, 40, 2000);
}

static void a_crowd_fits(void **state)
{
    (void)state;
    static const struct schedule_options options = {.utf8 = true, .most = 50};
    static const int widths[] = {60, 80, 100, 132, 250};
    for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
        struct style style = {.width = widths[i]};
        char *text = printed(make_crowd, &style, &options);
        assert_narrow(text, (size_t)widths[i]);
        assert_has(text, "other threads");
        assert_has(text, "left out");
        assert_has(text, "\xe2\x9c\x97 2000 \xe2\x94\x82");
        size_t count = 0;
        for (const char *at = text; (at = strchr(at, '\n')); at++)
            count++;
        assert_in_range(count, 50, 250);
        free(text);
    }
}

static void everything_is_told_where_that_is_asked_for(void **state)
{
    (void)state;
    static const struct style style = {0};
    char *text = printed(make_crowd, &style, &lines);
    assert_null(strstr(text, "left out"));
    assert_has(text, "\n1234. thread ");
    free(text);
}

/* Whatever the names, and whether or not there are blanks to break them at. */
static void columns_stay_where_they_are(void **state)
{
    (void)state;
    static const struct style style = {.width = 100};
    char *text = printed(fixture_hostile_exploration, &style, &columns);
    size_t rows = 0;
    for (const char *at = text; *at; at += strcspn(at, "\n") + 1) {
        char *line = xstrndup(at, strcspn(at, "\n"));
        if (strlen(line) > 5 && line[5] == '|') {
            assert_narrow(line, 100);
            assert_int_equal(line[52], '|');
            rows++;
        }
        free(line);
    }
    assert_in_range(rows, 10, 100);
    free(text);
}

static void nothing_steers_the_terminal(void **state)
{
    (void)state;
    static const struct style style = {.width = 100};
    static const struct schedule_options forms[] = {
        {.utf8 = true}, {.utf8 = false}, {.lines = true}};
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        char *text = printed(fixture_hostile_exploration, &style, &forms[i]);
        for (const char *at = text; *at; at++)
            assert_true((unsigned char)*at >= 0x20 || *at == '\n');
        assert_null(strstr(text, "\xe2\x80\xae"));
        assert_null(strstr(text, "\n0 bugs"));
        for (size_t at = 0; at < strlen(text);) {
            size_t length = utf8_length(text + at, strlen(text + at));
            assert_true(length > 0);
            at += length;
        }
        free(text);
    }
}

static void nothing_found_is_told(void **state)
{
    (void)state;
    static const struct style style = {.width = 80};
    char *text = printed(fixture_calm, &style, &columns);
    assert_string_equal(text, "200 schedules in 1.5 s: 0 failed.\n"
                              "  pct 3: 0 of 120 failed\n"
                              "  pos: 0 of 80 failed\n"
                              "All 57 schedules were tried: there are no others.\n");
    free(text);
}

static void lone(struct exploration *exploration)
{
    fixture_calm(exploration);
    exploration->exhausted_schedules = 1;
}

static void lone_without_preemption(struct exploration *exploration)
{
    lone(exploration);
    exploration->exhausted = 0;
    exploration->exhausted_all = false;
}

static void free_of_preemptions(struct exploration *exploration)
{
    fixture_deadlock(exploration);
    exploration->schedule.preemptions = 0;
}

static void one_is_no_plural(void **state)
{
    (void)state;
    static const struct style style = {.width = 80};
    char *text = printed(lone, &style, &columns);
    assert_has(text, "The only schedule was tried: there are no others.\n");
    free(text);
    text = printed(lone_without_preemption, &style, &columns);
    assert_has(text, "The only schedule without a preemption was tried.\n");
    free(text);
    text = printed(free_of_preemptions, &style, &columns);
    assert_null(strstr(text, "None with fewer"));
    free(text);
}

static void the_locale_tells_the_encoding(void **state)
{
    (void)state;
    static const struct style wide = {.width = 80};
    static const struct style narrow = {.width = 40};
    setenv("LC_ALL", "C.UTF-8", 1);
    assert_true(schedule_options_for(stdout, &wide).utf8);
    setenv("LC_ALL", "C", 1);
    assert_false(schedule_options_for(stdout, &wide).utf8);
    assert_false(schedule_options_for(stdout, &wide).lines);
    assert_true(schedule_options_for(stdout, &narrow).lines);
    unsetenv("LC_ALL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_stand_side_by_side),
        cmocka_unit_test(where_it_fails_is_marked),
        cmocka_unit_test(lines_tell_all_by_themselves),
        cmocka_unit_test(a_crowd_fits),
        cmocka_unit_test(everything_is_told_where_that_is_asked_for),
        cmocka_unit_test(columns_stay_where_they_are),
        cmocka_unit_test(nothing_steers_the_terminal),
        cmocka_unit_test(nothing_found_is_told),
        cmocka_unit_test(one_is_no_plural),
        cmocka_unit_test(the_locale_tells_the_encoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
