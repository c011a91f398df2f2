#include "review/made_corpus.h"
#include "review/pool.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "race/till.moves diff buggy +1 -1" */
static char *name_of(const struct candidate *what)
{
    const struct pair *source = what->change ? what->change : what->pair;
    return xasprintf("%s %s%s %s %zu +%zu -%zu", source->id,
                     what->form == REVIEW_DIFF ? "diff" : "program", what->base ? " of late" : "",
                     polarity_word(what->polarity), what->lines, what->added, what->removed);
}

static void candidates(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "race/desk program buggy 3 +0 -0",
        "race/desk diff buggy 3 +0 -1",
        "race/desk program fixed 4 +0 -0",
        "race/lamp program buggy 4 +0 -0",
        "race/lamp diff buggy 4 +0 -1",
        "race/lamp.hides program buggy 6 +0 -0",
        "race/lamp.hides diff buggy 6 +2 -1",
        "race/lamp program fixed 5 +0 -0",
        "race/till program buggy 4 +0 -0",
        "race/till diff buggy 4 +0 -1",
        "race/till diff of late buggy 4 +0 -1",
        "race/till.hides program buggy 6 +0 -0",
        "race/till.hides diff buggy 6 +2 -1",
        "race/till.hides diff of late buggy 6 +2 -1",
        "race/till.moves program buggy 5 +0 -0",
        "race/till.moves diff buggy 5 +1 -1",
        "race/till.moves diff of late buggy 5 +1 -1",
        "race/till program fixed 5 +0 -0",
        "race/till diff of late fixed 5 +1 -1",
        "race/till.late program fixed 5 +0 -0",
        "race/till.late diff fixed 5 +1 -1",
        "waiting/queue program buggy 3 +0 -0",
        "waiting/queue diff buggy 3 +0 -2",
        "waiting/queue program fixed 5 +0 -0",
    };
    struct corpus corpus;
    made_tills(&corpus);
    const struct pair **pairs = made_selection(&corpus);
    struct candidate *items = NULL;
    size_t count = draw_candidates(&corpus, pairs, corpus.count, &items);
    for (size_t i = 0; i < count && i < sizeof(expected) / sizeof(*expected); i++) {
        char *name = name_of(&items[i]);
        assert_string_equal(name, expected[i]);
        free(name);
    }
    assert_int_equal(count, sizeof(expected) / sizeof(*expected));
    free(items);
    free(pairs);
    corpus_release(&corpus);
}

/* What SplitMix64 gives for this seed is known: the order of a session is the same on every machine. */
static void numbers(void **state)
{
    (void)state;
    static const uint64_t known[] = {
        UINT64_C(6457827717110365317),  UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423),  UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };
    struct dice dice = {1234567};
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        assert_true(dice_next(&dice) == known[i]);
    /* Of three quarters of all values a remainder alone would give the first third in one case of two. */
    size_t low = 0;
    for (int i = 0; i < 30000; i++)
        low += dice_below(&dice, (size_t)3 << 62) < (size_t)1 << 62;
    assert_in_range(low, 9700, 10300);
    assert_int_equal(dice_below(&dice, 1), 0);
    /* All six orders of three. */
    size_t orders[3][3] = {{0}};
    for (int i = 0; i < 30000; i++) {
        size_t items[] = {0, 1, 2};
        dice_shuffle(&dice, items, 3);
        orders[items[0]][items[1]]++;
    }
    for (size_t i = 0; i < 9; i++) {
        if (i % 4 != 0)
            assert_in_range(orders[i / 3][i % 3], 4800, 5200);
    }
}

static void draw(const struct corpus *corpus, const struct pair *const *pairs, size_t pair_count,
                 uint64_t seed, size_t count, struct rounds *rounds)
{
    struct draw_options options = {pairs, pair_count, seed, count};
    draw_rounds(corpus, &options, rounds);
}

static char *names_of(const struct rounds *rounds)
{
    char *text = xstrdup("");
    for (size_t i = 0; i < rounds->count; i++) {
        char *name = name_of(&rounds->items[i].what);
        char *longer = xasprintf("%s%s|%zu\n", text, name, rounds->items[i].right_option);
        free(name);
        free(text);
        text = longer;
    }
    return text;
}

