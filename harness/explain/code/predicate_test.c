#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain/code/predicate.h"

static void expect_text(const char *source, int line, const char *expected)
{
    char *text = predicate_text(source, line);
    if (expected)
        assert_string_equal(text, expected);
    else
        assert_null(text);
    free(text);
}

static void finds_the_loop_around_a_wait(void **state)
{
    (void)state;
    expect_text("while (unfinished > 0)\n    wait();\n", 2, "unfinished > 0");
    expect_text("while (unfinished > 0) wait();\n", 1, "unfinished > 0");
    expect_text("while (head ==\n       tail)\n    wait();\n", 3, "head == tail");
    expect_text("while (full(q) && !closed) {\n    waiting++;\n    wait();\n", 3,
                "full(q) && !closed");
    expect_text("if ( ! ready )\n    wait();\n", 2, "! ready");
    expect_text("if (a)\n    while (b)\n        wait();\n", 3, "b");
}

static void leaves_what_does_not_guard_it(void **state)
{
    (void)state;
    expect_text("if (n == 0)\n    signal();\nwait();\n", 3, NULL);
    expect_text("while (busy) {\n    work();\n}\nwait();\n", 4, NULL);
    expect_text("while (busy)\n    ;\nwait();\n", 3, NULL);
    expect_text("while (far)\n{\n\n\n\n\n    wait();\n", 7, NULL);
    expect_text("meanwhile(x)\n    wait();\n", 2, NULL);
    expect_text("wait();\n", 1, NULL);
    expect_text("wait();\n", 9, NULL);
    expect_text("", 1, NULL);
    expect_text("while (open\n", 1, NULL);
    expect_text("while ()\n    wait();\n", 2, NULL);
}

static void expect_words(const char *condition, const char *const *words)
{
    const char *at = condition;
    const char *word;
    size_t length;
    for (; (word = predicate_next(&at, &length)); words++) {
        assert_non_null(*words);
        if (!*words)
            return;
        assert_int_equal(length, strlen(*words));
        assert_memory_equal(word, *words, length);
    }
    assert_null(*words);
}

static void goes_through_the_variables(void **state)
{
    (void)state;
    expect_words("queue.head == queue.tail",
                 (const char *const[]){"queue.head", "queue.tail", NULL});
    expect_words("!q->closed && q->slot[i].used > 0x1f",
                 (const char *const[]){"q->closed", "q->slot[i].used", NULL});
    expect_words("is_full (q) || next != NULL", (const char *const[]){"q", "next", NULL});
    expect_words("1 < 2u", (const char *const[]){NULL});
    expect_words("a[", (const char *const[]){"a", NULL});
    expect_words("a.", (const char *const[]){"a", NULL});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_loop_around_a_wait),
        cmocka_unit_test(leaves_what_does_not_guard_it),
        cmocka_unit_test(goes_through_the_variables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
