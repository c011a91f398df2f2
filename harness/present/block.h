/* Lines of text that are laid out before they are printed: to stand side by side, or to be indented. */
#ifndef RACELAB_PRESENT_BLOCK_H
#define RACELAB_PRESENT_BLOCK_H

#include "present/style.h"

#include <stddef.h>

struct block_line {
    char *text; /* inert, without a newline */
    bool bold;
};

struct block {
    struct block_line *lines;
    size_t count;
};

/* Adds a line, cut to `width` columns; 0: not cut. `text` is made inert. */
void block_add(struct block *block, bool bold, int width, const char *text);
/* The same, broken at blanks where it is longer; lines after the first are indented by `indent`. */
void block_wrap(struct block *block, bool bold, int width, int indent, const char *text);
/* Prints each line after `indent` blanks; with `right`, both side by side, the left one padded to
 * `width` columns. */
void block_print(FILE *out, const struct style *style, int indent, const struct block *left,
                 int width, const struct block *right);
void block_release(struct block *block);

#endif
