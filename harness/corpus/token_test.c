#include "corpus/token.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char kinds[] = "WNQPC"; /* by enum token_kind */

/* Each token as its kind, its line and its text, as in "W1:int". */
static char *describe(const struct tokens *tokens)
{
    char *text = xstrdup("");
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];
        char *longer = xasprintf("%s%s%c%d:%.*s", text, i ? " " : "", kinds[token->kind],
                                 token->line, (int)token->length, token->text);
        free(text);
        text = longer;
    }
    return text;
}

static void sources_are_cut_up(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        const char *tokens;
    } cases[] = {
        {"", ""},
        {"int a_1;\nb->c", "W1:int W1:a_1 P1:; W2:b P2:- P2:> W2:c"},
        {"1.5e+3+0x1p-2-.5f 1e", "N1:1.5e+3 P1:+ N1:0x1p-2 P1:- N1:.5f N1:1e"},
        {"\"a\\\"/*b\" '\\'' c", "Q1:\"a\\\"/*b\" Q1:'\\'' W1:c"},
        {"\"open\nnext", "Q1:\"open W2:next"},
        {"\"a\\\nb\" c", "Q1:\"a\\\nb\" W2:c"},
        {"a // b\nc /* d\n*/ e", "W1:a C1:// b W2:c C2:/* d\n*/ W3:e"},
        {"a /* never", "W1:a C1:/* never"},
        {"a / b /", "W1:a P1:/ W1:b P1:/"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct tokens tokens = {0};
        tokens_read(cases[i].source, strlen(cases[i].source), &tokens);
        char *text = describe(&tokens);
        assert_string_equal(text, cases[i].tokens);
        free(text);
        tokens_release(&tokens);
    }
}

static void calls_alone(void **state)
{
    (void)state;
    static const char source[] = "f(g, \"h(\"); i.j(); k->l(1); /* m() */ n = > o();";
    struct tokens tokens = {0};
    tokens_read(source, strlen(source), &tokens);
    assert_true(tokens_call(&tokens, "f"));
    assert_true(tokens_call(&tokens, "o"));
    static const char *const none[] = {"g", "h", "i", "j", "k", "l", "m", "n"};
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
        assert_false(tokens_call(&tokens, none[i]));
    tokens_release(&tokens);
}

static void comments_know_where_they_end(void **state)
{
    (void)state;
    static const char source[] = "/* a\n * b */ // c\n";
    struct tokens tokens = {0};
    tokens_read(source, strlen(source), &tokens);
    assert_int_equal(tokens.count, 2);
    assert_int_equal(tokens.items[0].line, 1);
    assert_int_equal(tokens.items[0].last_line, 2);
    char *first = token_comment_text(&tokens.items[0]);
    char *second = token_comment_text(&tokens.items[1]);
    assert_string_equal(first, "a b");
    assert_string_equal(second, "c");
    free(first);
    free(second);
    tokens_release(&tokens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_are_cut_up),
        cmocka_unit_test(calls_alone),
        cmocka_unit_test(comments_know_where_they_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
