#include "present/soak.h"

#include "model/memory.h"
#include "present/json.h"
#include "present/json_value.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2

static const struct cell_tally *cell_at(const struct tally *tally, size_t pair, size_t column)
{
    return &tally->cells[pair * tally->column_count + column];
}

/* "200/200" of runs that were right, or "skipped"; from malloc. */
static char *right_of(const struct cell_tally *cell)
{
    return cell->runs == 0 ? xstrdup(verdict_word(VERDICT_SKIPPED))
                           : xasprintf("%zu/%zu", cell->runs - cell->wrong, cell->runs);
}

static int column_width(const struct tally *tally, size_t column)
{
    size_t widest = strlen(cell_at(tally, 0, column)->detector->name);
    for (size_t i = 0; i < tally->pair_count; i++) {
        char *text = right_of(cell_at(tally, i, column));
        size_t length = strlen(text);
        widest = length > widest ? length : widest;
        free(text);
    }
    return (int)widest;
}

static void print_grid(FILE *out, const struct style *style, const struct tally *tally)
{
    int first = 0;
    for (size_t i = 0; i < tally->pair_count; i++) {
        int length = (int)strlen(cell_at(tally, i, 0)->pair->id);
        first = length > first ? length : first;
    }
    int *widths = xcalloc(tally->column_count, sizeof(*widths));
    fprintf(out, "%s%-*s", style_bold(style), first, "pair");
    for (size_t c = 0; c < tally->column_count; c++) {
        widths[c] = column_width(tally, c);
        fprintf(out, "%*s%*s", GAP, "", widths[c], cell_at(tally, 0, c)->detector->name);
    }
    fprintf(out, "%s\n", style_end(style));
    for (size_t i = 0; i < tally->pair_count; i++) {
        fprintf(out, "%-*s", first, cell_at(tally, i, 0)->pair->id);
        for (size_t c = 0; c < tally->column_count; c++) {
            const struct cell_tally *cell = cell_at(tally, i, c);
            enum verdict colour = cell->runs == 0   ? VERDICT_SKIPPED
                                  : cell->wrong > 0 ? VERDICT_MISSED
                                                    : VERDICT_KEPT;
            char *text = right_of(cell);
            fprintf(out, "%*s%s%*s%s", GAP, "", style_verdict(style, colour), widths[c], text,
                    style_end(style));
            free(text);
        }
        fputc('\n', out);
    }
    free(widths);
}

static void print_line(FILE *out, const struct style *style, char *text)
{
    fputs("  ", out);
    print_wrapped(out, style, 2, text);
    free(text);
}

/* Whether this count is worth a line of its own among those that were asked for. */
static bool is_told(const struct promise_tally *promise, bool all)
{
    return promise->expectation == EXPECT_BY_CHANCE ||
           (all && (promise->expectation != EXPECT_NOTHING || promise->reported > 0));
}

static void print_promises(FILE *out, const struct style *style, const struct soak *soak)
{
    bool headed = false;
    for (size_t i = 0; i < soak->tally.pair_count * soak->tally.column_count; i++) {
        const struct cell_tally *cell = &soak->tally.cells[i];
        for (size_t k = 0; k < cell->promise_count; k++) {
            const struct promise_tally *promise = &cell->promises[k];
            if (cell->runs == 0 || !is_told(promise, soak->promises))
                continue;
            if (!headed)
                fprintf(out, "\n%s%s%s\n", style_bold(style),
                        soak->promises ? "how often each promise was reported"
                                       : "how often shows what shows by chance",
                        style_end(style));
            headed = true;
            char *label = promise_label(promise->promise);
            const char *why = promise->expectation == EXPECT_NOTHING
                                  ? "the run's own ending, not demanded"
                                  : expectation_word(promise->expectation);
            print_line(out, style,
                       xasprintf("%s under %s: %s%s %zu/%zu (%s)", cell->pair->id,
                                 cell->detector->name,
                                 promise->promise->kind == PROMISE_ALARM ? "alarm " : "", label,
                                 promise->reported, cell->runs, why));
            free(label);
        }
        if (soak->promises && cell->runs > 0)
            print_line(out, style,
                       xasprintf("%s under %s: fixed program flagged %zu/%zu", cell->pair->id,
                                 cell->detector->name, cell->flagged, cell->runs));
    }
}

static void print_faults(FILE *out, const struct style *style, const struct tally *tally)
{
    bool headed = false;
    for (size_t i = 0; i < tally->pair_count * tally->column_count; i++) {
        const struct cell_tally *cell = &tally->cells[i];
        if (cell->wrong == 0)
            continue;
        if (!headed)
            fprintf(out, "\n%swrong%s\n", style_bold(style), style_end(style));
        headed = true;
        print_line(out, style,
                   xasprintf("%s under %s: %zu of %zu runs; the first: %s", cell->pair->id,
                             cell->detector->name, cell->wrong, cell->runs,
                             cell->fault ? cell->fault : "no reason"));
    }
}

void soak_print(FILE *out, const struct style *style, const struct soak *soak)
{
    print_grid(out, style, &soak->tally);
    print_faults(out, style, &soak->tally);
    print_promises(out, style, soak);
    size_t wrong = tally_wrong(&soak->tally);
    fprintf(out, "\n%zu of %zu runs of each cell%s%s: %s%zu wrong%s of %zu\n", soak->done,
            soak->runs, soak->load ? ", under load" : "", soak->one_core ? ", on one core" : "",
            style_verdict(style, wrong > 0 ? VERDICT_MISSED : VERDICT_KEPT), wrong,
            style_end(style), tally_runs(&soak->tally));
}

static json_t *promise_json(const struct promise_tally *tally)
{
    char *label = promise_label(tally->promise);
    json_t *json = json_pack("{s:s, s:o, s:s, s:I}", "kind",
                             tally->promise->kind == PROMISE_BUG ? "bug" : "alarm", "promise",
                             json_text(label), "expected", expectation_word(tally->expectation),
                             "reported", (json_int_t)tally->reported);
    free(label);
    return json;
}

int soak_write_json(const char *path, const struct soak *soak)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < soak->tally.pair_count * soak->tally.column_count; i++) {
        const struct cell_tally *cell = &soak->tally.cells[i];
        json_t *promises = json_array();
        for (size_t k = 0; k < cell->promise_count; k++)
            json_array_append_new(promises, promise_json(&cell->promises[k]));
        json_array_append_new(
            cells, json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:o, s:o}", "pair", cell->pair->id,
                             "detector", cell->detector->name, "version", json_text(cell->version),
                             "runs", (json_int_t)cell->runs, "wrong", (json_int_t)cell->wrong,
                             "fixed_flagged", (json_int_t)cell->flagged, "first_fault",
                             json_text(cell->fault), "promises", promises));
    }
    return json_save(path,
                     json_pack("{s:i, s:s, s:I, s:I, s:b, s:b, s:o}", "schema", JSON_SCHEMA,
                               "racelab", RACELAB_VERSION, "runs_asked", (json_int_t)soak->runs,
                               "runs_done", (json_int_t)soak->done, "load", soak->load, "one_core",
                               soak->one_core, "cells", cells));
}
