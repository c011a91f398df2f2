#include "corpus/lint.h"
#include "corpus/lint_checks.h"

#include <string.h>

static void check_length(const struct lint *lint, enum polarity polarity)
{
    const char *size = lint->pair->lesson.size;
    size_t count = lint->twin[polarity].lines.count;
    if (!size && count > LINT_MOST_LINES)
        lint_add(lint, polarity, 0,
                 "%zu lines are more than %d: shorten it, or make it a program of %d to %d lines "
                 "with `Size: large`",
                 count, LINT_MOST_LINES, LINT_LARGE_LEAST_LINES, LINT_LARGE_MOST_LINES);
    if (size && (count < LINT_LARGE_LEAST_LINES || count > LINT_LARGE_MOST_LINES))
        lint_add(lint, polarity, 0, "%zu lines: a program with `Size: large` has %d to %d", count,
                 LINT_LARGE_LEAST_LINES, LINT_LARGE_MOST_LINES);
}

/* In code points: every byte but those that continue one. */
static size_t columns(const struct text_line *line)
{
    size_t count = 0;
    for (size_t i = 0; i < line->length; i++)
        count += ((unsigned char)line->text[i] & 0xc0) != 0x80;
    return count;
}

static void check_line(const struct lint *lint, enum polarity polarity, size_t index)
{
    const struct text_line *line = &lint->twin[polarity].lines.items[index];
    int number = (int)index + 1;
    size_t wide = columns(line);
    if (wide > LINT_MOST_COLUMNS)
        lint_add(lint, polarity, number, "%zu columns are more than %d: break the line", wide,
                 LINT_MOST_COLUMNS);
    for (size_t i = 0; i < line->length; i++) {
        unsigned char c = (unsigned char)line->text[i];
        if (c < ' ' || c == 0x7f) {
            lint_add(lint, polarity, number, "%s: write blanks in its place",
                     c == '\t'   ? "a tab"
                     : c == '\r' ? "a carriage return"
                                 : "a control character");
            return;
        }
    }
    if (line->length > 0 && line->text[line->length - 1] == ' ')
        lint_add(lint, polarity, number, "blanks at the end of the line: remove them");
}

void lint_text(const struct lint *lint, enum polarity polarity)
{
    const struct text_lines *lines = &lint->twin[polarity].lines;
    size_t length = lint->pair->twin[polarity].length;
    check_length(lint, polarity);
    for (size_t i = 0; i < lines->count; i++)
        check_line(lint, polarity, i);
    if (length == 0 || lint->pair->twin[polarity].source[length - 1] != '\n')
        lint_add(lint, polarity, (int)lines->count,
                 "the last line has no newline: end it with one");
    else if (lines->items[lines->count - 1].length == 0)
        lint_add(lint, polarity, (int)lines->count, "an empty last line: remove it");
}
