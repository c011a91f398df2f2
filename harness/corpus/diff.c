#include "corpus/diff.h"

#include "model/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void lines_read(const char *source, size_t length, struct text_lines *lines)
{
    const char *end = source + length;
    *lines = (struct text_lines){0};
    for (const char *at = source; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct text_line *line =
            xappend((void **)&lines->items, &lines->count, sizeof(*lines->items));
        *line = (struct text_line){at, (size_t)((newline ? newline : end) - at)};
        at += line->length + 1;
    }
}

void lines_release(struct text_lines *lines)
{
    free(lines->items);
    *lines = (struct text_lines){0};
}

/* What a difference costs: a line far more than a hunk. */
#define LINE_COST UINT32_C(0x10000)
#define HUNK_COST UINT32_C(1)

/* The least cost for what remains of both texts, where the step before it was a change (open) or
 * not. */
struct rest {
    uint32_t cost[2];
};

struct table {
    const struct text_lines *texts[2];
    struct rest *rests; /* by line of the first text, then by line of the second */
};

enum step { KEEP, TAKE_OUT, ADD };

static struct rest *rest_at(const struct table *table, size_t first, size_t second)
{
    return &table->rests[first * (table->texts[1]->count + 1) + second];
}

static bool same_line(const struct table *table, size_t first, size_t second)
{
    const struct text_line *left = &table->texts[0]->items[first];
    const struct text_line *right = &table->texts[1]->items[second];
    return left->length == right->length && memcmp(left->text, right->text, left->length) == 0;
}

/* The best step from here, and its cost with all that follows. Not for the end of both texts. */
static enum step best_step(const struct table *table, size_t first, size_t second, bool open,
                           uint32_t *cost)
{
    bool first_over = first == table->texts[0]->count;
    bool second_over = second == table->texts[1]->count;
    uint32_t change = LINE_COST + (open ? 0 : HUNK_COST);
    enum step best = KEEP;
    *cost = UINT32_MAX;
    if (!first_over && !second_over && same_line(table, first, second))
        *cost = rest_at(table, first + 1, second + 1)->cost[false];
    if (!first_over && rest_at(table, first + 1, second)->cost[true] + change < *cost) {
        *cost = rest_at(table, first + 1, second)->cost[true] + change;
        best = TAKE_OUT;
    }
    if (!second_over && rest_at(table, first, second + 1)->cost[true] + change < *cost) {
        *cost = rest_at(table, first, second + 1)->cost[true] + change;
        best = ADD;
    }
    return best;
}

static void fill(struct table *table)
{
    for (size_t first = table->texts[0]->count + 1; first-- > 0;) {
        for (size_t second = table->texts[1]->count + 1; second-- > 0;) {
            if (first == table->texts[0]->count && second == table->texts[1]->count)
                continue; /* nothing remains: zero */
            struct rest *rest = rest_at(table, first, second);
            best_step(table, first, second, false, &rest->cost[false]);
            best_step(table, first, second, true, &rest->cost[true]);
        }
    }
}

void diff_lines(const struct text_lines *first, const struct text_lines *second,
                struct hunks *hunks)
{
    struct table table = {.texts = {first, second}};
    table.rests = xcalloc((first->count + 1) * (second->count + 1), sizeof(*table.rests));
    fill(&table);
    size_t at[2] = {0, 0};
    struct hunk *open = NULL;
    while (at[0] < first->count || at[1] < second->count) {
        uint32_t cost = 0;
        enum step step = best_step(&table, at[0], at[1], open != NULL, &cost);
        if (step == KEEP) {
            open = NULL;
            at[0]++;
            at[1]++;
            continue;
        }
        if (!open) {
            open = xappend((void **)&hunks->items, &hunks->count, sizeof(*hunks->items));
            *open = (struct hunk){.first = {at[0], at[1]}};
        }
        size_t side = step == ADD;
        open->count[side]++;
        at[side]++;
    }
    free(table.rests);
}

size_t hunks_changed(const struct hunks *hunks)
{
    size_t changed = 0;
    for (size_t i = 0; i < hunks->count; i++)
        changed += hunks->items[i].count[0] + hunks->items[i].count[1];
    return changed;
}

void hunks_release(struct hunks *hunks)
{
    free(hunks->items);
    *hunks = (struct hunks){0};
}
