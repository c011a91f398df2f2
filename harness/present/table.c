#include "present/table.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2

static int widest_id(const struct matrix *matrix)
{
    int widest = 0;
    for (size_t i = 0; i < matrix->pair_count; i++) {
        int length = (int)strlen(matrix->pairs[i]->id);
        widest = length > widest ? length : widest;
    }
    return widest;
}

static const struct cell *cell_at(const struct matrix *matrix, size_t pair, size_t column)
{
    return &matrix->cells[pair * matrix->column_count + column];
}

static int column_width(const struct matrix *matrix, size_t column)
{
    size_t widest = strlen(matrix->columns[column]->name);
    for (size_t i = 0; i < matrix->pair_count; i++) {
        size_t length = strlen(verdict_word(cell_at(matrix, i, column)->verdict.verdict));
        widest = length > widest ? length : widest;
    }
    return (int)widest;
}

static void print_grid(FILE *out, const struct style *style, const struct matrix *matrix)
{
    int first = widest_id(matrix);
    fprintf(out, "%s%-*s", style_bold(style), first,
            matrix->pair_count > 0 && matrix->pairs[0]->of ? "change" : "pair");
    for (size_t c = 0; c < matrix->column_count; c++) {
        bool last = c + 1 == matrix->column_count;
        fprintf(out, "%*s%-*s", GAP, "", last ? 0 : column_width(matrix, c),
                matrix->columns[c]->name);
    }
    fprintf(out, "%s\n", style_end(style));
    for (size_t i = 0; i < matrix->pair_count; i++) {
        fprintf(out, "%-*s", first, matrix->pairs[i]->id);
        for (size_t c = 0; c < matrix->column_count; c++) {
            enum verdict verdict = cell_at(matrix, i, c)->verdict.verdict;
            bool last = c + 1 == matrix->column_count;
            fprintf(out, "%*s%s%-*s%s", GAP, "", style_verdict(style, verdict),
                    last ? 0 : column_width(matrix, c), verdict_word(verdict), style_end(style));
        }
        fputc('\n', out);
    }
}

static bool has_remark(const struct cell *cell, const struct remark *remark)
{
    for (size_t i = 0; i < cell->verdict.remark_count; i++) {
        if (cell->verdict.remarks[i].verdict == remark->verdict &&
            strcmp(cell->verdict.remarks[i].text, remark->text) == 0)
            return true;
    }
    return false;
}

/* "tsan, helgrind": every detector of the pair with this remark; NULL where an earlier column has
 * it too, and so has told it already. */
static char *who_says(const struct matrix *matrix, size_t pair, size_t column,
                      const struct remark *remark)
{
    for (size_t c = 0; c < column; c++) {
        if (has_remark(cell_at(matrix, pair, c), remark))
            return NULL;
    }
    char *names = xstrdup(matrix->columns[column]->name);
    for (size_t c = column + 1; c < matrix->column_count; c++) {
        if (has_remark(cell_at(matrix, pair, c), remark)) {
            char *longer = xasprintf("%s, %s", names, matrix->columns[c]->name);
            free(names);
            names = longer;
        }
    }
    return names;
}

/* How many pairs have this remark under this detector. */
static size_t pairs_with(const struct matrix *matrix, size_t column, const struct remark *remark)
{
    size_t count = 0;
    for (size_t i = 0; i < matrix->pair_count; i++)
        count += has_remark(cell_at(matrix, i, column), remark);
    return count;
}

static void print_reason(FILE *out, const struct style *style, const struct remark *remark,
                         const char *who)
{
    const char *word = verdict_word(remark->verdict);
    int used = 2 + (int)strlen(word) + 2 + (int)strlen(who) + 2;
    fprintf(out, "  %s%s%s  %s: ", style_verdict(style, remark->verdict), word, style_end(style),
            who);
    print_wrapped(out, style, style->width > 0 && used > style->width / 2 ? 6 : used, remark->text);
}

static void print_reasons(FILE *out, const struct style *style, const struct matrix *matrix,
                          size_t pair)
{
    bool headed = false;
    for (size_t c = 0; c < matrix->column_count; c++) {
        const struct cell *cell = cell_at(matrix, pair, c);
        for (size_t i = 0; i < cell->verdict.remark_count; i++) {
            const struct remark *remark = &cell->verdict.remarks[i];
            if (pairs_with(matrix, c, remark) > 1)
                continue; /* told once for all of them */
            char *who = who_says(matrix, pair, c, remark);
            if (!who)
                continue;
            if (!headed)
                fprintf(out, "\n%s%s%s\n", style_bold(style), matrix->pairs[pair]->id,
                        style_end(style));
            headed = true;
            print_reason(out, style, remark, who);
            free(who);
        }
    }
}

