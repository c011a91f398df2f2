#include "present/json.h"

#include "judge/score.h"
#include "model/memory.h"
#include "present/json_exploration.h"
#include "present/json_value.h"

#include <errno.h>
#include <stdlib.h>

static json_t *finding_json(const struct finding *finding)
{
    json_t *sites = json_array();
    for (size_t i = 0; i < finding->site_count; i++)
        json_array_append_new(sites, json_site(&finding->sites[i], finding->sites[i].file));
    char *sentence = finding_sentence(finding, NULL);
    json_t *json =
        json_pack("{s:s, s:o, s:o, s:o, s:o}", "defect", defect_word(finding->defect), "sentence",
                  json_text(sentence), "message", json_text(finding->message), "object",
                  json_text(finding->object), "sites", sites);
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
    return json_pack("{s:s, s:i, s:I, s:b, s:o, s:o, s:o, s:o}", "end", run_end_word(run->end),
                     "status", run->status, "duration_ms", (json_int_t)(run->duration_ns / 1000000),
                     "concurrent", run->report.concurrent, "trouble",
                     json_text(run->report.trouble), "findings", findings, "explanation",
                     json_explanation(&run->report.explanation), "search",
                     run->search ? json_exploration(run->search) : json_null());
}

static json_t *cell_json(const struct cell *cell)
{
    struct outcome outcome = judge_outcome(cell);
    json_t *counted = json_pack("{s:b, s:b, s:b, s:b, s:b}", "judged", outcome.judged, "reported",
                                outcome.reported, "exact", outcome.exact, "by_chance",
                                outcome.chance, "fixed_flagged", outcome.flagged);
    /* Both twins ran under the same tool; of a change there is one. */
    const char *version =
        cell->twin[BUGGY].ran ? cell->twin[BUGGY].report.version : cell->twin[FIXED].report.version;
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "detector", cell->detector->name,
                     "version", json_text(version), "verdict", verdict_word(cell->verdict.verdict),
                     "remarks", json_remarks(&cell->verdict), "buggy", run_json(&cell->twin[BUGGY]),
                     "fixed", run_json(&cell->twin[FIXED]), "outcome", counted);
}

static json_t *matrix_json(const struct matrix *matrix)
{
    json_t *pairs = json_array();
    for (size_t i = 0; i < matrix->pair_count; i++) {
        const struct pair *pair = matrix->pairs[i];
        json_t *cells = json_array();
        for (size_t c = 0; c < matrix->column_count; c++)
            json_array_append_new(cells, cell_json(&matrix->cells[i * matrix->column_count + c]));
        json_array_append_new(pairs, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "id",
                                               pair->id, "family", pair->family, "title",
                                               json_text(pair->lesson.title), "cwe",
                                               json_text(pair->lesson.cwe), "change_of",
                                               json_text(pair->of ? pair->of->id : NULL), "patch",
                                               json_text(patch_word(pair->patch)), "cells", cells));
    }
    json_t *counts = json_object();
    for (enum verdict verdict = VERDICT_KEPT; verdict < VERDICT_COUNT; verdict++)
        json_object_set_new(counts, verdict_word(verdict),
                            json_integer((json_int_t)matrix_count(matrix, verdict)));
    return json_pack("{s:i, s:s, s:o, s:o}", "schema", JSON_SCHEMA, "racelab", RACELAB_VERSION,
                     "counts", counts, "pairs", pairs);
}

int json_write(const char *path, const struct matrix *matrix)
{
    return json_save(path, matrix_json(matrix));
}

int json_write_explanation(const char *path, const struct explanation *explanation)
{
    return json_save(path,
                     json_pack("{s:i, s:s, s:o}", "schema", JSON_SCHEMA, "racelab", RACELAB_VERSION,
                               "explanation", json_explanation(explanation)));
}
