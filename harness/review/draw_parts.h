/* How a round is put together: what draw.c, candidates.c, options.c and key.c do for each other. */
#ifndef RACELAB_REVIEW_DRAW_PARTS_H
#define RACELAB_REVIEW_DRAW_PARTS_H

#include "review/dice.h"
#include "review/draw.h"

/* What holds the candidate's source, at twin[polarity]: the change or else the pair. */
const struct pair *candidate_source(const struct candidate *what);
/* What a change is shown against: the fixed twin, or, where the twin itself is shown as a change, a refactoring.
 * NULL: there is none. */
const struct pair *candidate_base(const struct corpus *corpus, const struct candidate *what);

/* Whether it can be shown and taken: it changes this pair, and its source and header could be read. */
bool change_usable(const struct pair *change, const struct pair *pair);
/* The pair's change of this polarity behind `last` (NULL: the first); NULL: there is no more. */
const struct pair *change_next(const struct corpus *corpus, const struct pair *pair,
                               enum polarity polarity, const struct pair *last);

/* Which lines, which classes, which hints: the program of the round is made. */
void key_make(struct round *round);
/* The patches that are offered, shuffled: the program of the round is made. */
void options_make(const struct corpus *corpus, struct dice *dice, struct round *round);

#endif
