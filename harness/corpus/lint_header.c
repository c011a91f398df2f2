#include "corpus/lint_checks.h"
#include "model/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const stations[] = {
    "threads",   "is_alive", "daemon",        "Lock",  "RLock",     "Semaphore", "Event",
    "Condition", "chunks",   "Queue",         "pool",  "futures",   "processes", "process Queue",
    "Pipe",      "GIL",      "shared memory", "races", "deadlocks", "server",
};

/* The sections of the SEI CERT C Coding Standard that have rules or recommendations. */
static const char *const cert_sections[] = {
    "PRE", "DCL", "EXP", "INT", "FLP", "ARR", "STR", "MEM", "FIO",
    "ENV", "SIG", "ERR", "API", "CON", "MSC", "POS", "WIN",
};

/* The line of the header on which this key stands; 1 where it does not. */
static int key_line(const struct lint *lint, const char *key)
{
    const struct text_lines *lines = &lint->twin[BUGGY].lines;
    size_t length = strlen(key);
    for (size_t i = 0; i < lines->count; i++) {
        const struct text_line *line = &lines->items[i];
        size_t start = 0;
        while (start < line->length && strchr(" *", line->text[start]))
            start++;
        if (line->length - start > length && memcmp(line->text + start, key, length) == 0 &&
            line->text[start + length] == ':')
            return (int)i + 1;
    }
    return 1;
}

static void check_same(const struct lint *lint)
{
    const struct token *header[2];
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        if (lint->twin[p].tokens.count == 0 ||
            lint->twin[p].tokens.items[0].kind != TOKEN_COMMENT ||
            lint->twin[p].tokens.items[0].text != lint->pair->twin[p].source) {
            lint_add(lint, p, 1, "does not begin with its header comment: put that first");
            return;
        }
        header[p] = &lint->twin[p].tokens.items[0];
    }
    size_t at = 0;
    int line = 1;
    while (at < header[BUGGY]->length && at < header[FIXED]->length &&
           header[BUGGY]->text[at] == header[FIXED]->text[at]) {
        line += header[FIXED]->text[at] == '\n';
        at++;
    }
    if (at < header[BUGGY]->length || at < header[FIXED]->length)
        lint_add(lint, FIXED, line,
                 "the header comment differs from the buggy twin's: both have the same, byte for "
                 "byte");
}

/* The title is the header's second line, and a line without text follows. */
static void check_title(const struct lint *lint)
{
    const struct text_lines *lines = &lint->twin[BUGGY].lines;
    if (lines->count < 3)
        return;
    const struct text_line *after = &lines->items[2];
    size_t blank = 0;
    while (blank < after->length && strchr(" *", after->text[blank]))
        blank++;
    if (lines->items[0].length != 2 || blank < after->length)
        lint_add(lint, BUGGY, 2,
                 "the title is one line, the second of the file, and ` *` follows it alone");
}

/* The next entry of a list, trimmed in place; NULL at its end. */
static char *next_entry(char **rest, const char *separator)
{
    char *entry = strsep(rest, separator);
    if (!entry)
        return NULL;
    entry += strspn(entry, " ");
    size_t length = strlen(entry);
    while (length > 0 && entry[length - 1] == ' ')
        entry[--length] = '\0';
    return entry;
}

static void check_roadmap(const struct lint *lint, char *rest)
{
    int line = key_line(lint, "Roadmap");
    for (char *entry; (entry = next_entry(&rest, ","));) {
        bool known = false;
        for (size_t i = 0; i < sizeof(stations) / sizeof(*stations); i++)
            known = known || strcmp(stations[i], entry) == 0;
        if (!known)
            lint_add(lint, BUGGY, line,
                     "`%s` is no station of the roadmap; CONTRIBUTING.md lists them", entry);
    }
}

/* The length of "CWE-366" and the blank behind it; 0 where the entry does not begin so. */
static size_t cwe_number(const char *entry)
{
    static const char prefix[] = "CWE-";
    if (strncmp(entry, prefix, strlen(prefix)) != 0)
        return 0;
    size_t digits = strspn(entry + strlen(prefix), "0123456789");
    size_t length = strlen(prefix) + digits;
    return digits > 0 && entry[strlen(prefix)] != '0' && entry[length] == ' ' ? length + 1 : 0;
}

