#include "corpus/corpus.h"

#include "model/folder.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char *const detectors[] = {"tsan", "helgrind", "explore", NULL};

#define PAIR                                                                                       \
    "/*\n * gate: a title\n *\n * Story: s.\n * Wrong: w.\n * Why: y.\n * Fix: f.\n"               \
    " * Roadmap: threads\n * CWE: c\n * CERT: none\n */\nint n; /* bug: race(n) */\n"
#define PATCH(name, kind, promise)                                                                 \
    "/*\n * gate." name ": a patch\n *\n * Patch: " kind                                           \
    "\n * Why: it is wrong.\n */\nint n; /* " promise " */\n"
#define REFACTORING(name)                                                                          \
    "/*\n * gate." name ": a change\n *\n * Why: it is right.\n */\nint n; /* bug: race(n) */\n"

struct fixture {
    char root[32];
    struct corpus corpus;
};

static void put(const struct fixture *f, const char *path, const char *text)
{
    char *full = xasprintf("%s/%s", f->root, path);
    FILE *out = fopen(full, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
    free(full);
}

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    snprintf(f->root, sizeof(f->root), "/tmp/racelab-corpus-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    static const char *const folders[] = {"buggy", "fixed", "buggy/race", "fixed/race"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        char *path = xasprintf("%s/%s", f->root, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
        free(path);
    }
    put(f, "buggy/race/gate.c", PAIR);
    put(f, "fixed/race/gate.c", PAIR);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    corpus_release(&f->corpus);
    folder_remove(f->root);
    free(f);
    return 0;
}

/* Loads, and expects one complaint with these words of this file; no words: none. */
static void expect(struct fixture *f, const char *file, const char *words)
{
    assert_int_equal(corpus_load(f->root, detectors, &f->corpus), 0);
    const struct complaints *complaints = &f->corpus.complaints;
    for (size_t i = 0; i < complaints->count; i++)
        print_message("%s:%d: %s\n", complaints->items[i].file, complaints->items[i].line,
                      complaints->items[i].text);
    assert_int_equal(complaints->count, words != NULL);
    if (words) {
        assert_non_null(strstr(complaints->items[0].file, file));
        assert_non_null(strstr(complaints->items[0].text, words));
    }
}

static void changes_belong_to_their_pair(void **state)
{
    struct fixture *f = *state;
    put(f, "buggy/race/gate.wide.c", PATCH("wide", "serial", "serial: n"));
    put(f, "buggy/race/gate.half.c", PATCH("half", "moves", "bug: race(n)"));
    put(f, "buggy/race/gate.quiet.c", PATCH("quiet", "hides", "bug: race(n)"));
    put(f, "fixed/race/gate.narrow.c", REFACTORING("narrow"));
    expect(f, NULL, NULL);
    assert_int_equal(f->corpus.count, 1);
    assert_int_equal(f->corpus.change_count, 4);
    static const struct {
        const char *id;
        enum polarity polarity;
        enum patch_kind patch;
    } wanted[] = {
        {"race/gate.half", BUGGY, PATCH_MOVES},
        {"race/gate.narrow", FIXED, PATCH_NONE},
        {"race/gate.quiet", BUGGY, PATCH_HIDES},
        {"race/gate.wide", BUGGY, PATCH_SERIAL},
    };
    for (size_t i = 0; i < f->corpus.change_count; i++) {
        const struct pair *change = &f->corpus.changes[i];
        assert_string_equal(change->id, wanted[i].id);
        assert_ptr_equal(change->of, &f->corpus.pairs[0]);
        assert_int_equal(change_polarity(change), wanted[i].polarity);
        assert_int_equal(change->patch, wanted[i].patch);
        assert_null(change->twin[wanted[i].polarity == BUGGY ? FIXED : BUGGY].path);
    }
    assert_string_equal(f->corpus.changes[0].lesson.title, "a patch");
    assert_string_equal(f->corpus.changes[0].lesson.why, "it is wrong.");
    assert_int_equal(f->corpus.changes[3].twin[BUGGY].annotations.promises.items[0].kind,
                     PROMISE_SERIAL);
    assert_null(f->corpus.pairs[0].of);
}

