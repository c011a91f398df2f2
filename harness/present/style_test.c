#include "present/style.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_inert(const char *text, size_t length, const char *wanted)
{
    char *got = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&got, &size);
    assert_non_null(out);
    print_inert(out, text, length);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(got, wanted);
    free(got);
}

static void ordinary_text_passes(void **state)
{
    (void)state;
    expect_inert("a\tb\nc", 5, "a\tb\nc");
    expect_inert("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", 11,
                 "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
}

static void what_steers_a_terminal_is_spelt_out(void **state)
{
    (void)state;
    expect_inert("\033[31m", 5, "\\x1b[31m");
    expect_inert("a\rb\bc\x7f", 6, "a\\x0db\\x08c\\x7f");
    expect_inert("\0x", 2, "\\x00x");
    expect_inert("\xc2\x9b"
                 "31m",
                 5, "\\xc2\\x9b31m"); /* the C1 control CSI */
}

static void broken_utf8_is_spelt_out(void **state)
{
    (void)state;
    expect_inert("\xff", 1, "\\xff");
    expect_inert("\xc3", 1, "\\xc3");
    expect_inert("\xc0\xaf", 2, "\\xc0\\xaf");          /* overlong */
    expect_inert("\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf"); /* overlong */
    expect_inert("\xed\xa0\x80", 3, "\\xed\\xa0\\x80"); /* a surrogate */
    expect_inert("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80");
}

static void what_reorders_text_is_spelt_out(void **state)
{
    (void)state;
    expect_inert("\xe2\x80\xae\xe2\x81\xa6", 6, "\\xe2\\x80\\xae\\xe2\\x81\\xa6");
    expect_inert("\xe2\x80\xa9\xe2\x80\x93", 6, "\xe2\x80\xa9\xe2\x80\x93");
}

static void a_name_is_one_line(void **state)
{
    (void)state;
    char *line = inert_line("a\tb\n\033[1mc");
    assert_string_equal(line, "a b \\x1b[1mc");
    free(line);
}

static void lines_are_broken_at_blanks(void **state)
{
    (void)state;
    struct style style = {.width = 12};
    char *got = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&got, &size);
    assert_non_null(out);
    print_wrapped(out, &style, 2, "one two three averyveryverylongword x");
    style.width = 0;
    print_wrapped(out, &style, 2, "one two three four five six seven eight nine ten");
    assert_int_equal(fclose(out), 0);
    assert_string_equal(got, "one two\n  three\n  averyveryverylongword\n  x\n"
                             "one two three four five six seven eight nine ten\n");
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_text_passes),
        cmocka_unit_test(what_steers_a_terminal_is_spelt_out),
        cmocka_unit_test(broken_utf8_is_spelt_out),
        cmocka_unit_test(what_reorders_text_is_spelt_out),
        cmocka_unit_test(a_name_is_one_line),
        cmocka_unit_test(lines_are_broken_at_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
