#include "present/score.h"

#include "model/memory.h"
#include "present/json.h"
#include "present/json_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2

/* One of the measures: how many of how many. */
struct ratio {
    size_t part;
    size_t whole;
};

struct measure {
    const char *name;
    const char *meaning;
    struct ratio (*of)(const struct score_cell *cell);
};

static struct ratio exact_recall(const struct score_cell *cell)
{
    return (struct ratio){cell->exact, cell->pairs};
}

static struct ratio recall(const struct score_cell *cell)
{
    return (struct ratio){cell->reported, cell->pairs};
}

static struct ratio precision(const struct score_cell *cell)
{
    return (struct ratio){cell->exact, cell->exact + cell->flagged};
}

static const struct measure measures[] = {
    {"line-exact recall", "buggy programs whose bug was reported on its lines, of all",
     exact_recall},
    {"recall", "buggy programs of which anything was reported, of all", recall},
    {"precision",
     "buggy programs whose bug was reported on its lines, of these and the fixed programs "
     "that were flagged",
     precision},
};
#define MEASURE_COUNT (sizeof(measures) / sizeof(*measures))

/* "12/17  71%", or "-" where nothing can be divided; from malloc. */
static char *ratio_text(struct ratio ratio)
{
    if (ratio.whole == 0)
        return xstrdup("-");
    return xasprintf("%zu/%zu %3zu%%", ratio.part, ratio.whole, 100 * ratio.part / ratio.whole);
}

/* "tsan 14.0.6"; "any" for all together; from malloc. */
static char *column_text(const struct score *score, size_t column)
{
    if (column == ANY_DETECTOR)
        return xstrdup("any of them");
    const struct score_column *own = &score->columns[column];
    return own->version ? xasprintf("%s %s", own->detector, own->version) : xstrdup(own->detector);
}

static size_t column_at(const struct score *score, size_t index)
{
    return index < score->column_count ? index : ANY_DETECTOR;
}

static char *cell_text(const struct score *score, const struct measure *measure, const char *family,
                       size_t column)
{
    struct score_cell cell = score_count(score, family, column);
    return ratio_text(measure->of(&cell));
}

static int longest(const char *const *texts, int least)
{
    for (; *texts; texts++) {
        int length = (int)strlen(*texts);
        least = length > least ? length : least;
    }
    return least;
}

static int column_width(const struct score *score, const struct measure *measure,
                        const char *const *families, size_t column)
{
    char *head = column_text(score, column);
    size_t widest = strlen(head);
    free(head);
    for (size_t f = 0;; f++) {
        char *text = cell_text(score, measure, families[f], column);
        widest = strlen(text) > widest ? strlen(text) : widest;
        free(text);
        if (!families[f])
            return (int)widest;
    }
}

static void print_measure(FILE *out, const struct style *style, const struct score *score,
                          const struct measure *measure, const char *const *families)
{
    int first = longest(families, (int)strlen("all"));
    int *widths = xcalloc(score->column_count + 1, sizeof(*widths));
    fprintf(out, "%s%s%s: ", style_bold(style), measure->name, style_end(style));
    print_wrapped(out, style, 2, measure->meaning);
    fprintf(out, "%-*s", first, "");
    for (size_t c = 0; c <= score->column_count; c++) {
        char *head = column_text(score, column_at(score, c));
        widths[c] = column_width(score, measure, families, column_at(score, c));
        fprintf(out, "%*s%*s", GAP, "", widths[c], head);
        free(head);
    }
    fputc('\n', out);
    /* The NULL that ends the families stands for all of them. */
    for (size_t f = 0;; f++) {
        fprintf(out, "%-*s", first, families[f] ? families[f] : "all");
        for (size_t c = 0; c <= score->column_count; c++) {
            char *text = cell_text(score, measure, families[f], column_at(score, c));
            fprintf(out, "%*s%*s", GAP, "", widths[c], text);
            free(text);
        }
        fputc('\n', out);
        if (!families[f])
            break;
    }
    free(widths);
}

/* "tsan 14.0.6: 3, watchdog 0.1.0: 11" of the pairs that each finds by chance only; NULL for none. */
static char *chances(const struct score *score)
{
    char *text = NULL;
    for (size_t c = 0; c < score->column_count; c++) {
        size_t chance = score_count(score, NULL, c).chance;
        if (chance == 0)
            continue;
        char *name = column_text(score, c);
        char *longer = xasprintf("%s%s%s: %zu", text ? text : "", text ? ", " : "", name, chance);
        free(name);
        free(text);
        text = longer;
    }
    return text;
}

#define CHANCE_HEAD "pairs whose bug shows by chance, counted as not found: "

void score_print(FILE *out, const struct style *style, const struct score *score)
{
    const char **families = score_families(score);
    for (size_t m = 0; m < MEASURE_COUNT; m++) {
        if (m > 0)
            fputc('\n', out);
        print_measure(out, style, score, &measures[m], families);
    }
    char *chance = chances(score);
    if (chance) {
        fputc('\n', out);
        char *line = xasprintf(CHANCE_HEAD "%s", chance);
        print_wrapped(out, style, 2, line);
        free(line);
    }
    free(chance);
    free(families);
}

