/*
 * Text that comes in pieces of any size, taken apart into lines; and what the readers of reports ask of a
 * line. For one thread at a time.
 */
#ifndef RACELAB_DETECT_TEXT_LINES_H
#define RACELAB_DETECT_TEXT_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* A stretch of text, not NUL-terminated, owned by somebody else. */
struct span {
    const char *text;
    size_t length;
};

bool span_starts(struct span span, const char *prefix);
/* The first place of `needle` in the span, or NULL. */
const char *span_find(struct span span, const char *needle);
/* What follows `at`, a place in the span. */
struct span span_from(struct span span, const char *at);
/* What stands before `at`, a place in the span; all of it where `at` is NULL. */
struct span span_until(struct span span, const char *at);
/* Cuts the next line off: returns it without its newline and moves *rest behind it. */
struct span span_line(struct span *rest);

/* Longer lines are cut: what a report says of itself fits, and memory stays bounded. */
#define TEXT_LINE_ROOM ((size_t)64 * 1024)

/* Takes one line without its newline; `line` is valid during the call only. */
typedef void text_line_fn(struct span line, void *user);

/* All zero at the beginning. */
struct text_lines {
    char *part;    /* the beginning of a line whose end has not come yet */
    size_t length; /* of it, at most TEXT_LINE_ROOM */
    bool open;     /* a line has begun, be its part empty */
};

/* Gives every line that ends in this piece to `take`. */
void text_lines_feed(struct text_lines *lines, const char *piece, size_t length, text_line_fn *take,
                     void *user);
/* Gives the last line if it has no newline, and frees what is held. */
void text_lines_end(struct text_lines *lines, text_line_fn *take, void *user);

#endif
