#include "review/pool.h"

#include "model/memory.h"

#include <stdlib.h>

/*
 * Iterative proportional fitting: each measure in its turn sorts the candidates into classes, and in each class the
 * weights of guilty and innocent ones are moved towards each other's sum; then those of each pair, form and polarity are
 * brought back to their sum. No candidate loses more than some of its weight, so that all are met.
 */
enum { SWEEPS = 6, FLOOR = 4 };
/* The sum of the weights of one pair, form and polarity. */
#define WHOLE (UINT64_C(1) << 20)

enum measure { LINES, BASE_LINES, ADDED, REMOVED, GROWN, MEASURES };
/* Programs that differ by less than so many lines look alike; and so do changes of so many lines and more. */
enum { ALIKE_LINES = 4, MANY_LINES = 8, CLASSES = 1024 };

static bool drawable(const struct pool *pool, const struct pool_pair *pair, size_t item)
{
    return pool->items[item].form == REVIEW_PROGRAM || pair->both_forms;
}

/* Programs and changes have classes of their own. */
static size_t class_of(const struct candidate *what, enum measure measure)
{
    size_t class = 0;
    size_t base_lines = what->lines + what->removed - what->added;
    switch (measure) {
    case LINES:
        class = what->lines / ALIKE_LINES;
        break;
    case BASE_LINES:
        class = base_lines / ALIKE_LINES;
        break;
    case ADDED:
        class = what->added < MANY_LINES ? what->added : MANY_LINES;
        break;
    case REMOVED:
        class = what->removed < MANY_LINES ? what->removed : MANY_LINES;
        break;
    default: /* from one that takes out many to one that adds many */
        class = what->added + MANY_LINES;
        class = class > what->removed ? class - what->removed : 0;
        class = class < MANY_LINES + MANY_LINES ? class : MANY_LINES + MANY_LINES;
        break;
    }
    return 2 * (class < CLASSES / 2 ? class : CLASSES / 2 - 1) + (what->form == REVIEW_DIFF);
}

/* Brings the weights of each form and polarity of the pair to their sum; of those that are not drawn to 0. */
static void make_whole(struct pool *pool, const struct pool_pair *pair)
{
    uint64_t sums[2][2] = {{0}};
    for (size_t i = pair->first; i < pair->end; i++) {
        if (drawable(pool, pair, i))
            sums[pool->items[i].form][pool->items[i].polarity] += pool->weights[i];
    }
    for (size_t i = pair->first; i < pair->end; i++) {
        uint64_t sum = sums[pool->items[i].form][pool->items[i].polarity];
        pool->weights[i] = drawable(pool, pair, i) ? pool->weights[i] * WHOLE / sum : 0;
    }
}

static void fit(struct pool *pool, const uint64_t *floors, enum measure measure)
{
    uint64_t(*sums)[2] = xcalloc(CLASSES, sizeof(*sums));
    for (size_t i = 0; i < pool->count; i++)
        sums[class_of(&pool->items[i], measure)][pool->items[i].polarity] += pool->weights[i];
    for (size_t i = 0; i < pool->count; i++) {
        const uint64_t *sum = sums[class_of(&pool->items[i], measure)];
        uint64_t own = sum[pool->items[i].polarity];
        if (own == 0)
            continue;
        pool->weights[i] = pool->weights[i] * (sum[BUGGY] + sum[FIXED]) / (2 * own);
        if (pool->weights[i] < floors[i])
            pool->weights[i] = floors[i];
    }
    free(sums);
    for (size_t i = 0; i < pool->pair_count; i++)
        make_whole(pool, &pool->pairs[i]);
}

void pool_balance(struct pool *pool)
{
    uint64_t *floors = xcalloc(pool->count + 1, sizeof(*floors));
    for (size_t i = 0; i < pool->count; i++)
        pool->weights[i] = 1;
    for (size_t i = 0; i < pool->pair_count; i++)
        make_whole(pool, &pool->pairs[i]);
    for (size_t i = 0; i < pool->count; i++)
        floors[i] = pool->weights[i] / FLOOR;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (enum measure measure = LINES; measure < MEASURES; measure++)
            fit(pool, floors, measure);
    }
    free(floors);
}
