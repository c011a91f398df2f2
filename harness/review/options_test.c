#include "review/draw.h"
#include "review/made_corpus.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void options(void **state)
{
    (void)state;
    struct corpus corpus;
    made_tills(&corpus);
    const struct pair *till = &corpus.pairs[3];
    size_t places[4] = {0};
    size_t twins = 0;
    for (uint64_t seed = 0; seed < 4000; seed++) {
        struct candidate what = {.pair = till, .polarity = BUGGY};
        struct round round;
        round_make(&corpus, &what, seed, &round);
        /* The right one, and three wrong patches. */
        assert_int_equal(round.option_count, 4);
        size_t right = 0;
        for (size_t i = 0; i < round.option_count; i++) {
            const struct patch_option *option = &round.options[i];
            char *diff = shown_diff(&round.program, &option->program);
            assert_string_equal(option->diff, diff);
            free(diff);
            right += option->right;
            assert_int_equal(option->right, i == round.right_option);
            assert_int_equal(option->kind, option->change ? option->change->patch : PATCH_NONE);
            assert_ptr_equal(option->why,
                             option->change ? option->change->lesson.why : till->lesson.fix);
        }
        assert_int_equal(right, 1);
        places[round.right_option]++;
        twins += round.options[round.right_option].change == NULL;
        round_release(&round);
    }
    for (size_t i = 0; i < 4; i++)
        assert_in_range(places[i], 863, 1137); /* five standard deviations about 1000 */
    assert_in_range(twins, 1842, 2158);
    corpus_release(&corpus);
}

/* Which options there are, by round. */
static void option_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *change; /* NULL: the buggy twin */
        const char *base;   /* NULL: the fixed twin */
        enum review_form form;
        const char *never, *always; /* ids */
        size_t count;
    } cases[] = {
        {NULL, "race/till.late", REVIEW_DIFF, "fixed race/till.late", "fixed race/till", 4},
        {NULL, NULL, REVIEW_DIFF, "fixed race/till", "fixed race/till.late", 4},
        {"race/till.moves", NULL, REVIEW_DIFF, "fixed race/till", "fixed race/till.late", 4},
        {"race/till.moves", NULL, REVIEW_PROGRAM, "buggy race/till.moves", "buggy race/till", 4},
        {"race/till.moves", NULL, REVIEW_PROGRAM, "buggy race/till.unread",
         "buggy race/till.serial", 4},
        {"race/till.hides", NULL, REVIEW_PROGRAM, "buggy race/till.hides", "buggy race/till.moves",
         4},
        /* No refactoring: the change turned back it is. */
        {"race/lamp.hides", NULL, REVIEW_DIFF, "buggy race/lamp.hides", "fixed race/lamp", 2},
    };
    struct corpus corpus;
    made_tills(&corpus);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct candidate what = {
            .pair = &corpus.pairs[3], .polarity = BUGGY, .form = cases[i].form};
        for (size_t j = 0; j < corpus.change_count; j++) {
            if (cases[i].change && strcmp(corpus.changes[j].id, cases[i].change) == 0)
                what.change = &corpus.changes[j];
            if (cases[i].base && strcmp(corpus.changes[j].id, cases[i].base) == 0)
                what.base = &corpus.changes[j];
        }
        if (what.change)
            what.pair = what.change->of;
        for (uint64_t seed = 0; seed < 20; seed++) {
            struct round round;
            bool there = false;
            round_make(&corpus, &what, seed, &round);
            assert_int_equal(round.option_count, cases[i].count);
            for (size_t j = 0; j < round.option_count; j++) {
                const struct patch_option *option = &round.options[j];
                char *id = xasprintf("%s %s", polarity_word(option->right ? FIXED : BUGGY),
                                     option->change ? option->change->id : what.pair->id);
                assert_string_not_equal(id, cases[i].never);
                there = there || strcmp(id, cases[i].always) == 0;
                free(id);
            }
            assert_true(there);
            if (what.form == REVIEW_DIFF) {
                char *diff = shown_diff(&round.base, &round.program);
                assert_string_equal(round.diff, diff);
                free(diff);
            }
            round_release(&round);
        }
    }
    /* An innocent change of the twin itself stands against the refactoring; no patches are offered for it. */
    struct candidate what = {.pair = &corpus.pairs[3],
                             .base = &corpus.changes[3],
                             .polarity = FIXED,
                             .form = REVIEW_DIFF};
    struct round round;
    round_make(&corpus, &what, 1, &round);
    assert_string_equal(round.base.text, "i;\na;\nz;\ny;\nt;\n");
    assert_string_equal(round.program.text, "t;\ni;\na;\nz;\ny;\n");
    assert_int_equal(round.option_count, 0);
    round_release(&round);
    corpus_release(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(options), cmocka_unit_test(option_kinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
