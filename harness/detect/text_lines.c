#include "detect/text_lines.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

bool span_starts(struct span span, const char *prefix)
{
    size_t length = strlen(prefix);
    return span.length >= length && memcmp(span.text, prefix, length) == 0;
}

const char *span_find(struct span span, const char *needle)
{
    return memmem(span.text, span.length, needle, strlen(needle));
}

struct span span_from(struct span span, const char *at)
{
    return (struct span){at, span.length - (size_t)(at - span.text)};
}

struct span span_until(struct span span, const char *at)
{
    return at ? (struct span){span.text, (size_t)(at - span.text)} : span;
}

struct span span_line(struct span *rest)
{
    const char *newline = memchr(rest->text, '\n', rest->length);
    struct span line = span_until(*rest, newline);
    size_t taken = line.length + (newline ? 1 : 0);
    rest->text += taken;
    rest->length -= taken;
    return line;
}

static void keep_part(struct text_lines *lines, struct span span)
{
    if (!lines->part)
        lines->part = xcalloc(TEXT_LINE_ROOM, 1);
    size_t room = TEXT_LINE_ROOM - lines->length;
    size_t taken = span.length < room ? span.length : room;
    memcpy(lines->part + lines->length, span.text, taken);
    lines->length += taken;
    lines->open = true;
}

void text_lines_feed(struct text_lines *lines, const char *piece, size_t length, text_line_fn *take,
                     void *user)
{
    struct span rest = {piece, length};
    while (rest.length > 0) {
        const char *newline = memchr(rest.text, '\n', rest.length);
        struct span line = span_until(rest, newline);
        if (!newline) {
            keep_part(lines, line);
            return;
        }
        rest = span_from(rest, newline + 1);
        if (lines->open) {
            keep_part(lines, line);
            line = (struct span){lines->part, lines->length};
        } else if (line.length > TEXT_LINE_ROOM) {
            line.length = TEXT_LINE_ROOM;
        }
        take(line, user);
        lines->length = 0;
        lines->open = false;
    }
}

void text_lines_end(struct text_lines *lines, text_line_fn *take, void *user)
{
    if (lines->open)
        take((struct span){lines->part, lines->length}, user);
    free(lines->part);
    *lines = (struct text_lines){0};
}
