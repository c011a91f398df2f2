/* UTF-8 (RFC 3629). Pure functions. */
#ifndef RACELAB_MODEL_UTF8_H
#define RACELAB_MODEL_UTF8_H

#include <stddef.h>

/* The length of the valid sequence that the text (of `length` bytes, above 0) begins with; 0: there is
 * none. */
size_t utf8_length(const char *text, size_t length);

#endif
