#include "review/draw_parts.h"

#include "corpus/diff.h"
#include "corpus/token.h"
#include "model/memory.h"
#include "review/functions.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is read of the program of the round. */
struct reading {
    const struct promises *promises;
    struct tokens tokens; /* of its source */
    struct functions functions;
};

static bool is_cause(enum defect defect)
{
    return defect != DEFECT_WRONG_RESULT && defect != DEFECT_CRASH;
}

/* Whether some bug is promised where it begins, and not only where it is noticed. */
static bool has_cause(const struct promises *promises)
{
    for (size_t i = 0; i < promises->count; i++) {
        if (promises->items[i].kind == PROMISE_BUG && is_cause(promises->items[i].defect))
            return true;
    }
    return false;
}

/* Whether main() waits there for a thread or a process to end: what else hangs is why it waits for ever. */
static bool is_join(const struct reading *reading, int line)
{
    static const char *const joins[] = {"pthread_join", "waitpid", "wait", "waitid"};
    const char *function = functions_at(&reading->functions, line);
    if (!function || strcmp(function, "main") != 0)
        return false;
    for (size_t i = 0; i < reading->tokens.count; i++) {
        for (size_t j = 0; j < sizeof(joins) / sizeof(*joins); j++) {
            if (reading->tokens.items[i].line == line &&
                tokens_call_at(&reading->tokens, i, joins[j]))
                return true;
        }
    }
    return false;
}

static bool only_joins(const struct reading *reading, const struct promise *promise)
{
    for (size_t i = 0; i < promise->line_count; i++) {
        if (!is_join(reading, promise->lines[i]))
            return false;
    }
    return true;
}

static void set_part(struct round *round, int shown, enum line_part part)
{
    if (shown > 0 && round->parts[shown - 1] != LINE_WANTED)
        round->parts[shown - 1] = part;
}

/* The lines of one bug: wanted, but for those where it is noticed and its cause stands elsewhere. */
static void set_promised(struct round *round, const struct reading *reading,
                         const struct promise *promise)
{
    bool spare_joins = promise->defect == DEFECT_HANG && !only_joins(reading, promise);
    for (size_t i = 0; i < promise->line_count; i++) {
        int line = promise->lines[i];
        bool noticed = !is_cause(promise->defect) || (spare_joins && is_join(reading, line));
        set_part(round, shown_line(&round->program, line), noticed ? LINE_NEUTRAL : LINE_WANTED);
    }
}

/* Whether the line does something: a brace does not, nor what stands outside of every function. */
static bool does_something(const struct round *round, const struct reading *reading,
                           const struct text_line *line, size_t at)
{
    size_t braces = 0;
    while (braces < line->length && strchr(" {};", line->text[braces]))
        braces++;
    return braces < line->length &&
           functions_at(&reading->functions, round->program.sources[at]) != NULL;
}

/* The nearest line that does something, from `at` on in steps of `step`, is wanted. */
static void want_neighbour(struct round *round, const struct reading *reading,
                           const struct text_lines *lines, size_t at, int step)
{
    while (at < lines->count && !does_something(round, reading, &lines->items[at], at))
        at += (size_t)step;
    if (at < lines->count)
        set_part(round, (int)at + 1, LINE_WANTED);
}

/* Where the bug is promised only where it is noticed: what the other twin has otherwise, and what stands beside it. */
static void want_differences(struct round *round, const struct reading *reading)
{
    enum polarity other = round->what.polarity == BUGGY ? FIXED : BUGGY;
    const struct pair *pair = round->what.pair;
    struct shown twin;
    struct text_lines lines[2];
    struct hunks hunks = {0};
    shown_make(pair->twin[other].source, pair->twin[other].length, &twin);
    lines_read(round->program.text, round->program.length, &lines[0]);
    lines_read(twin.text, twin.length, &lines[1]);
    diff_lines(&lines[0], &lines[1], &hunks);
    for (size_t i = 0; i < hunks.count; i++) {
        const struct hunk *hunk = &hunks.items[i];
        size_t end = hunk->first[0] + hunk->count[0];
        for (size_t at = hunk->first[0]; at < end; at++) {
            if (does_something(round, reading, &lines[0].items[at], at))
                set_part(round, (int)at + 1, LINE_WANTED);
        }
        bool inside = end < lines[0].count &&
                      functions_at(&reading->functions, round->program.sources[end]) != NULL;
        if (hunk->count[0] == 0 && inside) {
            want_neighbour(round, reading, &lines[0], end - 1, -1);
            want_neighbour(round, reading, &lines[0], end, 1);
        }
    }
    hunks_release(&hunks);
    lines_release(&lines[0]);
    lines_release(&lines[1]);
    shown_release(&twin);
}

static size_t wanted_line(const struct round *round)
{
    for (size_t i = 0; i < round->program.line_count; i++) {
        if (round->parts[i] == LINE_WANTED)
            return i + 1;
    }
    return 0;
}

