#include "review/draw_parts.h"

#include "model/memory.h"

#include <stdlib.h>

/* Where the change is shown; NULL: a twin. */
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
    /* Against the fixed twin, the fixed twin would be the change turned back. */
    bool turned_back = what->form == REVIEW_DIFF || what->change;
    change = turned_back ? change_next(corpus, what->pair, FIXED, NULL) : NULL;
    add_option(round, change, FIXED);
    shuffle(dice, round);
}
