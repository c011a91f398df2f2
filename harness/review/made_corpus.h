/* For the tests of the review: a corpus in memory. Release it with corpus_release(). Not for two threads. */
#ifndef RACELAB_REVIEW_MADE_CORPUS_H
#define RACELAB_REVIEW_MADE_CORPUS_H

#include "corpus/corpus.h"

/* Adds a pair, "race/till". A source of NULL could not be read. */
void made_pair(struct corpus *corpus, const char *id, const char *buggy, const char *fixed);
/* Adds a change, "race/till.one_side", behind those that are there. */
void made_change(struct corpus *corpus, const char *id, enum patch_kind patch, const char *source);
/* Once all is added: changes know their pairs. */
void made_corpus(struct corpus *corpus);
#define MADE_TILL "i;\na; /* bug: race(a) */\nz;\n"
/*
 * race/lamp and race/till with wrong patches, the former without a refactoring; race/desk and waiting/queue without; and
 * race/odd and changes that cannot be shown. By index: lamp 1, odd 2, till 3, queue 4; the change till.late 3.
 */
void made_tills(struct corpus *corpus);
/* All pairs; from malloc. */
const struct pair **made_selection(const struct corpus *corpus);

#endif
