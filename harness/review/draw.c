#include "review/draw.h"

#include "model/memory.h"
#include "review/draw_parts.h"

#include <stdlib.h>

void round_make(const struct corpus *corpus, const struct candidate *what, uint64_t seed,
                struct round *round)
{
    struct dice dice = {seed};
    const struct pair *source = candidate_source(what);
    *round = (struct round){.what = *what};
    shown_make(source->twin[what->polarity].source, source->twin[what->polarity].length,
               &round->program);
    if (what->form == REVIEW_DIFF) {
        const struct pair *base = candidate_base(corpus, what);
        shown_make(base->twin[FIXED].source, base->twin[FIXED].length, &round->base);
        round->diff = shown_diff(&round->base, &round->program);
    }
    key_make(round);
    options_make(corpus, &dice, round);
}

/* What is drawn from. */
struct pool {
    struct candidate *items; /* those of a pair stand together */
    unsigned *used;          /* how often each was drawn */
    size_t count;
    struct stack_of_pairs {
        size_t first, end; /* its candidates */
    } * pairs;
    size_t pair_count;
};

static bool has_patches(const struct corpus *corpus, const struct pair *pair)
{
    return change_next(corpus, pair, BUGGY, NULL) != NULL;
}

/* The pairs with wrong patches alone, where any has some. */
static void pool_make(const struct corpus *corpus, const struct draw_options *options,
                      struct pool *pool)
{
    const struct pair **pairs = xcalloc(options->pair_count + 1, sizeof(const struct pair *));
    size_t count = 0;
    for (size_t i = 0; i < options->pair_count; i++) {
        if (has_patches(corpus, options->pairs[i]))
            pairs[count++] = options->pairs[i];
    }
    if (count > 0)
        pool->count = draw_candidates(corpus, pairs, count, &pool->items);
    else
        pool->count = draw_candidates(corpus, options->pairs, options->pair_count, &pool->items);
    free(pairs);
    pool->used = xcalloc(pool->count + 1, sizeof(*pool->used));
    for (size_t i = 0; i < pool->count; i++) {
        if (i == 0 || pool->items[i].pair != pool->items[i - 1].pair) {
            struct stack_of_pairs *added =
                xappend((void **)&pool->pairs, &pool->pair_count, sizeof(*added));
            added->first = i;
        }
        pool->pairs[pool->pair_count - 1].end = i + 1;
    }
}

static void pool_release(struct pool *pool)
{
    free(pool->items);
    free(pool->used);
    free(pool->pairs);
}

static bool pair_has(const struct pool *pool, size_t pair, enum review_form form,
                     enum polarity polarity)
{
    for (size_t i = pool->pairs[pair].first; i < pool->pairs[pair].end; i++) {
        if (pool->items[i].form == form && pool->items[i].polarity == polarity)
            return true;
    }
    return false;
}

/* One of the pair, of those that were drawn least. The form is chosen before the polarity is looked at, so that it tells
 * nothing. */
static size_t draw_of_pair(struct pool *pool, struct dice *dice, size_t pair,
                           enum polarity polarity)
{
    bool both =
        pair_has(pool, pair, REVIEW_DIFF, BUGGY) && pair_has(pool, pair, REVIEW_DIFF, FIXED);
    enum review_form form = both && dice_below(dice, 2) == 1 ? REVIEW_DIFF : REVIEW_PROGRAM;
    size_t *fit = xcalloc(pool->count, sizeof(*fit));
    size_t count = 0;
    unsigned least = 0;
    for (size_t i = pool->pairs[pair].first; i < pool->pairs[pair].end; i++) {
        if (pool->items[i].form != form || pool->items[i].polarity != polarity)
            continue;
        if (count == 0 || pool->used[i] < least) {
            least = pool->used[i];
            count = 0;
        }
        if (pool->used[i] == least)
            fit[count++] = i;
    }
    size_t drawn = fit[dice_below(dice, count)];
    pool->used[drawn]++;
    free(fit);
    return drawn;
}

/* Which rounds are innocent: a third of them, rounded up or down as the dice say, so that each round is innocent with the
 * same chance of one in three, and the last is not told by those before. */
static void draw_polarities(struct dice *dice, size_t *polarities, size_t count)
{
    size_t innocent = count / 3 + (dice_below(dice, 3) < count % 3);
    for (size_t i = 0; i < count; i++)
        polarities[i] = i < innocent ? FIXED : BUGGY;
    dice_shuffle(dice, polarities, count);
}

void draw_rounds(const struct corpus *corpus, const struct draw_options *options,
                 struct rounds *rounds)
{
    struct dice dice = {options->seed};
    struct pool pool = {0};
    pool_make(corpus, options, &pool);
    *rounds = (struct rounds){0};
    if (pool.pair_count > 0 && options->rounds > 0) {
        size_t *polarities = xcalloc(options->rounds, sizeof(*polarities));
        size_t *pairs = xcalloc(pool.pair_count, sizeof(*pairs));
        for (size_t i = 0; i < pool.pair_count; i++)
            pairs[i] = i;
        draw_polarities(&dice, polarities, options->rounds);
        rounds->items = xcalloc(options->rounds, sizeof(*rounds->items));
        for (size_t i = 0; i < options->rounds; i++) {
            if (i % pool.pair_count == 0) /* all were met */
                dice_shuffle(&dice, pairs, pool.pair_count);
            size_t drawn = draw_of_pair(&pool, &dice, pairs[i % pool.pair_count],
                                        (enum polarity)polarities[i]);
            round_make(corpus, &pool.items[drawn], dice_next(&dice), &rounds->items[i]);
            rounds->count++;
        }
        free(polarities);
        free(pairs);
    }
    pool_release(&pool);
}
