#include "review/draw_parts.h"

#include "corpus/diff.h"
#include "model/memory.h"

const struct pair *candidate_source(const struct candidate *what)
{
    return what->change ? what->change : what->pair;
}

bool change_usable(const struct pair *change, const struct pair *pair)
{
    enum polarity polarity = change_polarity(change);
    return change->of == pair && change->twin[polarity].source &&
           (polarity == FIXED || change->patch != PATCH_NONE);
}

const struct pair *change_next(const struct corpus *corpus, const struct pair *pair,
                               enum polarity polarity, const struct pair *last)
{
    const struct pair *end = corpus->changes + corpus->change_count;
    for (const struct pair *change = last ? last + 1 : corpus->changes; change < end; change++) {
        if (change_usable(change, pair) && change_polarity(change) == polarity)
            return change;
    }
    return NULL;
}

const struct pair *candidate_base(const struct corpus *corpus, const struct candidate *what)
{
    if (what->polarity == FIXED && !what->change)
        return change_next(corpus, what->pair, FIXED, NULL);
    return what->pair;
}

/* Adds the program in both forms; as a change only where there is something to change. */
static void add_program(const struct corpus *corpus, const struct candidate *what,
                        struct candidate **items, size_t *count)
{
    const struct pair *base = candidate_base(corpus, what);
    struct shown programs[2] = {0};
    struct text_lines lines[2] = {0};
    struct hunks hunks = {0};
    shown_make(candidate_source(what)->twin[what->polarity].source,
               candidate_source(what)->twin[what->polarity].length, &programs[1]);
    struct candidate *program = xappend((void **)items, count, sizeof(*program));
    *program = *what;
    program->form = REVIEW_PROGRAM;
    program->lines = programs[1].line_count;
    if (base) {
        shown_make(base->twin[FIXED].source, base->twin[FIXED].length, &programs[0]);
        for (size_t side = 0; side < 2; side++)
            lines_read(programs[side].text, programs[side].length, &lines[side]);
        diff_lines(&lines[0], &lines[1], &hunks);
    }
    if (hunks.count > 0) {
        struct candidate *diff = xappend((void **)items, count, sizeof(*diff));
        *diff = *what;
        diff->form = REVIEW_DIFF;
        diff->lines = programs[1].line_count;
        for (size_t i = 0; i < hunks.count; i++) {
            diff->removed += hunks.items[i].count[0];
            diff->added += hunks.items[i].count[1];
        }
    }
    hunks_release(&hunks);
    for (size_t side = 0; side < 2; side++) {
        lines_release(&lines[side]);
        shown_release(&programs[side]);
    }
}

size_t draw_candidates(const struct corpus *corpus, const struct pair *const *pairs,
                       size_t pair_count, struct candidate **candidates)
{
    size_t count = 0;
    *candidates = NULL;
    for (size_t i = 0; i < pair_count; i++) {
        if (!pairs[i]->twin[BUGGY].source || !pairs[i]->twin[FIXED].source)
            continue; /* complained of already */
        for (enum polarity p = BUGGY; p <= FIXED; p++) {
            struct candidate what = {.pair = pairs[i], .polarity = p};
            add_program(corpus, &what, candidates, &count);
            while ((what.change = change_next(corpus, pairs[i], p, what.change))) {
                if (what.change->patch != PATCH_SERIAL) /* an option, never a round */
                    add_program(corpus, &what, candidates, &count);
            }
        }
    }
    return count;
}