static void same_again(void **state)
{
    (void)state;
    struct corpus corpus;
    made_tills(&corpus);
    const struct pair **pairs = made_selection(&corpus);
    char *texts[3];
    for (uint64_t i = 0; i < 3; i++) {
        struct rounds rounds;
        draw(&corpus, pairs, corpus.count, i < 2 ? 42 : 43, 12, &rounds);
        texts[i] = names_of(&rounds);
        rounds_release(&rounds);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_string_not_equal(texts[0], texts[2]);
    for (size_t i = 0; i < 3; i++)
        free(texts[i]);
    free(pairs);
    corpus_release(&corpus);
}

static bool same_candidate(const struct candidate *left, const struct candidate *right)
{
    return left->pair == right->pair && left->change == right->change &&
           left->base == right->base && left->polarity == right->polarity &&
           left->form == right->form;
}

static void selections(void **state)
{
    (void)state;
    struct corpus corpus;
    made_tills(&corpus);
    const struct pair **pairs = made_selection(&corpus);
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct rounds rounds;
        /* Pairs with wrong patches alone, and none twice before all were met; more rounds than candidates. */
        draw(&corpus, pairs, corpus.count, seed, 40, &rounds);
        assert_int_equal(rounds.count, 40);
        for (size_t i = 0; i < rounds.count; i++) {
            const struct candidate *what = &rounds.items[i].what;
            assert_true(what->pair == pairs[1] || what->pair == pairs[3]);
            assert_true(i % 2 == 0 || what->pair != rounds.items[i - 1].what.pair);
            assert_true(!what->change || what->change->patch != PATCH_SERIAL);
            assert_true(what->form == REVIEW_PROGRAM || what->pair == pairs[3]);
        }
        rounds_release(&rounds);
        /* One without wrong patches: as a program, and without options. */
        draw(&corpus, pairs + 4, 1, seed, 5, &rounds);
        assert_int_equal(rounds.count, 5);
        for (size_t i = 0; i < rounds.count; i++) {
            assert_ptr_equal(rounds.items[i].what.pair, pairs[4]);
            assert_int_equal(rounds.items[i].what.form, REVIEW_PROGRAM);
            assert_int_equal(rounds.items[i].option_count, 0);
        }
        rounds_release(&rounds);
        /* One with: each candidate is met once before any is met again, as long as polarity and form allow. */
        draw(&corpus, pairs + 3, 1, seed, 3, &rounds);
        for (size_t i = 1; i < rounds.count; i++) {
            for (size_t j = 0; j < i; j++)
                assert_false(same_candidate(&rounds.items[i].what, &rounds.items[j].what));
        }
        rounds_release(&rounds);
        /* Nothing to draw from. */
        draw(&corpus, pairs + 2, 1, seed, 5, &rounds);
        assert_int_equal(rounds.count, 0);
        rounds_release(&rounds);
        draw(&corpus, pairs, corpus.count, seed, 0, &rounds);
        assert_int_equal(rounds.count, 0);
        rounds_release(&rounds);
    }
    free(pairs);
    corpus_release(&corpus);
}

static void thirds(void **state)
{
    (void)state;
    enum { SEEDS = 6000 };
    struct corpus corpus;
    made_tills(&corpus);
    const struct pair **pairs = made_selection(&corpus);
    struct pool pool;
    pool_make(&corpus, pairs, corpus.count, &pool);
    for (size_t count = 1; count <= 7; count++) {
        size_t innocent[7] = {0};
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct dice dice = {seed};
            size_t drawn[7];
            size_t sum = 0;
            pool_draw(&pool, &dice, drawn, count);
            for (size_t i = 0; i < count; i++) {
                innocent[i] += pool.items[drawn[i]].polarity == FIXED;
                sum += pool.items[drawn[i]].polarity == FIXED;
            }
            assert_true(sum == count / 3 || (count % 3 > 0 && sum == count / 3 + 1));
        }
        for (size_t i = 0; i < count; i++) /* five standard deviations about 2000 */
            assert_in_range(innocent[i], 1817, 2183);
    }
    pool_release(&pool);
    free(pairs);
    corpus_release(&corpus);
}

/* Two pairs whose guilty programs are of other lengths than the innocent, but for one each: that is drawn more often. */
static void balance(void **state)
{
    (void)state;
#define LONG "1;\n2;\n3;\n4;\n5;\n6;\n7;\n8;\n"
    struct corpus corpus = {0};
    made_pair(&corpus, "race/a", MADE_TILL, "f;\n" MADE_TILL LONG);
    made_pair(&corpus, "race/b", MADE_TILL, "f;\n" MADE_TILL LONG);
    made_change(&corpus, "race/a.moves", PATCH_MOVES, "m;\n" MADE_TILL LONG);
    made_change(&corpus, "race/b.moves", PATCH_MOVES, "m;\n" MADE_TILL LONG);
    made_corpus(&corpus);
    const struct pair **pairs = made_selection(&corpus);
    struct pool pool;
    pool_make(&corpus, pairs, corpus.count, &pool);
    for (size_t i = 0; i < pool.count; i++) {
        const struct candidate *what = &pool.items[i];
        if (what->form == REVIEW_DIFF)
            assert_int_equal(pool.weights[i], 0); /* there are no innocent ones */
        else if (what->polarity == FIXED)
            assert_in_range(pool.weights[i], (1 << 20) - 2, 1 << 20);
        else if (what->change)
            assert_in_range(pool.weights[i], (1 << 20) * 3 / 4, 1 << 20);
        else
            assert_in_range(pool.weights[i], (1 << 20) / 10, (1 << 20) / 4);
    }
    pool_release(&pool);
    free(pairs);
    corpus_release(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates), cmocka_unit_test(numbers), cmocka_unit_test(same_again),
        cmocka_unit_test(selections), cmocka_unit_test(thirds),  cmocka_unit_test(balance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
