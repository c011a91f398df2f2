#include "corpus/shown.h"

#include "corpus/comment.h"
#include "corpus/diff.h"
#include "model/memory.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A source and what of it is comment. */
struct veil {
    const char *source;
    size_t length;
    char *hidden; /* of each byte: whether it belongs to a comment */
};

static void veil_make(struct veil *veil)
{
    struct comment_reader reader;
    struct comment comment;
    veil->hidden = xcalloc(veil->length + 1, 1);
    comment_reader_init(&reader, veil->source, veil->length);
    while (comment_next(&reader, &comment)) {
        size_t delimiter = strlen("/*");
        bool block = comment.text[-1] == '*';
        size_t first = (size_t)(comment.text - veil->source) - delimiter;
        size_t length = delimiter + comment.length + (block && comment.terminated ? delimiter : 0);
        memset(veil->hidden + first, 1, length);
    }
}

static bool blank(char c)
{
    return isspace((unsigned char)c);
}

static bool word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether the two would become one token without the comment that stood between them. */
static bool would_join(char left, char right)
{
    static const char operators[] = "+-*/%&|^<>=!#";
    return (word_byte(left) && word_byte(right)) ||
           (strchr(operators, left) && strchr(operators, right));
}

static size_t cut_blanks(const char *text, size_t length)
{
    while (length > 0 && blank(text[length - 1]))
        length--;
    return length;
}

/* The code of the source's bytes from `at` to `end`, one line, into `out` behind `length` blanks; its length. */
static size_t uncommented(const struct veil *veil, size_t at, size_t end, char *out, size_t length)
{
    while (at < end) {
        if (!veil->hidden[at]) {
            out[length++] = veil->source[at++];
            continue;
        }
        while (at < end && veil->hidden[at])
            at++;
        size_t code = cut_blanks(out, length);
        bool gap = length > code || (at < end && blank(veil->source[at]));
        while (at < end && !veil->hidden[at] && blank(veil->source[at]))
            at++;
        if (code == 0) /* the indentation is what stood before the comment */
            continue;
        length = code;
        if (at < end && !strchr(",;)]", veil->source[at]) &&
            (gap || would_join(out[length - 1], veil->source[at])))
            out[length++] = ' ';
    }
    return cut_blanks(out, length);
}

static void add_line(struct shown *shown, FILE *out, const char *text, size_t length, int source)
{
    fwrite(text, 1, length, out);
    putc('\n', out);
    int *line = xappend((void **)&shown->sources, &shown->line_count, sizeof(*shown->sources));
    *line = source;
}

static FILE *text_open(char **text, size_t *length)
{
    FILE *out = open_memstream(text, length);
    if (!out) {
        fputs("racelab: out of memory\n", stderr);
        exit(3);
    }
    return out;
}

void shown_make(const char *source, size_t length, struct shown *shown)
{
    struct veil veil = {.source = source, .length = length};
    veil_make(&veil);
    *shown = (struct shown){0};
    FILE *out = text_open(&shown->text, &shown->length);
    char *line = xcalloc(2 * length + 1, 1);
    size_t margin[2] = {0, 0}; /* the indentation of the last line that began outside a comment */
    int number = 1;
    int blank_line = 0; /* due, should code follow */
    for (size_t at = 0; at < length; number++) {
        const char *newline = memchr(source + at, '\n', length - at);
        size_t end = newline ? (size_t)(newline - source) : length;
        size_t indentation = 0;
        if (veil.hidden[at]) {
            indentation = margin[1] - margin[0];
            memcpy(line, source + margin[0], indentation);
        } else {
            margin[0] = margin[1] = at;
            while (margin[1] < end && !veil.hidden[margin[1]] && blank(source[margin[1]]))
                margin[1]++;
        }
        size_t kept = uncommented(&veil, at, end, line, indentation);
        if (kept > 0) {
            if (blank_line && shown->line_count > 0)
                add_line(shown, out, "", 0, blank_line);
            blank_line = 0;
            add_line(shown, out, line, kept, number);
        } else if (!blank_line && memchr(veil.hidden + at, 1, end - at + 1) == NULL) {
            blank_line = number;
        }
        at = end + 1;
    }
    fclose(out);
    free(line);
    free(veil.hidden);
}