/* A reason that several pairs share under one detector, and the pairs. */
static void print_shared_reasons(FILE *out, const struct style *style, const struct matrix *matrix,
                                 size_t column)
{
    for (size_t i = 0; i < matrix->pair_count; i++) {
        const struct cell *cell = cell_at(matrix, i, column);
        for (size_t r = 0; r < cell->verdict.remark_count; r++) {
            const struct remark *remark = &cell->verdict.remarks[r];
            bool told = false;
            for (size_t before = 0; before < i; before++)
                told = told || has_remark(cell_at(matrix, before, column), remark);
            if (told || pairs_with(matrix, column, remark) < 2)
                continue;
            fprintf(out, "\n%s%s%s\n", style_bold(style), matrix->columns[column]->name,
                    style_end(style));
            char *count = xasprintf("%zu pairs", pairs_with(matrix, column, remark));
            print_reason(out, style, remark, count);
            free(count);
            char *ids = xstrdup("");
            for (size_t k = i; k < matrix->pair_count; k++) {
                if (!has_remark(cell_at(matrix, k, column), remark))
                    continue;
                char *longer = xasprintf("%s%s%s", ids, *ids ? ", " : "", matrix->pairs[k]->id);
                free(ids);
                ids = longer;
            }
            fputs("      ", out);
            print_wrapped(out, style, 6, ids);
            free(ids);
        }
    }
}

static void print_findings(FILE *out, const struct style *style, const struct cell *cell,
                           enum polarity polarity)
{
    const struct twin_run *run = &cell->twin[polarity];
    if (!run->ran)
        return;
    fprintf(out, "\n%s%s under %s, %s%s", style_bold(style), cell->pair->id, cell->detector->name,
            polarity_word(polarity), style_end(style));
    if (run->report.findings.count == 0)
        fprintf(out, ": silent\n");
    else
        fputc('\n', out);
    for (size_t i = 0; i < run->report.findings.count; i++) {
        const struct finding *finding = &run->report.findings.items[i];
        const char *names = NULL;
        const struct promises *promises = &cell->pair->twin[polarity].annotations.promises;
        for (size_t k = 0; k < promises->count && !names; k++) {
            const struct promise *promise = &promises->items[k];
            bool on_line =
                finding->site_count > 0 && promise_has_line(promise, finding->sites[0].line);
            if (promise->defect == finding->defect && on_line)
                names = promise->names;
        }
        char *sentence = finding_sentence(finding, names);
        fputs("  ", out);
        print_wrapped(out, style, 2, sentence);
        free(sentence);
    }
}

static void print_counts(FILE *out, const struct style *style, const struct matrix *matrix)
{
    bool first = true;
    fputc('\n', out);
    for (enum verdict verdict = VERDICT_KEPT; verdict < VERDICT_COUNT; verdict++) {
        size_t count = matrix_count(matrix, verdict);
        if (count == 0)
            continue;
        fprintf(out, "%s%s%zu %s%s", first ? "" : ", ", style_verdict(style, verdict), count,
                verdict_word(verdict), style_end(style));
        first = false;
    }
    const char *what = matrix->pair_count > 0 && matrix->pairs[0]->of ? "change" : "pair";
    fprintf(out, " (%zu %s%s, %zu detector%s)\n", matrix->pair_count, what,
            matrix->pair_count == 1 ? "" : "s", matrix->column_count,
            matrix->column_count == 1 ? "" : "s");
}

void table_print(FILE *out, const struct style *style, const struct matrix *matrix,
                 const struct table_options *options)
{
    print_grid(out, style, matrix);
    for (size_t i = 0; i < matrix->pair_count; i++)
        print_reasons(out, style, matrix, i);
    for (size_t c = 0; c < matrix->column_count; c++)
        print_shared_reasons(out, style, matrix, c);
    for (size_t i = 0; options->findings && i < matrix->pair_count * matrix->column_count; i++) {
        print_findings(out, style, &matrix->cells[i], BUGGY);
        print_findings(out, style, &matrix->cells[i], FIXED);
    }
    print_counts(out, style, matrix);
}