static void set_parts(struct round *round, const struct reading *reading)
{
    round->parts = xcalloc(round->program.line_count + 1, sizeof(*round->parts));
    for (size_t i = 0; i < reading->promises->count; i++) {
        if (reading->promises->items[i].kind == PROMISE_BUG)
            set_promised(round, reading, &reading->promises->items[i]);
    }
    if (!has_cause(reading->promises))
        want_differences(round, reading);
    if (wanted_line(round) == 0) { /* nothing but where it is noticed */
        for (size_t i = 0; i < round->program.line_count; i++) {
            if (round->parts[i] == LINE_NEUTRAL)
                round->parts[i] = LINE_WANTED;
        }
    }
}

/* Some words for a hint, each once. Borrowed. */
struct words {
    const char **items;
    size_t count;
};

static void words_add(struct words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->items[i], word) == 0)
            return;
    }
    const char **added = xappend((void **)&words->items, &words->count, sizeof(*words->items));
    *added = word;
}

/* "a", "a and b", "a, b and c", each between `before` and `after`; from malloc. */
static char *words_join(const struct words *words, const char *before, const char *after)
{
    char *text = xstrdup("");
    for (size_t i = 0; i < words->count; i++) {
        const char *gap = i == 0 ? "" : i + 1 < words->count ? ", " : " and ";
        char *longer = xasprintf("%s%s%s%s%s", text, gap, before, words->items[i], after);
        free(text);
        text = longer;
    }
    return text;
}

/* Whether the shown program has it as a word. */
static bool shows_word(const struct pair *source, enum polarity polarity, const char *word)
{
    struct tokens tokens = {0};
    bool found = false;
    tokens_read(source->twin[polarity].source, source->twin[polarity].length, &tokens);
    for (size_t i = 0; i < tokens.count && !found; i++)
        found = tokens.items[i].kind == TOKEN_WORD && token_is(&tokens.items[i], word);
    tokens_release(&tokens);
    return found;
}

/* Whether a hint may say the name: the trainee sees it, in whichever twin. */
static bool sayable(const struct candidate *what, const char *name)
{
    if (what->change)
        return shows_word(what->change, what->polarity, name);
    return shows_word(what->pair, BUGGY, name) && shows_word(what->pair, FIXED, name);
}

static void add_names(const struct round *round, char *names, struct words *words)
{
    char *rest = names;
    for (char *name; (name = strsep(&rest, ", "));) {
        if (*name && sayable(&round->what, name))
            words_add(words, name);
    }
}

/* What the hints say is the same in both twins, so that they do not tell whether there is a bug. */
static void set_hints(struct round *round, const struct reading *reading)
{
    struct words names = {0};
    struct words places = {0};
    char **texts = xcalloc(reading->promises->count + 1, sizeof(*texts));
    bool causes = has_cause(reading->promises);
    for (size_t i = 0; i < reading->promises->count; i++) {
        const struct promise *promise = &reading->promises->items[i];
        if (promise->kind != PROMISE_BUG || (causes && !is_cause(promise->defect)))
            continue;
        texts[i] = promise->names ? xstrdup(promise->names) : NULL;
        if (texts[i])
            add_names(round, texts[i], &names);
    }
    for (size_t i = 0; i < round->program.line_count; i++) {
        const char *function = functions_at(&reading->functions, round->program.sources[i]);
        if (function && round->parts[i] == LINE_WANTED)
            words_add(&places, function);
    }
    char *what = words_join(&names, "`", "`");
    char *where = words_join(&places, "", "()");
    round->hints[0] = xasprintf("Look at %s.", *what ? what : where);
    round->hints[1] = xasprintf("Look at %s%swhat is read, written, held and waited for in %s.",
                                what, *what ? ", and at " : "", where);
    round->hints[2] = xasprintf("Look at line %zu.", wanted_line(round));
    free(what);
    free(where);
    for (size_t i = 0; i < reading->promises->count; i++)
        free(texts[i]);
    free(texts);
    free(names.items);
    free(places.items);
}

static void set_classes(struct round *round, const struct promises *promises)
{
    for (size_t i = 0; i < promises->count; i++) {
        if (promises->items[i].kind == PROMISE_BUG)
            round->classes[promises->items[i].defect] = true;
    }
}

void key_make(struct round *round)
{
    enum polarity polarity = round->what.polarity;
    const struct pair *source = candidate_source(&round->what);
    struct reading reading = {.promises = &source->twin[polarity].annotations.promises};
    tokens_read(source->twin[polarity].source, source->twin[polarity].length, &reading.tokens);
    functions_read(&reading.tokens, &reading.functions);
    set_parts(round, &reading);
    set_hints(round, &reading);
    if (polarity == BUGGY)
        set_classes(round, reading.promises);
    else
        memset(round->parts, 0, round->program.line_count * sizeof(*round->parts));
    functions_release(&reading.functions);
    tokens_release(&reading.tokens);
}
