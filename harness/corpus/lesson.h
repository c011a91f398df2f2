/* Reads a pair's header comment. */
#ifndef RACELAB_CORPUS_LESSON_H
#define RACELAB_CORPUS_LESSON_H

#include "corpus/corpus.h"

/* The first comment of the source, read by its keys (Story, Wrong, Why, Fix, Roadmap, CWE, CERT,
 * and Limit, Rate and Size where they are given) after a first line "NAME: title". Complains of each key that is
 * missing. */
void lesson_read(const char *file, const char *name, const char *source, size_t length,
                 struct lesson *lesson, struct complaints *complaints);
/* The limit in milliseconds; 0 where none is given. */
unsigned lesson_limit_ms(const struct lesson *lesson);
void lesson_release(struct lesson *lesson);

#endif