static void write_measure(FILE *out, const struct score *score, const struct measure *measure,
                          const char *const *families)
{
    fprintf(out, "**%s**: %s\n\n| family |", measure->name, measure->meaning);
    for (size_t c = 0; c <= score->column_count; c++) {
        char *head = column_text(score, column_at(score, c));
        fprintf(out, " %s |", head);
        free(head);
    }
    fputs("\n| --- |", out);
    for (size_t c = 0; c <= score->column_count; c++)
        fputs(" ---: |", out);
    fputc('\n', out);
    for (size_t f = 0;; f++) {
        fprintf(out, "| %s |", families[f] ? families[f] : "all");
        for (size_t c = 0; c <= score->column_count; c++) {
            char *text = cell_text(score, measure, families[f], column_at(score, c));
            fprintf(out, " %s |", text);
            free(text);
        }
        fputc('\n', out);
        if (!families[f])
            break;
    }
    fputc('\n', out);
}

int score_write_markdown(const char *path, const struct score *score)
{
    FILE *out = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    if (!out)
        return -errno;
    const char **families = score_families(score);
    for (size_t m = 0; m < MEASURE_COUNT; m++)
        write_measure(out, score, &measures[m], families);
    char *chance = chances(score);
    if (chance)
        fprintf(out, CHANCE_HEAD "%s\n", chance);
    free(chance);
    free(families);
    bool failed = fflush(out) != 0 || ferror(out);
    int error = failed ? -errno : 0;
    if (out != stdout && fclose(out) != 0 && !error)
        error = -errno;
    return error;
}

static json_t *counts_json(const struct score *score, const char *family, size_t column)
{
    struct score_cell cell = score_count(score, family, column);
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "pairs", (json_int_t)cell.pairs, "reported",
                     (json_int_t)cell.reported, "exact", (json_int_t)cell.exact, "by_chance",
                     (json_int_t)cell.chance, "fixed_flagged", (json_int_t)cell.flagged);
}

int score_write_json(const char *path, const struct score *score)
{
    const char **families = score_families(score);
    json_t *detectors_json = json_array();
    for (size_t c = 0; c <= score->column_count; c++) {
        size_t column = column_at(score, c);
        const struct score_column *own = column == ANY_DETECTOR ? NULL : &score->columns[column];
        json_t *by_family = json_object();
        for (size_t f = 0; families[f]; f++)
            json_object_set_new(by_family, families[f], counts_json(score, families[f], column));
        json_array_append_new(detectors_json,
                              json_pack("{s:o, s:o, s:o, s:o}", "detector",
                                        json_text(own ? own->detector : NULL), "version",
                                        json_text(own ? own->version : NULL), "all",
                                        counts_json(score, NULL, column), "families", by_family));
    }
    free(families);
    return json_save(path, json_pack("{s:i, s:s, s:o}", "schema", JSON_SCHEMA, "racelab",
                                     RACELAB_VERSION, "score", detectors_json));
}

/* The column of this cell's detector, added where this file is the first to have it. */
static char *column_for(json_t *cell, size_t before, struct score *score, size_t *column)
{
    const char *detector = json_string_value(json_object_get(cell, "detector"));
    const char *version = json_string_value(json_object_get(cell, "version"));
    *column = score_find_column(score, detector, version);
    if (*column == SIZE_MAX)
        *column = score_add_column(score, detector, version);
    else if (*column < before)
        return xasprintf("holds %s %s, which another file has, too: leave out one of them "
                         "(--detector)",
                         detector, version);
    return NULL;
}

static char *read_cell(json_t *pair, json_t *cell, size_t before, struct score *score)
{
    const char *id = json_string_value(json_object_get(pair, "id"));
    const char *family = json_string_value(json_object_get(pair, "family"));
    json_t *outcome = json_object_get(cell, "outcome");
    if (!id || !family || !json_is_string(json_object_get(cell, "detector")) ||
        !json_is_object(outcome))
        return xstrdup("is no result of `racelab run --json`");
    if (!json_is_string(json_object_get(cell, "version")))
        return NULL; /* that detector did not run */
    size_t column = 0;
    char *trouble = column_for(cell, before, score, &column);
    if (trouble)
        return trouble;
    score_add(score, column, id, family,
              (struct outcome){
                  .judged = json_is_true(json_object_get(outcome, "judged")),
                  .reported = json_is_true(json_object_get(outcome, "reported")),
                  .exact = json_is_true(json_object_get(outcome, "exact")),
                  .chance = json_is_true(json_object_get(outcome, "by_chance")),
                  .flagged = json_is_true(json_object_get(outcome, "fixed_flagged")),
              });
    return NULL;
}

char *score_read(const char *path, struct score *score)
{
    json_error_t error;
    json_t *json = json_load_file(path, 0, &error);
    if (!json)
        return xasprintf("%s", error.text);
    char *trouble = NULL;
    size_t before = score->column_count;
    json_t *pairs = json_object_get(json, "pairs");
    json_int_t schema = json_integer_value(json_object_get(json, "schema"));
    if (!json_is_array(pairs))
        trouble = xstrdup("is no result of `racelab run --json`");
    else if (schema != JSON_SCHEMA)
        trouble = xasprintf("has schema %" JSON_INTEGER_FORMAT ", and this racelab reads %d",
                            schema, JSON_SCHEMA);
    for (size_t i = 0; !trouble && i < json_array_size(pairs); i++) {
        json_t *pair = json_array_get(pairs, i);
        json_t *cells = json_object_get(pair, "cells");
        for (size_t c = 0; !trouble && c < json_array_size(cells); c++)
            trouble = read_cell(pair, json_array_get(cells, c), before, score);
    }
    json_decref(json);
    return trouble;
}
