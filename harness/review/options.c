#include "review/draw_parts.h"

#include "model/memory.h"

#include <stdlib.h>

/* Of a pair as many are looked at. */
enum { REFACTORINGS = 8 };

/* A change, or, where that is NULL, a twin. */
static void add_option(struct round *round, const struct pair *change, enum polarity twin)
{
    const struct pair *source = change ? change : round->what.pair;
    struct patch_option option = {
        .change = change,
        .twin = twin,
        .kind = change ? change->patch : PATCH_NONE,
        .right = twin == FIXED,
    };
    option.why = change || twin == BUGGY ? source->lesson.why : source->lesson.fix;
    shown_make(source->twin[twin].source, source->twin[twin].length, &option.program);
    option.diff = shown_diff(&round->program, &option.program);
    if (!*option.diff) { /* nothing to choose */
        shown_release(&option.program);
        free(option.diff);
        return;
    }
    struct patch_option *added =
        xappend((void **)&round->options, &round->option_count, sizeof(*added));
    *added = option;
}

static void shuffle(struct dice *dice, struct round *round)
{
    for (size_t left = round->option_count; left > 1; left--) {
        size_t other = dice_below(dice, left);
        struct patch_option kept = round->options[left - 1];
        round->options[left - 1] = round->options[other];
        round->options[other] = kept;
    }
    for (size_t i = 0; i < round->option_count; i++) {
        if (round->options[i].right)
            round->right_option = i;
    }
}

/*
 * One of the correct versions: NULL, the fixed twin, or a refactoring. That which the round is a change to is not offered
 * where there is another: it would be the change turned back. Which one it is differs, so that the size of its
 * difference does not tell it: to the fixed twin it is mostly less than to a wrong patch, to a refactoring more.
 */
static const struct pair *right_version(const struct corpus *corpus, struct dice *dice,
                                        const struct candidate *what)
{
    const struct pair *versions[REFACTORINGS + 1];
    size_t count = 0;
    const struct pair *version = NULL;
    do {
        if (what->form == REVIEW_PROGRAM || version != what->base)
            versions[count++] = version;
        version = change_next(corpus, what->pair, FIXED, version);
    } while (version && count <= REFACTORINGS);
    return count > 0 ? versions[dice_below(dice, count)] : what->base;
}

void options_make(const struct corpus *corpus, struct dice *dice, struct round *round)
{
    const struct candidate *what = &round->what;
    if (what->polarity == FIXED || !change_next(corpus, what->pair, BUGGY, NULL))
        return;
    const struct pair *change = NULL;
    while ((change = change_next(corpus, what->pair, BUGGY, change))) {
        if (change != what->change)
            add_option(round, change, BUGGY);
    }
    if (what->change)
        add_option(round, NULL, BUGGY);
    add_option(round, right_version(corpus, dice, what), FIXED);
    shuffle(dice, round);
}
