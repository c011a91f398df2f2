#include "detect/log_strip.h"

#include "model/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE '\033'

/* "ESC [ 1 ; 31 m" and two-byte sequences. */
static struct span without_escapes(struct log_strip *strip, struct span line)
{
    size_t length = 0;
    if (!memchr(line.text, ESCAPE, line.length))
        return line;
    if (!strip->plain)
        strip->plain = xcalloc(TEXT_LINE_ROOM, 1);
    for (size_t at = 0; at < line.length; at++) {
        if (line.text[at] != ESCAPE) {
            strip->plain[length++] = line.text[at];
            continue;
        }
        if (++at < line.length && line.text[at] == '[') {
            do
                at++;
            while (at < line.length && !(line.text[at] >= '@' && line.text[at] <= '~'));
        }
    }
    return (struct span){strip->plain, length};
}

/* Moves *at behind what the pattern says: "9" stands for a digit, all else for itself. */
static bool take(struct span line, size_t *at, const char *pattern)
{
    size_t end = *at;
    for (; *pattern; pattern++, end++) {
        if (end >= line.length || (*pattern == '9' ? !isdigit((unsigned char)line.text[end])
                                                   : line.text[end] != *pattern))
            return false;
    }
    *at = end;
    return true;
}

static struct span without_time(struct span line)
{
    size_t at = 0;
    bool bracket = take(line, &at, "[");
    if (take(line, &at, "9999-99-99") && !take(line, &at, "T") && !take(line, &at, " "))
        return line;
    if (!take(line, &at, "99:99:99"))
        return line;
    if (take(line, &at, ".9") || take(line, &at, ",9")) {
        while (take(line, &at, "9"))
            continue;
    }
    if (!take(line, &at, "Z") && !take(line, &at, "+99:99") && !take(line, &at, "-99:99") &&
        !take(line, &at, "+9999"))
        take(line, &at, "-9999");
    if (bracket && !take(line, &at, "]"))
        return line;
    if (!take(line, &at, " ") && !take(line, &at, "\t") && at < line.length)
        return line;
    return span_from(line, line.text + at);
}

/* Where a report's first line begins in this one, or NULL. */
static const char *find_report(struct span line)
{
    const char *warning = span_find(line, "WARNING: ");
    if (warning) {
        struct span rest = span_from(line, warning);
        return span_starts(rest, "WARNING: ThreadSanitizer: ") ||
                       span_starts(rest, "WARNING: DATA RACE")
                   ? warning
                   : NULL;
    }
    const char *equals = span_find(line, "==");
    size_t at = 2;
    while (equals && equals + at < line.text + line.length && isdigit((unsigned char)equals[at]))
        at++;
    return equals && at > 2 && span_starts(span_from(line, equals + at), "== ") ? equals : NULL;
}

static struct span without_prefix(struct log_strip *strip, struct span whole)
{
    struct span line = whole;
    size_t length = strip->prefix_length;
    if (length > 0) {
        if (line.length >= length && memcmp(line.text, strip->prefix, length) == 0)
            line = span_from(line, line.text + length);
        else if (memcmp(line.text, strip->prefix, line.length < length ? line.length : length) ==
                     0 &&
                 strspn(strip->prefix + line.length, " ") == length - line.length)
            line.length = 0; /* an empty line, whose blanks at the end were cut */
    }
    /* Most lines of a report are frames and need not be searched. */
    const char *report = span_starts(line, "    #") ? NULL : find_report(line);
    if (!report)
        return line;
    size_t before = (size_t)(report - whole.text);
    if (before >= LOG_PREFIX_ROOM || (before > 0 && !strchr(" \t:|>]", report[-1])))
        return line;
    memcpy(strip->prefix, whole.text, before);
    strip->prefix[before] = '\0';
    strip->prefix_length = before;
    return span_from(line, report);
}

struct span log_strip_line(struct log_strip *strip, struct span line)
{
    if (line.length > 0 && line.text[line.length - 1] == '\r')
        line.length--;
    return without_prefix(strip, without_time(without_escapes(strip, line)));
}

void log_strip_release(struct log_strip *strip)
{
    free(strip->plain);
    *strip = (struct log_strip){0};
}
