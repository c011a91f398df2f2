#include "corpus/shown.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void show(const char *source, struct shown *shown)
{
    shown_make(source, strlen(source), shown);
    assert_int_equal(shown->length, strlen(shown->text));
    size_t newlines = 0;
    for (size_t i = 0; i < shown->length; i++)
        newlines += shown->text[i] == '\n';
    assert_int_equal(newlines, shown->line_count);
}

/* Each source, what is shown of it, and the source's line of each shown one, as digits. */
static const struct {
    const char *source;
    const char *text;
    const char *sources;
} texts[] = {
    {"", "", ""},
    {"\n\n", "", ""},
    {"a;", "a;\n", "1"}, /* the newline at the end is missing */
    {"a;\nb;\n", "a;\nb;\n", "12"},
    /* Lines of comments alone are left out, blank ones folded, also where a comment stood between. */
    {"/* x */\n\na;\n", "a;\n", "3"},
    {"a;\n/* x */\nb;\n", "a;\nb;\n", "13"},
    {"a;\n\n/* x\n\n * y */\n\nb;\n", "a;\n\nb;\n", "127"},
    {"a;\n\n\n\nb;\n\n", "a;\n\nb;\n", "125"},
    {"a;\n  // x\n\nb;\n", "a;\n\nb;\n", "134"},
    {"a;\n \t\nb;\n", "a;\n\nb;\n", "123"},
    /* Code before, behind and between comments. */
    {"a; /* x */\n", "a;\n", "1"},
    {"a;   // x\n", "a;\n", "1"},
    {"    /* x */ a;\n", "    a;\n", "1"},
    {"/* x */ a; /* y */ /* z */ b; // c\n", "a; b;\n", "1"},
    {"int/* x */a;\n", "int a;\n", "1"},
    {"a = b+/* x */+c;\n", "a = b+ +c;\n", "1"},
    {"f(/* none */);\n", "f();\n", "1"},
    {"f(void/* x */);\n", "f(void);\n", "1"},
    {"f(a /* x */, b);\n", "f(a, b);\n", "1"},
    {"a; \t \n", "a;\n", "1"},
    /* Comments of several lines that begin or end beside code. */
    {"  a; /* x\n     y */\nb;\n", "  a;\nb;\n", "13"},
    {"  a; /* x\n     y */ b;\nc;\n", "  a;\n  b;\nc;\n", "123"},
    {"  /* x\n     y */ b;\n", "  b;\n", "2"},
    {"a /* x\n\n\n y */ b /* z\n */;\n", "a\nb\n;\n", "145"},
    {"a; /* never ends\nb;\n", "a;\n", "1"},
    {"a; /* x */ /* y\n z */\nb;\n", "a;\nb;\n", "13"},
    /* No comments. */
    {"s = \"/* x */ // y\"; /* z */\n", "s = \"/* x */ // y\";\n", "1"},
    {"s = \"\\\"/*\"; t = '\"'; /* \" */\n", "s = \"\\\"/*\"; t = '\"';\n", "1"},
    {"c = '\\''; // '\n", "c = '\\'';\n", "1"},
    {"s = \"a  \"; \n", "s = \"a  \";\n", "1"},
    {"a = b / c;\n", "a = b / c;\n", "1"},
};

static void without_comments(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct shown shown;
        show(texts[i].source, &shown);
        assert_string_equal(shown.text, texts[i].text);
        assert_int_equal(shown.line_count, strlen(texts[i].sources));
        for (size_t line = 0; line < shown.line_count; line++) {
            assert_int_equal(shown.sources[line], texts[i].sources[line] - '0');
            assert_int_equal(shown_line(&shown, shown.sources[line]), line + 1);
        }
        shown_release(&shown);
    }
}

static void lines(void **state)
{
    (void)state;
    struct shown shown;
    show("/* x */\na; /* y\n z */\n\n\nb;\n", &shown);
    assert_int_equal(shown_line(&shown, 1), 0);
    assert_int_equal(shown_line(&shown, 2), 1);
    assert_int_equal(shown_line(&shown, 3), 0);
    assert_int_equal(shown_line(&shown, 4), 2);
    assert_int_equal(shown_line(&shown, 5), 0);
    assert_int_equal(shown_line(&shown, 6), 3);
    assert_int_equal(shown_line(&shown, 7), 0);
    shown_release(&shown);
}

#define HEAD "--- program.c\n+++ program.c\n"
#define TEN  "1;\n2;\n3;\n4;\n5;\n6;\n7;\n8;\n9;\n10;\n"

static void diffs(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *diff;
    } cases[] = {
        {"", "", ""},
        {"a;\n", "/* x */\na; /* y */\n", ""},
        {"", "a;\nb;\n", HEAD "@@ -0,0 +1,2 @@\n+a;\n+b;\n"},
        {"a;\n", "", HEAD "@@ -1 +0,0 @@\n-a;\n"},
        {"a;\n", "b;\n", HEAD "@@ -1 +1 @@\n-a;\n+b;\n"},
        {TEN, "1;\n2;\n3;\n4;\n5;\n6;\n7;\n8;\n9;\n10;\n11;\n",
         HEAD "@@ -8,3 +8,4 @@\n 8;\n 9;\n 10;\n+11;\n"},
        {TEN, "0;\n" TEN, HEAD "@@ -1,3 +1,4 @@\n+0;\n 1;\n 2;\n 3;\n"},
        {TEN, "1;\n2;\n3;\n4;\n6;\n7;\n8;\n9;\n10;\n",
         HEAD "@@ -2,7 +2,6 @@\n 2;\n 3;\n 4;\n-5;\n 6;\n 7;\n 8;\n"},
        /* Six lines between two changes are one stretch, seven are two. */
        {TEN, "1;\nx;\n3;\n4;\n5;\n6;\n7;\n8;\ny;\n10;\n",
         HEAD "@@ -1,10 +1,10 @@\n 1;\n-2;\n+x;\n 3;\n 4;\n 5;\n 6;\n 7;\n 8;\n-9;\n+y;\n 10;\n"},
        {TEN, "x;\n1;\n2;\n3;\n4;\n5;\n6;\n7;\n9;\n10;\n",
         HEAD
         "@@ -1,3 +1,4 @@\n+x;\n 1;\n 2;\n 3;\n@@ -5,6 +6,5 @@\n 5;\n 6;\n 7;\n-8;\n 9;\n 10;\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct shown from;
        struct shown to;
        show(cases[i].from, &from);
        show(cases[i].to, &to);
        char *diff = shown_diff(&from, &to);
        assert_string_equal(diff, cases[i].diff);
        free(diff);
        shown_release(&from);
        shown_release(&to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_comments),
        cmocka_unit_test(lines),
        cmocka_unit_test(diffs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
