/* Colours and safe text for terminals. */
#ifndef RACELAB_PRESENT_STYLE_H
#define RACELAB_PRESENT_STYLE_H

#include "model/verdict.h"

#include <stdbool.h>
#include <stdio.h>

struct style {
    bool colour;
    int width; /* columns; 0 where output is no terminal: no wrapping */
};

/* Colour only on a terminal that is not dumb, and never where NO_COLOR is set and not empty
 * (https://no-color.org). */
struct style style_for(FILE *out);
/* The escape sequence that begins this verdict's colour, and the one that ends any; "" without
 * colour. */
const char *style_verdict(const struct style *style, enum verdict verdict);
const char *style_bold(const struct style *style);
const char *style_end(const struct style *style);

/* Writes text from programs and tools so that it cannot steer a terminal: control characters other
 * than newline and tab, those that reorder text, and bytes that are no valid UTF-8, appear as \xNN. */
void print_inert(FILE *out, const char *text, size_t length);
/* The same as a string from malloc, with blanks for newlines and tabs: a name cannot pass for a line. */
char *inert_line(const char *text);

/* Writes text and a newline, broken at blanks so that no line is longer than the terminal. The
 * first line begins where the cursor is, at column `indent`; the others are indented to it. */
void print_wrapped(FILE *out, const struct style *style, int indent, const char *text);

#endif
