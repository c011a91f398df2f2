/*
 * What a program must not say, for a reviewer who sees its code alone could tell from it whether it has a bug, and which.
 *
 * Identifiers and strings are cut into parts at underscores, digits, changes of case, and whatever else is no letter. A
 * part tells where it is a word of the list; parts in a row tell where they are the name of a family or of a case.
 */
#ifndef RACELAB_CORPUS_GIVEAWAY_H
#define RACELAB_CORPUS_GIVEAWAY_H

#include "corpus/corpus.h"
#include "corpus/token.h"

/*
 * The word, or the family's or case's name, that tells; NULL: none does. Comments, numbers and punctuation tell nothing,
 * nor do the names that C and POSIX reserve for themselves (memory_order_acquire). Borrowed.
 */
const char *giveaway_in(const struct corpus *corpus, const struct token *token);
/* Whether the parts of `name` stand in a row among those of the text. */
bool giveaway_name(const char *text, size_t length, const char *name);

#endif
