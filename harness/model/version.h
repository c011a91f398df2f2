/* Versions of the detectors, and the conditions on them that annotations may set. Pure functions. */
#ifndef RACELAB_MODEL_VERSION_H
#define RACELAB_MODEL_VERSION_H

#include <stdbool.h>
#include <stddef.h>

enum relation { ANY_VERSION, BELOW, UP_TO, EXACTLY, FROM, ABOVE };

/* "", "<", "<=", "=", ">=", ">". */
const char *relation_word(enum relation relation);
/* Reads the relation that the text begins with; *length is set to its length, 0 for none. */
enum relation relation_read(const char *text, size_t *length);

/* Numbers between dots: "19" or "3.22". */
bool version_valid(const char *text);
/*
 * Whether `version` stands in this relation to `bound`. Only as many numbers are compared as the
 * bound has, so that "14.0.6" is 14 and is not above it. Without a version (NULL) only ANY_VERSION
 * holds.
 */
bool version_holds(const char *version, enum relation relation, const char *bound);
/* The version number in a tool's own name for itself, such as "3.19.0" in "Valgrind-3.19.0 and
 * LibVEX" behind "Valgrind-". From malloc; NULL where `text` (of `length` bytes) has none. */
char *version_behind(const char *text, size_t length, const char *word);

#endif
