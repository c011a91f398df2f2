/* Reads a pair's header comment. */
#ifndef RACELAB_CORPUS_LESSON_H
#define RACELAB_CORPUS_LESSON_H

#include "corpus/corpus.h"

/* What a header comment belongs to: that tells which keys must and may stand there. */
enum lesson_of { LESSON_PAIR, LESSON_WRONG_PATCH, LESSON_REFACTORING };
#define LESSON_OF_COUNT 3

/* The first comment of the source, read by its keys after a first line "NAME: title". A pair has Story, Wrong, Why, Fix,
 * Roadmap, CWE, CERT, a wrong patch Patch and Why, a refactoring Why; each may have Limit and Rate, and a pair Size.
 * Complains of each key that is missing, and of each that does not belong there. */
void lesson_read(const char *file, const char *name, const char *source, size_t length,
                 enum lesson_of of, struct lesson *lesson, struct complaints *complaints);
/* The limit in milliseconds; 0 where none is given. */
unsigned lesson_limit_ms(const struct lesson *lesson);
void lesson_release(struct lesson *lesson);

#endif
