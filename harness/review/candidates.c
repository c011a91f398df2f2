#include "review/draw_parts.h"

#include "corpus/diff.h"
#include "model/memory.h"

#include <string.h>

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
    for (size_t i = last ? (size_t)(last - corpus->changes) + 1 : 0; i < corpus->change_count;
         i++) {
        const struct pair *change = &corpus->changes[i];
        if (change_usable(change, pair) && change_polarity(change) == polarity)
            return change;
    }
    return NULL;
}

const struct pair *candidate_base(const struct candidate *what)
{
    return what->base ? what->base : what->pair;
}

static void add(const struct candidate *what, struct candidate **items, size_t *count)
{
    struct candidate *added = xappend((void **)items, count, sizeof(*added));
    *added = *what;
}

static bool same_line(const struct text_line *left, const struct text_line *right)
{
    return left->length == right->length && memcmp(left->text, right->text, left->length) == 0;
}

/* The lines without those that both begin and end with: these are never part of the difference, and most of what it would
 * cost. Borrowed from `lines`. */
static void without_common(const struct text_lines lines[2], struct text_lines rest[2])
{
    size_t least = lines[0].count < lines[1].count ? lines[0].count : lines[1].count;
    size_t head = 0;
    while (head < least && same_line(&lines[0].items[head], &lines[1].items[head]))
        head++;
    size_t tail = 0;
    while (tail < least - head && same_line(&lines[0].items[lines[0].count - tail - 1],
                                            &lines[1].items[lines[1].count - tail - 1]))
        tail++;
    for (size_t side = 0; side < 2; side++)
        rest[side] = (struct text_lines){.items = lines[side].items + head,
                                         .count = lines[side].count - head - tail};
}

/* Adds the program as a change to one correct version, where that is another program. */
static void add_diff(const struct candidate *what, const struct shown *program,
                     struct candidate **items, size_t *count)
{
    struct candidate diff = *what;
    const struct pair *base = candidate_base(what);
    struct shown before;
    struct text_lines lines[2];
    struct text_lines rest[2];
    struct hunks hunks = {0};
    shown_make(base->twin[FIXED].source, base->twin[FIXED].length, &before);
    lines_read(before.text, before.length, &lines[0]);
    lines_read(program->text, program->length, &lines[1]);
    without_common(lines, rest);
    diff_lines(&rest[0], &rest[1], &hunks);
    diff.form = REVIEW_DIFF;
    for (size_t i = 0; i < hunks.count; i++) {
        diff.removed += hunks.items[i].count[0];
        diff.added += hunks.items[i].count[1];
    }
    if (hunks.count > 0)
        add(&diff, items, count);
    hunks_release(&hunks);
    lines_release(&lines[0]);
    lines_release(&lines[1]);
    shown_release(&before);
}

/* Adds the program, and the change to each correct version that it makes. */
static void add_program(const struct corpus *corpus, struct candidate what,
                        struct candidate **items, size_t *count)
{
    const struct pair *source = candidate_source(&what);
    struct shown program;
    shown_make(source->twin[what.polarity].source, source->twin[what.polarity].length, &program);
    what.lines = program.line_count;
    add(&what, items, count);
    add_diff(&what, &program, items, count);
    while ((what.base = change_next(corpus, what.pair, FIXED, what.base)))
        add_diff(&what, &program, items, count);
    shown_release(&program);
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
            add_program(corpus, what, candidates, &count);
            while ((what.change = change_next(corpus, pairs[i], p, what.change))) {
                if (what.change->patch != PATCH_SERIAL) /* an option, never a round */
                    add_program(corpus, what, candidates, &count);
            }
        }
    }
    return count;
}
