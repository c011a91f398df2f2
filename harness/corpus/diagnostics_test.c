#include "corpus/diagnostics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect_complaint(const struct complaints *complaints, size_t index, const char *file,
                             int line, const char *text)
{
    assert_true(index < complaints->count);
    assert_string_equal(complaints->items[index].file, file);
    assert_int_equal(complaints->items[index].line, line);
    if (!strstr(complaints->items[index].text, text))
        fail_msg("%s", complaints->items[index].text);
}

static void warnings_and_errors_have_a_line(void **state)
{
    (void)state;
    struct complaints complaints = {0};
    diagnostics_read("gcc", "/a/x.c",
                     "/a/x.c: In function 'main':\n"
                     "/a/x.c:12:9: warning: unused variable 'a' [-Wunused-variable]\n"
                     "   12 |     int a;\n"
                     "/a/x.c:13:1: note: declared here\n"
                     "/usr/include/y.h:7: error: no: 8:9 more\n"
                     "/a/x.c:14:10: fatal error: z.h: No such file or directory\n"
                     "compilation terminated.\n",
                     true, &complaints);
    assert_int_equal(complaints.count, 3);
    expect_complaint(&complaints, 0, "/a/x.c", 12, "gcc: unused variable 'a' [-Wunused-variable]");
    expect_complaint(&complaints, 1, "/usr/include/y.h", 7, "gcc: no: 8:9 more");
    expect_complaint(&complaints, 2, "/a/x.c", 14, "gcc: z.h: No such file or directory");
    complaints_release(&complaints);
}

static void what_has_no_line_is_told_of_the_file(void **state)
{
    (void)state;
    struct complaints complaints = {0};
    diagnostics_read("clang", "x.c", "", false, &complaints);
    assert_int_equal(complaints.count, 0);
    diagnostics_read("clang", "x.c", "clang: warning: argument unused\nmore\n", false, &complaints);
    diagnostics_read("clang", "x.c", "", true, &complaints);
    diagnostics_read("clang", "x.c", "x.c:12 warning: w", true, &complaints);
    assert_int_equal(complaints.count, 3);
    expect_complaint(&complaints, 0, "x.c", 0, "is not silent: `clang: warning: argument unused`");
    expect_complaint(&complaints, 1, "x.c", 0, "clang cannot compile it");
    expect_complaint(&complaints, 2, "x.c", 0, "clang cannot compile it: `x.c:12 warning: w`");
    complaints_release(&complaints);
}

static void many_are_cut_off(void **state)
{
    (void)state;
    char output[64 * 40] = "";
    for (int i = 1; i <= 40; i++)
        snprintf(output + strlen(output), sizeof(output) - strlen(output), "x.c:%d:1: warning: w\n",
                 i);
    struct complaints complaints = {0};
    diagnostics_read("gcc", "x.c", output, false, &complaints);
    assert_int_equal(complaints.count, DIAGNOSTICS_MOST);
    complaints_release(&complaints);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warnings_and_errors_have_a_line),
        cmocka_unit_test(what_has_no_line_is_told_of_the_file),
        cmocka_unit_test(many_are_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
