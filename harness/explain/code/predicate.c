#include "explain/code/predicate.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/memory.h"

enum {
    LINES_ABOVE = 4,
    LONGEST = 120, /* a longer condition would bury the sentence */
};

static const char *line_start(const char *source, int line)
{
    const char *at = source;
    for (int i = 1; i < line && at; i++) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    return at;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Behind the brackets that open at `open`; NULL where they do not close. */
static const char *bracket_end(const char *open)
{
    int depth = 0;
    for (const char *at = open; *at; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth == 0)
            return at + 1;
    }
    return NULL;
}

/* True where a statement at `line` belongs to the condition that ends at `from`: it is the one
 * statement behind it, or stands in the block that it opens. */
static bool guards(const char *from, const char *line)
{
    int depth = 0;
    while (from < line && isspace((unsigned char)*from))
        from++;
    bool block = from < line && *from == '{';
    for (; from < line; from++) {
        depth += (*from == '{') - (*from == '}');
        if (block ? depth == 0 : *from == ';')
            return false;
    }
    return true;
}

/* What stands between the brackets, blanks folded. */
static char *folded(const char *open, const char *end)
{
    char text[LONGEST + 1];
    size_t length = 0;
    for (const char *at = open + 1; at < end - 1; at++) {
        bool blank = isspace((unsigned char)*at);
        if (blank && (length == 0 || text[length - 1] == ' '))
            continue;
        if (length == LONGEST)
            return NULL;
        text[length++] = (char)(blank ? ' ' : *at);
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return length > 0 ? xstrndup(text, length) : NULL;
}

char *predicate_text(const char *source, int line)
{
    static const char *const keywords[] = {"while", "if"};
    const char *at = line_start(source, line > LINES_ABOVE ? line - LINES_ABOVE : 1);
    const char *own = line_start(source, line);
    const char *after = line_start(source, line + 1);
    char *nearest = NULL;
    for (; own && at && *at && at != after; at++) {
        if (at > source && is_word(at[-1]))
            continue;
        for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
            const char *open = at + strlen(keywords[i]);
            if (strncmp(at, keywords[i], strlen(keywords[i])) != 0)
                continue;
            open += strspn(open, " \t\n");
            const char *end = *open == '(' ? bracket_end(open) : NULL;
            if (!end || !guards(end, own))
                continue;
            free(nearest);
            nearest = folded(open, end);
        }
    }
    return nearest;
}

static bool is_keyword(const char *word, size_t length)
{
    static const char *const keywords[] = {"NULL",     "true", "false", "sizeof", "int",
                                           "unsigned", "long", "const", "struct"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strlen(keywords[i]) == length && memcmp(keywords[i], word, length) == 0)
            return true;
    return false;
}

/* The end of `a`, `a.b`, `a->b[2].c` that begins at `from`. */
static const char *path_end(const char *from)
{
    const char *at = from;
    for (;;) {
        while (is_word(*at))
            at++;
        if (*at == '[') {
            const char *close = strchr(at, ']');
            if (!close)
                return at;
            at = close + 1;
        }
        if (*at == '.' && is_word(at[1]))
            at++;
        else if (at[0] == '-' && at[1] == '>' && is_word(at[2]))
            at += 2;
        else if (*at != '[')
            return at;
    }
}

const char *predicate_next(const char **at, size_t *length)
{
    const char *from = *at;
    while (*from) {
        if (!isalpha((unsigned char)*from) && *from != '_') {
            /* A number may have letters of its own. */
            from +=
                isdigit((unsigned char)*from) ? strspn(from, "0123456789abcdefxABCDEFXuUlL") : 1;
            continue;
        }
        const char *end = path_end(from);
        *at = end;
        *length = (size_t)(end - from);
        while (isspace((unsigned char)*end))
            end++;
        if (*end != '(' && !is_keyword(from, *length))
            return from;
        from = *at;
    }
    *at = from;
    return NULL;
}
