/* Finds the comments of a C source, past strings and character constants. */
#ifndef RACELAB_CORPUS_COMMENT_H
#define RACELAB_CORPUS_COMMENT_H

#include <stdbool.h>
#include <stddef.h>

struct comment_reader {
    const char *at; /* where to go on */
    const char *end;
    int line; /* of `at`, 1-based */
};

struct comment {
    const char *text; /* inside the source, without the delimiters */
    size_t length;
    int line;        /* where it begins: the anchor of an annotation */
    bool terminated; /* false: the source ends inside it */
};

void comment_reader_init(struct comment_reader *reader, const char *source, size_t length);
/* The next comment in source order; false at the end. */
bool comment_next(struct comment_reader *reader, struct comment *comment);
/* The comment's text in one line: runs of blanks, newlines and a continuation line's leading `*`
 * become one space. The caller frees it. */
char *comment_flatten(const struct comment *comment);

#endif
