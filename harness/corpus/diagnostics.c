#include "corpus/diagnostics.h"

#include "model/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A line of the output, cut up: "x.c:12:5: warning: unused variable 'a' [-Wunused-variable]". */
struct diagnostic {
    size_t file; /* the length of the file's name, which the line begins with */
    int line;
    const char *text;
    size_t length;
};

/* The length of ":12" at `at`, and its number; 0 where something else stands there. */
static size_t read_number(const char *at, const char *end, int *number)
{
    size_t length = 1;
    *number = 0;
    if (at >= end || *at != ':')
        return 0;
    while (at + length < end && isdigit((unsigned char)at[length]) && length < 8)
        *number = *number * 10 + (at[length++] - '0');
    return length > 1 ? length : 0;
}

/* The length of " warning: " or the like; 0 where something else stands there. */
static size_t read_severity(const char *at, const char *end)
{
    static const char *const words[] = {": warning: ", ": error: ", ": fatal error: "};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(end - at) > length && memcmp(at, words[i], length) == 0)
            return length;
    }
    return 0;
}

static bool read_line(const char *text, const char *end, struct diagnostic *diagnostic)
{
    for (const char *at = text; at < end; at++) {
        int column = 0;
        size_t line = read_number(at, end, &diagnostic->line);
        size_t behind = line > 0 ? read_number(at + line, end, &column) : 0;
        size_t severity = line > 0 ? read_severity(at + line + behind, end) : 0;
        if (severity > 0) {
            diagnostic->file = (size_t)(at - text);
            diagnostic->text = at + line + behind + severity;
            diagnostic->length = (size_t)(end - diagnostic->text);
            return true;
        }
    }
    return false;
}

void diagnostics_read(const char *compiler, const char *source, const char *output, bool failed,
                      struct complaints *complaints)
{
    size_t count = 0;
    for (const char *text = output; *text && count < DIAGNOSTICS_MOST;) {
        const char *end = strchrnul(text, '\n');
        struct diagnostic diagnostic = {0};
        if (read_line(text, end, &diagnostic)) {
            char *file = xstrndup(text, diagnostic.file);
            complaints_add(complaints, file, diagnostic.line,
                           "%s: %.*s; a pair compiles without a word", compiler,
                           (int)diagnostic.length, diagnostic.text);
            free(file);
            count++;
        }
        text = *end ? end + 1 : end;
    }
    if (count == 0 && (failed || *output))
        complaints_add(complaints, source, 0, "%s %s: `%.*s`", compiler,
                       failed ? "cannot compile it" : "is not silent", (int)strcspn(output, "\n"),
                       output);
}
