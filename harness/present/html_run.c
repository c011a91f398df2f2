/* The page of a run of pairs. */
#include "present/html.h"

#include "model/memory.h"
#include "present/html_page.h"
#include "present/html_review.h"
#include "present/json_check.h"
#include "present/json_exploration.h"
#include "present/json_value.h"

#include <stdlib.h>
#include <string.h>

static json_t *finding_json(const struct finding *finding)
{
    char *sentence = finding_sentence(finding, NULL);
    json_t *json =
        json_pack("{s:s, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "defect",
                  defect_word(finding->defect), "sentence", json_text(sentence), "message",
                  json_text(finding->message), "object", json_text(finding->object), "times",
                  (json_int_t)finding->times, "sites", json_sites(NULL, finding), "backgrounds",
                  json_backgrounds(NULL, finding), "raw", html_raw_json(finding->raw));
    free(sentence);
    return json;
}

static json_t *run_json(const struct twin_run *run)
{
    if (!run->ran)
        return json_null();
    json_t *findings = json_array();
    for (size_t i = 0; i < run->report.findings.count; i++)
        json_array_append_new(findings, finding_json(&run->report.findings.items[i]));
    return json_pack("{s:s, s:i, s:I, s:o, s:o, s:o, s:o}", "end", run_end_word(run->end), "status",
                     run->status, "duration_ms", (json_int_t)(run->duration_ns / 1000000),
                     "trouble", json_text(run->report.trouble), "findings", findings, "explanation",
                     json_explanation(&run->report.explanation), "search",
                     run->search ? json_exploration(run->search) : json_null());
}

static json_t *cell_json(const struct cell *cell)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o}", "detector", cell->detector->name, "verdict",
                     verdict_word(cell->verdict.verdict), "remarks", json_remarks(&cell->verdict),
                     "buggy", run_json(&cell->twin[BUGGY]), "fixed", run_json(&cell->twin[FIXED]));
}

static json_t *promise_json(const struct promise *promise)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < promise->line_count; i++)
        json_array_append_new(lines, json_integer(promise->lines[i]));
    char *label = promise_label(promise);
    json_t *json = json_pack(
        "{s:s, s:o, s:s, s:o}", "kind", promise->kind == PROMISE_BUG ? "bug" : "alarm", "label",
        json_text(label), "defect", defect_word(promise->defect), "lines", lines);
    free(label);
    return json;
}

json_t *html_twin_json(const struct pair *pair, enum polarity polarity)
{
    const struct promises *made = &pair->twin[polarity].annotations.promises;
    json_t *promises = json_array();
    for (size_t i = 0; i < made->count; i++)
        json_array_append_new(promises, promise_json(&made->items[i]));
    char *path = xasprintf("%s/%s.c", polarity_word(polarity), pair->id);
    json_t *json =
        json_pack("{s:o, s:o, s:o}", "path", json_text(path), "source",
                  html_source_json(pair->twin[polarity].source, pair->twin[polarity].length),
                  "promises", promises);
    free(path);
    return json;
}

json_t *html_cells_json(const struct matrix *matrix, size_t row)
{
    json_t *cells = json_array();
    for (size_t c = 0; c < matrix->column_count; c++)
        json_array_append_new(cells, cell_json(&matrix->cells[row * matrix->column_count + c]));
    return cells;
}

static json_t *pair_json(const struct matrix *matrix, size_t index)
{
    const struct pair *pair = matrix->pairs[index];
    const struct lesson *lesson = &pair->lesson;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "id", json_text(pair->id), "family", json_text(pair->family), "title",
                     json_text(lesson->title), "story", json_text(lesson->story), "wrong",
                     json_text(lesson->wrong), "why", json_text(lesson->why), "fix",
                     json_text(lesson->fix), "roadmap", json_text(lesson->roadmap), "cwe",
                     json_text(lesson->cwe), "cert", json_text(lesson->cert), "limit",
                     json_text(lesson->limit), "rate", json_text(lesson->rate), "buggy",
                     html_twin_json(pair, BUGGY), "fixed", html_twin_json(pair, FIXED), "cells",
                     html_cells_json(matrix, index));
}

/* The version is of the first run that tells one. */
static json_t *column_json(const struct matrix *matrix, size_t column)
{
    const struct detector *detector = matrix->columns[column];
    const char *version = NULL;
    for (size_t i = 0; i < matrix->pair_count && !version; i++)
        version = matrix->cells[i * matrix->column_count + column].twin[BUGGY].report.version;
    return json_pack("{s:s, s:o, s:o}", "name", detector->name, "version", json_text(version),
                     "nature", json_text(detector->nature));
}

static json_t *matrix_json(const struct matrix *matrix, const struct html_review *review)
{
    json_t *detectors = json_array();
    json_t *pairs = json_array();
    json_t *verdicts = json_array();
    for (size_t c = 0; c < matrix->column_count; c++)
        json_array_append_new(detectors, column_json(matrix, c));
    for (size_t i = 0; i < matrix->pair_count; i++)
        json_array_append_new(pairs, pair_json(matrix, i));
    for (enum verdict verdict = VERDICT_KEPT; verdict < VERDICT_COUNT; verdict++)
        json_array_append_new(verdicts, json_string(verdict_word(verdict)));
    bool rounds = review && review->rounds->count > 0;
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "kind", "run", "racelab", RACELAB_VERSION,
                     "verdicts", verdicts, "detectors", detectors, "pairs", pairs, "review",
                     rounds ? html_review_json(review) : json_null());
}

static void print_plain(FILE *out, const void *user)
{
    const struct matrix *matrix = user;
    fputs("<table><thead><tr><th scope=\"col\">pair</th>", out);
    for (size_t c = 0; c < matrix->column_count; c++)
        fprintf(out, "<th scope=\"col\">%s</th>", matrix->columns[c]->name);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < matrix->pair_count; i++) {
        fputs("<tr><th scope=\"row\">", out);
        html_print_text(out, matrix->pairs[i]->id);
        fputs("</th>", out);
        for (size_t c = 0; c < matrix->column_count; c++) {
            const struct cell *cell = &matrix->cells[i * matrix->column_count + c];
            fprintf(out, "<td>%s</td>", verdict_word(cell->verdict.verdict));
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

int html_write_run(const char *path, const struct matrix *matrix, const struct html_review *review)
{
    char *title = xasprintf("racelab: %zu pair%s under %zu detector%s", matrix->pair_count,
                            matrix->pair_count == 1 ? "" : "s", matrix->column_count,
                            matrix->column_count == 1 ? "" : "s");
    int result = html_page_write(path, title, matrix_json(matrix, review), print_plain, matrix);
    free(title);
    return result;
}
