/* How a round is put together: what draw.c, candidates.c, key.c, hints.c and options.c do for each other. */
#ifndef RACELAB_REVIEW_DRAW_PARTS_H
#define RACELAB_REVIEW_DRAW_PARTS_H

#include "review/dice.h"
#include "review/draw.h"
#include "review/functions.h"

/* What holds the candidate's source, at twin[polarity]: the change or else the pair. */
const struct pair *candidate_source(const struct candidate *what);
/* What holds the source of the correct version that it is a change to, at twin[FIXED]. */
const struct pair *candidate_base(const struct candidate *what);

/* Whether it can be shown and taken: it changes this pair, and its source and header could be read. */
bool change_usable(const struct pair *change, const struct pair *pair);
/* The pair's change of this polarity behind `last` (NULL: the first); NULL: there is no more. */
const struct pair *change_next(const struct corpus *corpus, const struct pair *pair,
                               enum polarity polarity, const struct pair *last);

/* What is read of the program of a round. */
struct reading {
    const struct promises *promises;
    struct tokens tokens; /* of its source */
    struct functions functions;
};

void reading_make(const struct candidate *what, struct reading *reading);
void reading_release(struct reading *reading);

/* Whether the defect is promised where it begins, and not where it is noticed. */
bool is_cause(enum defect defect);
/* Whether any bug is. */
bool has_cause(const struct promises *promises);
/* Sets the parts of all lines, whether or not the program has the bug: its program is made. */
void set_parts(struct round *round, const struct reading *reading);
/* The first wanted line; 0: there is none. */
size_t wanted_line(const struct round *round);

/* Which lines, which classes, which hints: the program of the round is made. */
void key_make(struct round *round);
/* The parts are set. */
void hints_make(struct round *round, const struct reading *reading);
/* The patches that are offered, shuffled: the program of the round is made. */
void options_make(const struct corpus *corpus, struct dice *dice, struct round *round);

#endif