static void a_change_of_nothing_is_a_fault(void **state)
{
    struct fixture *f = *state;
    put(f, "buggy/race/gates.half.c",
        "/*\n * gates.half: t\n *\n * Patch: moves\n * Why: y.\n */\nint n; /* bug: race(n) */\n");
    expect(f, "gates.half.c", "a pair that is not there: `race/gates`");
}

static void two_changes_of_one_name_are_a_fault(void **state)
{
    struct fixture *f = *state;
    put(f, "buggy/race/gate.half.c", PATCH("half", "moves", "bug: race(n)"));
    put(f, "fixed/race/gate.half.c", REFACTORING("half"));
    expect(f, "race/gate.half.c", "has the same name");
}

static void a_patch_says_its_kind(void **state)
{
    struct fixture *f = *state;
    put(f, "buggy/race/gate.half.c", PATCH("half", "hidden", "bug: race(n)"));
    expect(f, "gate.half.c", "`moves`, `hides` or `serial`");
}

static void a_refactoring_is_no_patch(void **state)
{
    struct fixture *f = *state;
    put(f, "fixed/race/gate.half.c", PATCH("half", "moves", "bug: race(n)"));
    expect(f, "gate.half.c", "`Patch:` does not belong");
}

static void a_lesson_key_of_a_pair_is_a_fault(void **state)
{
    struct fixture *f = *state;
    put(f, "fixed/race/gate.half.c",
        "/*\n * gate.half: t\n *\n * Why: y.\n * CWE: c\n */\nint n; /* bug: race(n) */\n");
    expect(f, "gate.half.c", "`CWE:` does not belong");
}

static void a_serial_patch_promises_that(void **state)
{
    struct fixture *f = *state;
    put(f, "buggy/race/gate.wide.c", PATCH("wide", "serial", "a comment"));
    expect(f, "gate.wide.c", "a serial patch has a `serial:` annotation");
}

static void a_serial_patch_has_no_bug(void **state)
{
    struct fixture *f = *state;
    put(f, "buggy/race/gate.wide.c", PATCH("wide", "serial", "serial: n */ /* bug: race(n)"));
    expect(f, "gate.wide.c", "stands in patches of that kind alone");
}

static void another_patch_is_not_serial(void **state)
{
    struct fixture *f = *state;
    put(f, "buggy/race/gate.half.c", PATCH("half", "moves", "bug: race(n) */ /* serial: n"));
    expect(f, "gate.half.c", "stands in patches of that kind alone");
}

static void a_change_promises_something(void **state)
{
    struct fixture *f = *state;
    put(f, "buggy/race/gate.half.c", PATCH("half", "moves", "a comment"));
    expect(f, "gate.half.c", "no `bug:` annotation");
}

static void a_pair_is_not_serial(void **state)
{
    struct fixture *f = *state;
    put(f, "buggy/race/gate.c", PAIR "int m; /* serial: m */\n");
    put(f, "fixed/race/gate.c", PAIR "int m; /* serial: m */\n");
    expect(f, "buggy/race/gate.c", "`serial:` stands in wrong patches alone");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(changes_belong_to_their_pair),
        TEST(a_change_of_nothing_is_a_fault),
        TEST(two_changes_of_one_name_are_a_fault),
        TEST(a_patch_says_its_kind),
        TEST(a_refactoring_is_no_patch),
        TEST(a_lesson_key_of_a_pair_is_a_fault),
        TEST(a_serial_patch_promises_that),
        TEST(a_serial_patch_has_no_bug),
        TEST(another_patch_is_not_serial),
        TEST(a_change_promises_something),
        TEST(a_pair_is_not_serial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
