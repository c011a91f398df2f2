#include "present/junit.h"

#include "model/memory.h"
#include "present/check_fixture.h"

#include <expat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TESTS, FAILURES, ERRORS, SKIPPED, SUMS };

static const char *const sum_names[SUMS] = {"tests", "failures", "errors", "skipped"};
static const char *const sum_elements[SUMS] = {"testcase", "failure", "error", "skipped"};

/* What a document says of its sums, and what is in it. */
struct seen {
    long all[SUMS]; /* as testsuites says */
    long counted[SUMS];
    long suite[SUMS];         /* as the suite under way says */
    long suite_counted[SUMS]; /* and what is in it */
    double all_time;
    double suite_times;
    double case_times;
    size_t suites;
    char *failures;  /* the text of all failures */
    char *messages;  /* their messages, a line each */
    char *files;     /* attributes `file` of the test cases, a line each */
    char *class_now; /* text is gathered in a failure */
};

static void append(char **text, const char *more, size_t length)
{
    char *longer = xasprintf("%s%.*s", *text ? *text : "", (int)length, more);
    free(*text);
    *text = longer;
}

static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2) {
        if (strcmp(attributes[i], name) == 0)
            return attributes[i + 1];
    }
    return NULL;
}

static double number(const XML_Char **attributes, const char *name)
{
    const char *value = attribute(attributes, name);
    assert_non_null(value);
    char *end = NULL;
    double got = strtod(value, &end);
    assert_true(end != value && !*end);
    return got;
}

static void on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct seen *seen = user;
    bool all = strcmp(name, "testsuites") == 0;
    bool suite = strcmp(name, "testsuite") == 0;
    for (size_t i = 0; i < SUMS; i++) {
        if (all)
            seen->all[i] = (long)number(attributes, sum_names[i]);
        if (suite) {
            seen->suite[i] = (long)number(attributes, sum_names[i]);
            seen->suite_counted[i] = 0;
        }
        if (strcmp(name, sum_elements[i]) == 0) {
            seen->counted[i]++;
            seen->suite_counted[i]++;
        }
    }
    if (all)
        seen->all_time = number(attributes, "time");
    if (suite) {
        assert_non_null(attribute(attributes, "name"));
        seen->suite_times += number(attributes, "time");
        seen->suites++;
    }
    if (strcmp(name, "testcase") == 0) {
        assert_non_null(attribute(attributes, "name"));
        assert_non_null(attribute(attributes, "classname"));
        seen->case_times += number(attributes, "time");
        const char *file = attribute(attributes, "file");
        append(&seen->files, file ? file : "", file ? strlen(file) : 0);
        append(&seen->files, "\n", 1);
    }
    if (strcmp(name, "failure") == 0) {
        const char *message = attribute(attributes, "message");
        append(&seen->messages, message, strlen(message));
        append(&seen->messages, "\n", 1);
        seen->class_now = seen->messages;
    }
}

static void on_end(void *user, const XML_Char *name)
{
    struct seen *seen = user;
    seen->class_now = NULL;
    if (strcmp(name, "testsuite") != 0)
        return;
    for (size_t i = 0; i < SUMS; i++)
        assert_int_equal(seen->suite_counted[i], seen->suite[i]);
}

static void on_text(void *user, const XML_Char *text, int length)
{
    struct seen *seen = user;
    if (seen->class_now)
        append(&seen->failures, text, (size_t)length);
}

static char *written(const struct check_fixture *fixture)
{
    char path[] = "/tmp/racelab-junit-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(junit_write(path, &fixture->inspection, &fixture->bugs, fixture_line, NULL),
                     0);
    FILE *in = fopen(path, "re");
    assert_non_null(in);
    char *text = NULL;
    size_t room = 0;
    assert_true(getdelim(&text, &room, '\0', in) > 0);
    fclose(in);
    unlink(path);
    return text;
}

static void parse(const char *text, struct seen *seen)
{
    *seen = (struct seen){0};
    XML_Parser parser = XML_ParserCreate(NULL);
    assert_non_null(parser);
    XML_SetUserData(parser, seen);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    if (XML_Parse(parser, text, (int)strlen(text), 1) != XML_STATUS_OK)
        fail_msg("line %lu: %s", XML_GetCurrentLineNumber(parser),
                 XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
    for (size_t i = 0; i < SUMS; i++)
        assert_int_equal(seen->counted[i], seen->all[i]);
    assert_true(seen->all_time - seen->suite_times < 0.0005 &&
                seen->suite_times - seen->all_time < 0.0005);
    assert_true(seen->case_times - seen->suite_times < 0.0005 &&
                seen->suite_times - seen->case_times < 0.0005);
}

static void seen_release(struct seen *seen)
{
    free(seen->failures);
    free(seen->messages);
    free(seen->files);
}

static void runs_and_bugs_are_cases(void **state)
{
    (void)state;
    struct check_fixture fixture;
    struct seen seen;
    fixture_shop(&fixture);
    char *text = written(&fixture);
    parse(text, &seen);
    assert_int_equal(seen.suites, 5);
    assert_int_equal(seen.all[TESTS], 8 + 4);
    assert_int_equal(seen.all[FAILURES], 3);
    assert_int_equal(seen.all[ERRORS], 1);
    assert_int_equal(seen.all[SKIPPED], 2);
    assert_non_null(strstr(seen.messages, "race on `visitors`"));
    assert_non_null(strstr(seen.failures, ">    16 |         visitors++;\n"));
    assert_non_null(strstr(seen.files, "src/shop.c\n"));
    assert_non_null(strstr(text, "classname=\"racelab.tsan\" name=\"run 3\""));
    assert_non_null(strstr(text, "valgrind is not installed"));
    assert_non_null(strstr(text, "Assertion"));
    free(text);
    seen_release(&seen);
    fixture_release(&fixture);
}

static void without_a_bug_all_pass(void **state)
{
    (void)state;
    struct check_fixture fixture;
    struct seen seen;
    fixture_quiet(&fixture);
    char *text = written(&fixture);
    parse(text, &seen);
    assert_int_equal(seen.suites, 2);
    assert_int_equal(seen.all[TESTS], 3);
    assert_int_equal(seen.all[FAILURES] + seen.all[ERRORS] + seen.all[SKIPPED], 0);
    free(text);
    seen_release(&seen);
    fixture_release(&fixture);
}

static void nothing_hostile_gets_through(void **state)
{
    (void)state;
    struct check_fixture fixture;
    struct seen seen;
    fixture_hostile(&fixture);
    free(fixture.bugs.items[0].sentence);
    fixture.bugs.items[0].sentence = xstrdup(HOSTILE "\xef\xbf\xbe\xef\xbf\xbf");
    char *text = written(&fixture);
    assert_null(strpbrk(text, "\033\001\177"));
    assert_null(strstr(text, "<script>"));
    parse(text, &seen);
    assert_string_equal(seen.messages,
                        "<script>]]>--&\"'\\x1b[31m\\xff\\x01\\x7f\\xe2\\x80\\xaeevil 0 bugs {0} "
                        "[a](http://b)\\xef\\xbf\\xbe\\xef\\xbf\\xbf\n");
    free(text);
    seen_release(&seen);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_and_bugs_are_cases),
        cmocka_unit_test(without_a_bug_all_pass),
        cmocka_unit_test(nothing_hostile_gets_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
