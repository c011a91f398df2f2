/*
 * Which rounds a session has. The same corpus, selection, seed and count give the same rounds everywhere.
 *
 * A third of the rounds are innocent; where that is no whole number the seed rounds it, so that every round is innocent
 * with the same chance. Nothing but the code tells which: pair and form are drawn without looking at it. Pairs with
 * wrong patches alone are drawn, guilty and innocent, where the selection has any.
 */
#ifndef RACELAB_REVIEW_DRAW_H
#define RACELAB_REVIEW_DRAW_H

#include "review/round.h"

#include <stdint.h>

/* What a session is made of: repeats it. */
struct draw_options {
    const struct pair *const *pairs; /* chosen */
    size_t pair_count;
    uint64_t seed;
    size_t rounds; /* at most; no pair is met twice before all were met */
};

/* Makes the rounds, in order. Release them with rounds_release(), before the corpus. */
void draw_rounds(const struct corpus *corpus, const struct draw_options *options,
                 struct rounds *rounds);
/* Makes one round of one candidate, the options in an order that `seed` chooses. */
void round_make(const struct corpus *corpus, const struct candidate *what, uint64_t seed,
                struct round *round);
/* Every candidate of these pairs; from malloc. */
size_t draw_candidates(const struct corpus *corpus, const struct pair *const *pairs,
                       size_t pair_count, struct candidate **candidates);

#endif