int shown_line(const struct shown *shown, int source_line)
{
    for (size_t i = 0; i < shown->line_count; i++) {
        if (shown->sources[i] == source_line)
            return (int)i + 1;
    }
    return 0;
}

void shown_release(struct shown *shown)
{
    free(shown->text);
    free(shown->sources);
    *shown = (struct shown){0};
}

/* One `@@` of a unified difference: some hunks that stand so close that their context meets. */
struct stretch {
    size_t first[2]; /* of the context before, from 0 */
    size_t end[2];   /* behind the context after */
};

enum { CONTEXT = 3 };

static size_t less(size_t from, size_t what)
{
    return from > what ? from - what : 0;
}

/* The line that a range begins with, in its header: of an empty one the line before it. */
static void print_range(FILE *out, char sign, size_t first, size_t end)
{
    fprintf(out, " %c%zu", sign, end > first ? first + 1 : first);
    if (end - first != 1)
        fprintf(out, ",%zu", end - first);
}

static void print_lines(FILE *out, char sign, const struct text_lines *lines, size_t first,
                        size_t end)
{
    for (size_t i = first; i < end; i++)
        fprintf(out, "%c%.*s\n", sign, (int)lines->items[i].length, lines->items[i].text);
}

/* Prints the hunks from `first` to before `end` as one stretch. */
static void print_stretch(FILE *out, const struct text_lines lines[2], const struct hunk *first,
                          const struct hunk *end)
{
    const struct hunk *last = end - 1;
    size_t before = first->first[0] - less(first->first[0], CONTEXT);
    struct stretch stretch;
    for (size_t side = 0; side < 2; side++) {
        size_t behind = last->first[side] + last->count[side] + CONTEXT;
        stretch.first[side] = first->first[side] - before;
        stretch.end[side] = behind < lines[side].count ? behind : lines[side].count;
    }
    fputs("@@", out);
    print_range(out, '-', stretch.first[0], stretch.end[0]);
    print_range(out, '+', stretch.first[1], stretch.end[1]);
    fputs(" @@\n", out);
    size_t at = stretch.first[0];
    for (const struct hunk *hunk = first; hunk < end; hunk++) {
        print_lines(out, ' ', &lines[0], at, hunk->first[0]);
        print_lines(out, '-', &lines[0], hunk->first[0], hunk->first[0] + hunk->count[0]);
        print_lines(out, '+', &lines[1], hunk->first[1], hunk->first[1] + hunk->count[1]);
        at = hunk->first[0] + hunk->count[0];
    }
    print_lines(out, ' ', &lines[0], at, stretch.end[0]);
}

/* Whether what stands between two hunks is no more than the context of both. */
static bool context_meets(const struct hunk *first, const struct hunk *second)
{
    size_t between = second->first[0] - first->first[0] - first->count[0];
    return between <= CONTEXT + CONTEXT;
}

char *shown_diff(const struct shown *from, const struct shown *to)
{
    struct text_lines lines[2];
    struct hunks hunks = {0};
    lines_read(from->text, from->length, &lines[0]);
    lines_read(to->text, to->length, &lines[1]);
    diff_lines(&lines[0], &lines[1], &hunks);
    char *text = NULL;
    size_t size = 0;
    FILE *out = text_open(&text, &size);
    if (hunks.count > 0)
        fputs("--- program.c\n+++ program.c\n", out);
    for (size_t i = 0; i < hunks.count;) {
        size_t end = i + 1;
        while (end < hunks.count && context_meets(&hunks.items[end - 1], &hunks.items[end]))
            end++;
        print_stretch(out, lines, &hunks.items[i], &hunks.items[end]);
        i = end;
    }
    fclose(out);
    hunks_release(&hunks);
    lines_release(&lines[0]);
    lines_release(&lines[1]);
    return text;
}
