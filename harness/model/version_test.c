#include "model/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void only_the_numbers_of_the_bound_count(void **state)
{
    (void)state;
    assert_true(version_holds("14.0.6", EXACTLY, "14"));
    assert_true(version_holds("14.0.6", UP_TO, "14"));
    assert_true(version_holds("14.0.6", FROM, "14"));
    assert_false(version_holds("14.0.6", ABOVE, "14"));
    assert_false(version_holds("14.0.6", BELOW, "14"));
    assert_true(version_holds("14.0.6", ABOVE, "14.0.5"));
}

static void numbers_are_no_texts(void **state)
{
    (void)state;
    assert_true(version_holds("3.9.0", BELOW, "3.19"));
    assert_true(version_holds("3.22", FROM, "3.19"));
    assert_false(version_holds("4", BELOW, "3.19"));
    assert_true(version_holds("3", BELOW, "3.1")); /* a number that is not there is 0 */
}

static void an_unknown_version_meets_no_condition(void **state)
{
    (void)state;
    assert_true(version_holds(NULL, ANY_VERSION, NULL));
    assert_false(version_holds(NULL, FROM, "1"));
    assert_false(version_holds(NULL, BELOW, "99"));
}

static void a_version_is_numbers_between_dots(void **state)
{
    (void)state;
    assert_true(version_valid("3.22"));
    assert_true(version_valid("19"));
    static const char *const wrong[] = {"", "3.", ".3", "3..1", "x", "3.22a", "1234567890"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_false(version_valid(wrong[i]));
}

static void relations_are_read_whole(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "<", "<=", "=", ">=", ">"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        size_t length = 99;
        enum relation relation = relation_read(texts[i], &length);
        assert_int_equal(length, strlen(texts[i]));
        assert_string_equal(relation_word(relation), texts[i]);
    }
}

static void a_tool_tells_its_version(void **state)
{
    (void)state;
    static const char text[] = "Using Valgrind-3.19.0 and LibVEX";
    char *version = version_behind(text, strlen(text), "Valgrind-");
    assert_string_equal(version, "3.19.0");
    free(version);
    version = version_behind(text, strlen("Using Valgrind-3."), "Valgrind-");
    assert_string_equal(version, "3");
    free(version);
    assert_null(version_behind(text, strlen(text), "Helgrind-"));
    assert_null(version_behind("Valgrind-", strlen("Valgrind-"), "Valgrind-"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_numbers_of_the_bound_count),
        cmocka_unit_test(numbers_are_no_texts),
        cmocka_unit_test(an_unknown_version_meets_no_condition),
        cmocka_unit_test(a_version_is_numbers_between_dots),
        cmocka_unit_test(relations_are_read_whole),
        cmocka_unit_test(a_tool_tells_its_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
