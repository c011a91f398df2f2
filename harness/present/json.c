#include "present/json.h"

#include "model/memory.h"
#include "present/style.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Tools and programs may say anything; JSON holds valid UTF-8 alone. */
static json_t *text_of(const char *text)
{
    if (!text)
        return json_null();
    json_t *string = json_string(text);
    if (string)
        return string;
    char *inert = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&inert, &length);
    if (out) {
        print_inert(out, text, strlen(text));
        fclose(out);
    }
    string = json_string(inert ? inert : "");
    free(inert);
    return string;
}

static json_t *site_json(const struct site *site)
{
    return json_pack("{s:o, s:i, s:o, s:o, s:o, s:o}", "file", text_of(site->file), "line",
                     site->line, "function", text_of(site->function), "thread",
                     text_of(site->thread), "act", text_of(site->act), "locks_held",
                     site->locks_held < 0 ? json_null() : json_integer(site->locks_held));
}

static json_t *finding_json(const struct finding *finding)
{
    json_t *sites = json_array();
    for (size_t i = 0; i < finding->site_count; i++)
        json_array_append_new(sites, site_json(&finding->sites[i]));
    char *sentence = finding_sentence(finding, NULL);
    json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:o}", "defect", defect_word(finding->defect),
                             "sentence", text_of(sentence), "message", text_of(finding->message),
                             "object", text_of(finding->object), "sites", sites);
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
    return json_pack("{s:s, s:i, s:I, s:b, s:o, s:o}", "end", run_end_word(run->end), "status",
                     run->status, "duration_ms", (json_int_t)(run->duration_ns / 1000000),
                     "concurrent", run->report.concurrent, "trouble", text_of(run->report.trouble),
                     "findings", findings);
}

static json_t *cell_json(const struct cell *cell)
{
    json_t *remarks = json_array();
    for (size_t i = 0; i < cell->verdict.remark_count; i++) {
        const struct remark *remark = &cell->verdict.remarks[i];
        json_array_append_new(remarks,
                              json_pack("{s:s, s:o}", "verdict", verdict_word(remark->verdict),
                                        "text", text_of(remark->text)));
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:o}", "detector", cell->detector->name, "verdict",
                     verdict_word(cell->verdict.verdict), "remarks", remarks, "buggy",
                     run_json(&cell->twin[BUGGY]), "fixed", run_json(&cell->twin[FIXED]));
}

static json_t *matrix_json(const struct matrix *matrix)
{
    json_t *pairs = json_array();
    for (size_t i = 0; i < matrix->pair_count; i++) {
        json_t *cells = json_array();
        for (size_t c = 0; c < matrix->column_count; c++)
            json_array_append_new(cells, cell_json(&matrix->cells[i * matrix->column_count + c]));
        json_array_append_new(pairs,
                              json_pack("{s:s, s:s, s:o, s:o, s:o}", "id", matrix->pairs[i]->id,
                                        "family", matrix->pairs[i]->family, "title",
                                        text_of(matrix->pairs[i]->lesson.title), "cwe",
                                        text_of(matrix->pairs[i]->lesson.cwe), "cells", cells));
    }
    json_t *counts = json_object();
    for (enum verdict verdict = VERDICT_KEPT; verdict < VERDICT_COUNT; verdict++)
        json_object_set_new(counts, verdict_word(verdict),
                            json_integer((json_int_t)matrix_count(matrix, verdict)));
    return json_pack("{s:i, s:s, s:o, s:o}", "schema", JSON_SCHEMA, "racelab", RACELAB_VERSION,
                     "counts", counts, "pairs", pairs);
}

/* Writes and says whether every byte has arrived: a full disk may show only on closing. */
static int dump(json_t *json, FILE *out)
{
    errno = 0;
    bool failed = json_dumpf(json, out, JSON_INDENT(2)) != 0 || fputc('\n', out) == EOF;
    failed = fflush(out) != 0 || failed;
    return failed ? -(errno ? errno : EIO) : 0;
}

int json_write(const char *path, const struct matrix *matrix)
{
    json_t *json = matrix_json(matrix);
    int result = json ? 0 : -ENOMEM;
    char *beside = NULL;
    FILE *out = NULL;
    struct stat status;
    if (result)
        goto out;
    if (strcmp(path, "-") == 0) {
        result = dump(json, stdout);
        goto out;
    }
    /* A device or a pipe is written to as it stands. */
    bool regular = stat(path, &status) != 0 || S_ISREG(status.st_mode);
    beside = regular ? xasprintf("%s.%ld.tmp", path, (long)getpid()) : xstrdup(path);
    out = fopen(beside, "we");
    if (!out) {
        result = -errno;
        goto out;
    }
    result = dump(json, out);
    if (fclose(out) != 0 && !result)
        result = -errno;
    if (!result && regular && rename(beside, path) != 0)
        result = -errno;
    if (result && regular)
        unlink(beside);
out:
    free(beside);
    json_decref(json);
    return result;
}
