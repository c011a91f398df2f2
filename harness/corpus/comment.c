#include "corpus/comment.h"

#include "model/memory.h"

#include <ctype.h>
#include <string.h>

void comment_reader_init(struct comment_reader *reader, const char *source, size_t length)
{
    *reader = (struct comment_reader){.at = source, .end = source + length, .line = 1};
}

/* Past the closing quote, or at the end of the line or of the source where there is none. */
static void skip_quoted(struct comment_reader *reader, char quote)
{
    reader->at++;
    while (reader->at < reader->end && *reader->at != quote && *reader->at != '\n') {
        if (*reader->at == '\\' && reader->at + 1 < reader->end) {
            reader->at++;
            if (*reader->at == '\n')
                reader->line++;
        }
        reader->at++;
    }
    if (reader->at < reader->end && *reader->at == quote)
        reader->at++;
}

static bool starts(const struct comment_reader *reader, const char *two)
{
    return reader->end - reader->at >= 2 && reader->at[0] == two[0] && reader->at[1] == two[1];
}

static void take_block(struct comment_reader *reader, struct comment *comment)
{
    reader->at += 2;
    *comment = (struct comment){.text = reader->at, .line = reader->line};
    while (reader->at < reader->end && !starts(reader, "*/")) {
        if (*reader->at == '\n')
            reader->line++;
        reader->at++;
    }
    comment->length = (size_t)(reader->at - comment->text);
    comment->terminated = reader->at < reader->end;
    if (comment->terminated)
        reader->at += 2;
}

static void take_line(struct comment_reader *reader, struct comment *comment)
{
    reader->at += 2;
    *comment = (struct comment){.text = reader->at, .line = reader->line, .terminated = true};
    while (reader->at < reader->end && *reader->at != '\n')
        reader->at++;
    comment->length = (size_t)(reader->at - comment->text);
}

bool comment_next(struct comment_reader *reader, struct comment *comment)
{
    while (reader->at < reader->end) {
        if (starts(reader, "/*")) {
            take_block(reader, comment);
            return true;
        }
        if (starts(reader, "//")) {
            take_line(reader, comment);
            return true;
        }
        if (*reader->at == '"' || *reader->at == '\'') {
            skip_quoted(reader, *reader->at);
            continue;
        }
        if (*reader->at == '\n')
            reader->line++;
        reader->at++;
    }
    return false;
}

char *comment_flatten(const struct comment *comment)
{
    char *flat = xcalloc(comment->length + 1, 1);
    size_t length = 0;
    bool gap = false;
    bool line_start = false;
    for (size_t i = 0; i < comment->length; i++) {
        char c = comment->text[i];
        if (c == '\n')
            line_start = true;
        if (isspace((unsigned char)c)) {
            gap = true;
        } else if (line_start && c == '*') {
            line_start = false;
            gap = true;
        } else {
            if (gap && length > 0)
                flat[length++] = ' ';
            gap = false;
            line_start = false;
            flat[length++] = c;
        }
    }
    flat[length] = '\0';
    return flat;
}