/* One number has one title: elsewhere in the corpus it must be the same. */
static void compare_cwe(const struct lint *lint, const char *entry, int line)
{
    size_t number = cwe_number(entry);
    for (size_t i = 0; i < lint->corpus->count; i++) {
        const struct pair *other = &lint->corpus->pairs[i];
        if (strcmp(other->id, lint->pair->id) == 0 || !other->lesson.cwe)
            continue;
        char *copy = xstrdup(other->lesson.cwe);
        char *rest = copy;
        bool differs = false;
        for (char *twin; !differs && (twin = next_entry(&rest, ";"));) {
            differs = strncmp(entry, twin, number) == 0 && strcmp(entry, twin) != 0;
            if (differs)
                lint_add(lint, BUGGY, line,
                         "`%s` has another title in %s, `%s`: correct one of them", entry,
                         other->id, twin + number);
        }
        free(copy);
        if (differs)
            return;
    }
}

static void check_cwe(const struct lint *lint, char *rest)
{
    int line = key_line(lint, "CWE");
    for (char *entry; (entry = next_entry(&rest, ";"));) {
        size_t number = cwe_number(entry);
        if (number == 0 || !isupper((unsigned char)entry[number]))
            lint_add(lint, BUGGY, line,
                     "`%s` is no CWE entry: write its number and title, as in `CWE-833 Deadlock`, "
                     "with `;` between two",
                     entry);
        else
            compare_cwe(lint, entry, line);
    }
}

/* "CON43-C" */
static bool cert_rule(const char *entry)
{
    bool known = false;
    for (size_t i = 0; i < sizeof(cert_sections) / sizeof(*cert_sections); i++)
        known = known || strncmp(entry, cert_sections[i], 3) == 0;
    return known && isdigit((unsigned char)entry[3]) && isdigit((unsigned char)entry[4]) &&
           strcmp(entry + 5, "-C") == 0;
}

static void check_cert(const struct lint *lint, char *rest)
{
    int line = key_line(lint, "CERT");
    if (strcmp(rest, "none") == 0)
        return;
    for (char *entry; (entry = next_entry(&rest, ";"));) {
        if (!cert_rule(entry))
            lint_add(lint, BUGGY, line,
                     "`%s` is no rule of CERT C: write its id, as in `CON43-C; POS49-C`, or `none` "
                     "alone",
                     entry);
    }
}

/* What is still to be written is told as such alone. */
static void check_list(const struct lint *lint, const char *value,
                       void (*check)(const struct lint *lint, char *rest))
{
    if (!value || !*value || strstr(value, "TODO"))
        return;
    char *copy = xstrdup(value);
    check(lint, copy);
    free(copy);
}

static bool says_rate(const struct promises *promises)
{
    for (size_t i = 0; i < promises->count; i++) {
        for (size_t k = 0; k < promises->items[i].exception_count; k++) {
            if (promises->items[i].exceptions[k].kind == EXCEPTION_RATE)
                return true;
        }
    }
    return false;
}

/* The line of the first annotation that says `rate`; 0 for none. */
static int rate_line(const struct lint *lint)
{
    const struct annotations *annotations = &lint->pair->twin[BUGGY].annotations;
    if (!says_rate(&annotations->promises))
        return 0;
    for (size_t i = 0; i < annotations->count; i++) {
        if (strstr(annotations->items[i].text, " rate:"))
            return annotations->items[i].line;
    }
    return annotations->promises.items[0].lines[0];
}

static void check_rate(const struct lint *lint)
{
    const struct lesson *lesson = &lint->pair->lesson;
    int rate = rate_line(lint);
    bool has_rate = lesson->rate && *lesson->rate;
    if (rate > 0 && !has_rate)
        lint_add(
            lint, BUGGY, rate,
            "says `rate`, and the header has no `Rate:`: say there what interleaving it needs, "
            "and how the program makes that likely");
    if (rate == 0 && lesson->rate)
        lint_add(lint, BUGGY, key_line(lint, "Rate"),
                 "no annotation says `rate`: remove `Rate:`, or say where it shows by chance");
}

void lint_header(const struct lint *lint)
{
    const struct lesson *lesson = &lint->pair->lesson;
    check_same(lint);
    check_title(lint);
    check_list(lint, lesson->roadmap, check_roadmap);
    check_list(lint, lesson->cwe, check_cwe);
    check_list(lint, lesson->cert, check_cert);
    if (lesson->size && strcmp(lesson->size, "large") != 0)
        lint_add(lint, BUGGY, key_line(lint, "Size"),
                 "`Size: %s`: `large` is the only size that is said", lesson->size);
    check_rate(lint);
    if (lesson->limit && !lint_promises(lint, PROMISE_BUG, DEFECT_HANG))
        lint_add(lint, BUGGY, key_line(lint, "Limit"),
                 "`Limit:` is for a program that never ends, but no `bug: hang` is promised");
}
