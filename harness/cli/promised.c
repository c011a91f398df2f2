#include "cli/promised.h"

#include "cli/cli.h"
#include "corpus/file.h"
#include "judge/judge.h"
#include "model/memory.h"
#include "present/style.h"

#include <stdlib.h>
#include <string.h>

static void take_over(struct promises *from, const char *file, struct promises *to)
{
    for (size_t i = 0; i < from->count; i++) {
        struct promise *promise = xappend((void **)&to->items, &to->count, sizeof(*to->items));
        *promise = from->items[i];
        promise->file = xstrdup(file);
    }
    free(from->items);
    *from = (struct promises){0};
}

int promised_load(char *const *sources, size_t count, struct promises *promises)
{
    struct complaints complaints = {0};
    for (size_t i = 0; i < count; i++) {
        struct annotations annotations = {0};
        char *text = NULL;
        size_t length = 0;
        int error = file_read(sources[i], &text, &length);
        if (error)
            complaints_add(&complaints, sources[i], 0, "%s", strerror(-error));
        else
            annotations_read(sources[i], text, length, detector_names(), &annotations, &complaints);
        take_over(&annotations.promises, sources[i], promises);
        annotations_release(&annotations);
        free(text);
    }
    int status = complaints.count > 0 ? STATUS_CORPUS : STATUS_KEPT;
    for (size_t i = 0; i < complaints.count; i++)
        complaint_print(stderr, &complaints.items[i]);
    complaints_release(&complaints);
    return status;
}

/* Whether a remark of the same words stands before this one: every run has its own. */
static bool said_before(const struct cell_verdict *cell, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (cell->remarks[i].verdict == cell->remarks[index].verdict &&
            strcmp(cell->remarks[i].text, cell->remarks[index].text) == 0)
            return true;
    }
    return false;
}

static void print_cell(FILE *out, const struct style *style, const char *name,
                       const struct cell_verdict *cell)
{
    fprintf(out, "%s: %s%s%s\n", name, style_verdict(style, cell->verdict),
            verdict_word(cell->verdict), style_end(style));
    for (size_t i = 0; i < cell->remark_count; i++) {
        if (said_before(cell, i))
            continue;
        int indent = fprintf(out, "  %s  ", verdict_word(cell->remarks[i].verdict));
        print_wrapped(out, style, indent, cell->remarks[i].text);
    }
}

/* What the schedules of a search show is one report: none shows all of it. */
static void judge_search(const struct promises *promises, const struct detector *detector,
                         const struct inspected *inspected, struct cell_verdict *cell)
{
    struct report all = {.version = inspected->runs[0].report.version};
    for (size_t r = 0; r < inspected->run_count; r++) {
        const struct report *report = &inspected->runs[r].report;
        all.trouble = all.trouble ? all.trouble : report->trouble;
        for (size_t i = 0; i < report->findings.count; i++)
            *(struct finding *)xappend((void **)&all.findings.items, &all.findings.count,
                                       sizeof(*all.findings.items)) = report->findings.items[i];
    }
    judge_program(promises, detector, &all, cell);
    free(all.findings.items);
}

int promised_judge(FILE *out, const struct promises *promises, const struct inspection *inspection)
{
    struct style style = style_for(out);
    int status = STATUS_KEPT;
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *inspected = &inspection->detectors[i];
        const struct detector *detector = detector_find(inspected->name);
        struct cell_verdict cell;
        cell_verdict_init(&cell);
        if (inspected->skipped)
            cell_verdict_add(&cell, VERDICT_SKIPPED, xstrdup(inspected->skipped));
        if (inspected->search)
            judge_search(promises, detector, inspected, &cell);
        for (size_t r = 0; r < inspected->run_count && !inspected->search; r++)
            judge_program(promises, detector, &inspected->runs[r].report, &cell);
        print_cell(out, &style, inspected->name, &cell);
        if (cell.verdict == VERDICT_ERROR)
            status = STATUS_FAILED;
        else if (verdict_fails(cell.verdict) && status == STATUS_KEPT)
            status = STATUS_NOT_KEPT;
        cell_verdict_release(&cell);
    }
    return status;
}
