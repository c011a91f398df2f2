#include "review/pool.h"

#include "model/memory.h"
#include "review/draw_parts.h"

#include <stdlib.h>
#include <string.h>

static bool pair_has(const struct pool *pool, const struct pool_pair *pair, enum review_form form,
                     enum polarity polarity)
{
    for (size_t i = pair->first; i < pair->end; i++) {
        if (pool->items[i].form == form && pool->items[i].polarity == polarity)
            return true;
    }
    return false;
}

static void find_pairs(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) {
        if (i == 0 || pool->items[i].pair != pool->items[i - 1].pair) {
            struct pool_pair *added =
                xappend((void **)&pool->pairs, &pool->pair_count, sizeof(*added));
            added->first = i;
        }
        pool->pairs[pool->pair_count - 1].end = i + 1;
    }
    for (size_t i = 0; i < pool->pair_count; i++) {
        struct pool_pair *pair = &pool->pairs[i];
        pair->both_forms =
            pair_has(pool, pair, REVIEW_DIFF, BUGGY) && pair_has(pool, pair, REVIEW_DIFF, FIXED);
    }
}

void pool_make(const struct corpus *corpus, const struct pair *const *pairs, size_t pair_count,
               struct pool *pool)
{
    const struct pair **patched = xcalloc(pair_count + 1, sizeof(const struct pair *));
    size_t count = 0;
    *pool = (struct pool){0};
    for (size_t i = 0; i < pair_count; i++) {
        if (change_next(corpus, pairs[i], BUGGY, NULL))
            patched[count++] = pairs[i];
    }
    if (count > 0)
        pool->count = draw_candidates(corpus, patched, count, &pool->items);
    else
        pool->count = draw_candidates(corpus, pairs, pair_count, &pool->items);
    free(patched);
    pool->used = xcalloc(pool->count + 1, sizeof(*pool->used));
    pool->weights = xcalloc(pool->count + 1, sizeof(*pool->weights));
    find_pairs(pool);
    pool_balance(pool);
}

void pool_release(struct pool *pool)
{
    free(pool->items);
    free(pool->weights);
    free(pool->used);
    free(pool->pairs);
    *pool = (struct pool){0};
}

/* Those that may be drawn are of this form and polarity, and were drawn least. */
struct hat {
    enum review_form form;
    enum polarity polarity;
    unsigned least;
};

static bool in_hat(const struct pool *pool, const struct hat *hat, size_t item)
{
    return pool->items[item].form == hat->form && pool->items[item].polarity == hat->polarity &&
           pool->used[item] == hat->least;
}

static size_t draw_of_pair(struct pool *pool, struct dice *dice, const struct pool_pair *pair,
                           enum polarity polarity)
{
    struct hat hat = {.polarity = polarity, .least = 0};
    hat.form = pair->both_forms && dice_below(dice, 2) == 1 ? REVIEW_DIFF : REVIEW_PROGRAM;
    uint64_t total = 0;
    for (; total == 0; hat.least++) {
        for (size_t i = pair->first; i < pair->end; i++)
            total += in_hat(pool, &hat, i) ? pool->weights[i] : 0;
    }
    hat.least--;
    uint64_t at = dice_below(dice, total);
    size_t item = pair->first;
    while (!in_hat(pool, &hat, item) || at >= pool->weights[item]) {
        at -= in_hat(pool, &hat, item) ? pool->weights[item] : 0;
        item++;
    }
    pool->used[item]++;
    return item;
}

/* A third is innocent, rounded up or down as the dice say: then each round is innocent with a chance of one in three,
 * however many there are. */
static void draw_polarities(struct dice *dice, size_t *polarities, size_t count)
{
    size_t innocent = count / 3 + (dice_below(dice, 3) < count % 3);
    for (size_t i = 0; i < count; i++)
        polarities[i] = i < innocent ? FIXED : BUGGY;
    dice_shuffle(dice, polarities, count);
}

void pool_draw(struct pool *pool, struct dice *dice, size_t *drawn, size_t count)
{
    size_t *pairs = xcalloc(pool->pair_count, sizeof(*pairs));
    memset(pool->used, 0, pool->count * sizeof(*pool->used));
    for (size_t i = 0; i < pool->pair_count; i++)
        pairs[i] = i;
    draw_polarities(dice, drawn, count);
    size_t met = pool->pair_count;
    for (size_t i = 0; i < count; i++) {
        if (met == pool->pair_count) { /* all of them */
            dice_shuffle(dice, pairs, pool->pair_count);
            met = 0;
        }
        const struct pool_pair *pair = &pool->pairs[pairs[met++]];
        drawn[i] = draw_of_pair(pool, dice, pair, (enum polarity)drawn[i]);
    }
    free(pairs);
}
