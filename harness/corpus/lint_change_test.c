/* The linter: changes beside a pair, and names that tell. */
#include "corpus/lesson.h"
#include "corpus/lint.h"
#include "corpus/lint_examples.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const detectors[] = {"tsan", "tsan-gcc", "helgrind", "drd", "watchdog", NULL};

/* Reads the change that was last added once more, with every `from` as `to`. */
static void rewrite(const char *from, const char *to)
{
    struct pair *change = &corpus.changes[corpus.change_count - 1];
    enum polarity polarity = change_polarity(change);
    char *at = strstr(change->twin[polarity].source, from);
    assert_non_null(at);
    char *text = xasprintf("%.*s%s%s", (int)(at - change->twin[polarity].source),
                           change->twin[polarity].source, to, at + strlen(from));
    free(change->twin[polarity].source);
    annotations_release(&change->twin[polarity].annotations);
    lesson_release(&change->lesson);
    change->twin[polarity].source = text;
    change->twin[polarity].length = strlen(text);
    annotations_read(change->twin[polarity].path, text, strlen(text), detectors,
                     &change->twin[polarity].annotations, &corpus.complaints);
    lesson_read(change->twin[polarity].path, change->name, text, strlen(text),
                polarity == BUGGY ? LESSON_WRONG_PATCH : LESSON_REFACTORING, &change->lesson,
                &corpus.complaints);
}

/* The twin's program under a header of its own, one line of it changed. */
static void add_change(const char *name, enum polarity polarity, enum patch_kind patch)
{
    struct pair *change = xappend((void **)&corpus.changes, &corpus.change_count, sizeof(*change));
    const char *body = strstr(sources[polarity], "#include");
    change->name = xasprintf("two_tills.%s", name);
    change->id = xasprintf("race/%s", change->name);
    change->family = xstrdup("race");
    change->of = &corpus.pairs[0];
    change->patch = patch;
    change->twin[polarity].path = xasprintf("%s.c", name);
    change->twin[polarity].source =
        xasprintf("/*\n * %s: a change\n *\n%s * Why: so.\n */\n%s", change->name,
                  polarity == BUGGY ? " * Patch: moves\n" : "", body);
    rewrite("sum++", "sum = sum + 1");
}

static void add_good_changes(void)
{
    open_pair("race", "two_tills");
    load_pair(&corpus.pairs[0]);
    add_change("first", BUGGY, PATCH_MOVES);
    add_change("second", BUGGY, PATCH_SERIAL);
    add_change("third", FIXED, PATCH_NONE);
}

/* Lints `pair` and releases the corpus; `words` are of the one complaint; NULL: there is none. */
static void expect_of(const struct pair *pair, const char *words)
{
    struct complaints complaints = {0};
    lint_pair(&corpus, pair, &complaints);
    for (size_t i = 0; i < complaints.count; i++)
        print_message("%s:%d: %s\n", complaints.items[i].file, complaints.items[i].line,
                      complaints.items[i].text);
    assert_int_equal(complaints.count, words != NULL);
    if (words)
        assert_non_null(strstr(complaints.items[0].text, words));
    complaints_release(&complaints);
    corpus_release(&corpus);
}

static void good_changes_have_no_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        add_good_changes();
        expect_of(&corpus.changes[i], NULL);
    }
    add_good_changes();
    expect_of(&corpus.pairs[0], NULL);
}

static void a_change_has_a_name(void **state)
{
    (void)state;
    add_good_changes();
    add_change("One_side", BUGGY, PATCH_MOVES);
    expect_of(&corpus.changes[3], "`One_side` is no name for a change");
}

static void a_change_changes_code(void **state)
{
    (void)state;
    add_good_changes();
    rewrite("sum = sum + 1", "sum++");
    expect_of(&corpus.changes[2], "is the same code as its fixed twin");
    add_good_changes();
    rewrite("sum = sum + 1", "sum++ /* as it was */");
    expect_of(&corpus.changes[2], "is the same code as its fixed twin");
}

static void a_change_is_small(void **state)
{
    (void)state;
    char *lines = xstrdup("");
    for (int i = 0; i < LINT_MOST_CHANGED_LINES; i++) {
        char *longer = xasprintf("%ssum--;\n    ", lines);
        free(lines);
        lines = longer;
    }
    add_good_changes();
    rewrite("sum = sum", lines);
    free(lines);
    expect_of(&corpus.changes[2], "by 22 lines, more than 20");
}

static void a_change_is_a_whole_program(void **state)
{
    (void)state;
    add_good_changes();
    rewrite("assert(sum == 2);", "(void)sum;");
    struct complaints complaints = {0};
    lint_pair(&corpus, &corpus.changes[2], &complaints);
    assert_int_equal(complaints.count, 2); /* and the promise stands on no result */
    complaints_release(&complaints);
    corpus_release(&corpus);
}

static void a_pair_has_enough_changes(void **state)
{
    (void)state;
    open_pair("race", "two_tills");
    load_pair(&corpus.pairs[0]);
    add_change("first", BUGGY, PATCH_MOVES);
    add_change("third", FIXED, PATCH_NONE);
    expect_of(&corpus.pairs[0], "fewer than 2 wrong patches");
    open_pair("race", "two_tills");
    load_pair(&corpus.pairs[0]);
    add_change("first", BUGGY, PATCH_MOVES);
    add_change("second", BUGGY, PATCH_HIDES);
    expect_of(&corpus.pairs[0], "and no refactoring");
    open_pair("race", "two_tills");
    load_pair(&corpus.pairs[0]);
    add_change("first", BUGGY, PATCH_SERIAL);
    add_change("second", BUGGY, PATCH_SERIAL);
    add_change("third", FIXED, PATCH_NONE);
    expect_of(&corpus.pairs[0], "serial patches alone");
}

static void names_do_not_tell(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{IN_BUGGY, "pthread_t other;", "pthread_t other; int lost_sum; (void)lost_sum;"}},
         "`lost_sum` has `lost` in it",
         BUGGY,
         28,
         1},
        {{{IN_BOTH, "till(\"sleep(1)\");", "till(\"a stale one\");"}},
         "has `stale` in it",
         FIXED,
         32,
         2},
        {{{IN_BOTH, "till(\"sleep(1)\");", "till(\"two tills\");"}},
         "has `two_tills` in it",
         FIXED,
         32,
         2},
        {{{IN_BOTH, "(void)arg;", "(void)arg; /* a stale one */"}}, NULL, BUGGY, 0, 0},
    };
    RUN("race", examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_changes_have_no_fault),  cmocka_unit_test(a_change_has_a_name),
        cmocka_unit_test(a_change_changes_code),       cmocka_unit_test(a_change_is_small),
        cmocka_unit_test(a_change_is_a_whole_program), cmocka_unit_test(a_pair_has_enough_changes),
        cmocka_unit_test(names_do_not_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
