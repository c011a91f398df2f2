/*
 * What the rounds of a session are drawn from: the candidates, and how often each is drawn.
 *
 * A round's pair and form are drawn without looking at whether it is to be innocent, so that neither tells anything.
 * What remains is which program of the pair it is. The weights are such that numbers of lines, of added and of removed
 * ones are as frequent among the guilty as among the innocent, as far as the corpus allows. All of it is computed in
 * integers, so that it is the same everywhere.
 */
#ifndef RACELAB_REVIEW_POOL_H
#define RACELAB_REVIEW_POOL_H

#include "review/dice.h"
#include "review/draw.h"

/* The candidates of one pair. */
struct pool_pair {
    size_t first, end;
    bool both_forms; /* innocent and guilty ones are there as changes, too */
};

struct pool {
    struct candidate *items; /* those of a pair stand together */
    uint64_t *weights;       /* among those of like pair, form and polarity; 0: never drawn */
    unsigned *used;          /* how often each was drawn in this session */
    size_t count;
    struct pool_pair *pairs;
    size_t pair_count;
};

/* Of the pairs with wrong patches alone, where any has some. `pool` need not be initialised. */
void pool_make(const struct corpus *corpus, const struct pair *const *pairs, size_t pair_count,
               struct pool *pool);
/* Draws a session of so many; `drawn` are indices of items. The pool is not empty. */
void pool_draw(struct pool *pool, struct dice *dice, size_t *drawn, size_t count);
void pool_release(struct pool *pool);

/* Sets the weights, of a pool that is made but for them. */
void pool_balance(struct pool *pool);

#endif
