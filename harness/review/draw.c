#include "review/draw.h"

#include "model/memory.h"
#include "review/draw_parts.h"
#include "review/pool.h"

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
        const struct pair *base = candidate_base(what);
        shown_make(base->twin[FIXED].source, base->twin[FIXED].length, &round->base);
        round->diff = shown_diff(&round->base, &round->program);
    }
    key_make(round);
    options_make(corpus, &dice, round);
}

void draw_rounds(const struct corpus *corpus, const struct draw_options *options,
                 struct rounds *rounds)
{
    struct dice dice = {options->seed};
    struct pool pool;
    pool_make(corpus, options->pairs, options->pair_count, &pool);
    *rounds = (struct rounds){0};
    if (pool.pair_count > 0 && options->rounds > 0) {
        size_t *drawn = xcalloc(options->rounds, sizeof(*drawn));
        pool_draw(&pool, &dice, drawn, options->rounds);
        rounds->items = xcalloc(options->rounds, sizeof(*rounds->items));
        rounds->count = options->rounds;
        for (size_t i = 0; i < rounds->count; i++)
            round_make(corpus, &pool.items[drawn[i]], dice_next(&dice), &rounds->items[i]);
        free(drawn);
    }
    pool_release(&pool);
}
