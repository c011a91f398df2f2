#include "review/draw_parts.h"

#include "corpus/diff.h"
#include "model/memory.h"

#include <string.h>

void reading_make(const struct candidate *what, struct reading *reading)
{
    const struct pair *source = candidate_source(what);
    *reading = (struct reading){.promises = &source->twin[what->polarity].annotations.promises};
    tokens_read(source->twin[what->polarity].source, source->twin[what->polarity].length,
                &reading->tokens);
    functions_read(&reading->tokens, &reading->functions);
}

void reading_release(struct reading *reading)
{
    functions_release(&reading->functions);
    tokens_release(&reading->tokens);
}

bool is_cause(enum defect defect)
{
    return defect != DEFECT_WRONG_RESULT && defect != DEFECT_CRASH;
}

bool has_cause(const struct promises *promises)
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

/* The function's nearest line that does something, from `at` on in steps of `step`. */
static void set_neighbour(struct round *round, const struct reading *reading,
                          const struct text_lines *lines, size_t at, int step, enum line_part part)
{
    const char *function = functions_at(&reading->functions, round->program.sources[at]);
    while (at < lines->count &&
           functions_at(&reading->functions, round->program.sources[at]) == function) {
        if (does_something(round, reading, &lines->items[at], at)) {
            set_part(round, (int)at + 1, part);
            return;
        }
        at += (size_t)step;
    }
}

/* Whether what is added before this line is added to a function's body. */
static bool within_function(const struct round *round, const struct reading *reading, size_t at)
{
    if (at == 0 || at >= round->program.line_count)
        return false;
    const char *before = functions_at(&reading->functions, round->program.sources[at - 1]);
    return before && before == functions_at(&reading->functions, round->program.sources[at]);
}

/* What the other twin has otherwise, and what stands beside what it has besides. */
static void set_differences(struct round *round, const struct reading *reading, enum line_part part)
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
                set_part(round, (int)at + 1, part);
        }
        if (hunk->count[0] == 0 && within_function(round, reading, end)) {
            set_neighbour(round, reading, &lines[0], end - 1, -1, part);
            set_neighbour(round, reading, &lines[0], end, 1, part);
        }
    }
    hunks_release(&hunks);
    lines_release(&lines[0]);
    lines_release(&lines[1]);
    shown_release(&twin);
}

size_t wanted_line(const struct round *round)
{
    for (size_t i = 0; i < round->program.line_count; i++) {
        if (round->parts[i] == LINE_WANTED)
            return i + 1;
    }
    return 0;
}

void set_parts(struct round *round, const struct reading *reading)
{
    round->parts = xcalloc(round->program.line_count + 1, sizeof(*round->parts));
    for (size_t i = 0; i < reading->promises->count; i++) {
        if (reading->promises->items[i].kind == PROMISE_BUG)
            set_promised(round, reading, &reading->promises->items[i]);
    }
    /* Wanted where the bug is promised only where it is noticed. Otherwise no mistake: a call that
     * is missing has no line of its own. */
    set_differences(round, reading, has_cause(reading->promises) ? LINE_NEUTRAL : LINE_WANTED);
    if (wanted_line(round) == 0) { /* nothing but where it is noticed */
        for (size_t i = 0; i < round->program.line_count; i++) {
            if (round->parts[i] == LINE_NEUTRAL)
                round->parts[i] = LINE_WANTED;
        }
    }
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
    struct reading reading;
    reading_make(&round->what, &reading);
    set_parts(round, &reading);
    hints_make(round, &reading);
    if (round->what.polarity == BUGGY)
        set_classes(round, reading.promises);
    else
        memset(round->parts, 0, round->program.line_count * sizeof(*round->parts));
    reading_release(&reading);
}
