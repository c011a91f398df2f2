#include "judge/judge.h"

#include "model/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool promise_explains(const struct promise *promise, const struct finding *finding)
{
    if (promise->kind == PROMISE_SERIAL || promise->defect != finding->defect)
        return false;
    if (finding->site_count == 0)
        return finding->defect == DEFECT_HANG || finding->defect == DEFECT_CRASH ||
               finding->defect == DEFECT_WRONG_RESULT;
    for (size_t i = 0; i < finding->site_count; i++) {
        if (!promise_has_place(promise, finding->sites[i].file, finding->sites[i].line))
            return false;
    }
    return true;
}

const struct finding *promise_find(const struct promise *promise, const struct report *report)
{
    for (size_t i = 0; i < report->findings.count; i++) {
        if (promise_explains(promise, &report->findings.items[i]))
            return &report->findings.items[i];
    }
    return NULL;
}

static char *lines_of(const struct promise *promise)
{
    char *text = NULL;
    for (size_t i = 0; i < promise->line_count; i++) {
        char *longer =
            text ? xasprintf("%s, %d", text, promise->lines[i])
                 : xasprintf("line%s %d", promise->line_count > 1 ? "s" : "", promise->lines[i]);
        free(text);
        text = longer;
    }
    return text;
}

/* Adds "WHERE: SENTENCE" for a finding that nothing explains. */
static void add_unexpected(struct cell_verdict *cell, enum polarity polarity,
                           const struct finding *finding)
{
    char *sentence = finding_sentence(finding, NULL);
    const char *why = polarity == FIXED          ? "the fixed program must be silent"
                      : finding->site_count == 0 ? "no site of it lies in the program's own code"
                                                 : "no annotation explains every line of it";
    if (finding->site_count == 0 && polarity == BUGGY &&
        (finding->defect == DEFECT_HANG || finding->defect == DEFECT_CRASH ||
         finding->defect == DEFECT_WRONG_RESULT))
        why = "no annotation promises it";
    cell_verdict_add(cell, VERDICT_UNEXPECTED,
                     xasprintf("%s: %s (%s)", polarity_word(polarity), sentence, why));
    free(sentence);
}

static void judge_bug(const struct promise *promise, const struct detector *detector,
                      const struct report *report, struct cell_verdict *cell)
{
    const struct finding *finding = promise_find(promise, report);
    const struct exception *exception = promise_exception(promise, detector->name, report->version);
    char *label = promise_label(promise);
    if (exception && exception->kind == EXCEPTION_RATE) {
        cell_verdict_add(cell, VERDICT_BLIND,
                         xasprintf("%s shows by chance only: %s", label, exception->reason));
    } else if (exception && exception->kind == EXCEPTION_BLIND) {
        if (finding) {
            char *sentence = finding_sentence(finding, promise->names);
            cell_verdict_add(cell, VERDICT_NEWLY_SEEN,
                             xasprintf("%s is declared blind (%s), but was reported: %s", label,
                                       exception->reason, sentence));
            free(sentence);
        } else {
            cell_verdict_add(cell, VERDICT_BLIND, xasprintf("%s: %s", label, exception->reason));
        }
    } else if (detector_sees(detector, promise->defect)) {
        if (finding) {
            cell_verdict_meet(cell);
            /* Who waits for whom is the whole of what a hang has to say. */
            if (finding->defect == DEFECT_HANG && finding->message)
                cell_verdict_add(cell, VERDICT_KEPT, xstrdup(finding->message));
        } else {
            char *lines = lines_of(promise);
            cell_verdict_add(cell, VERDICT_MISSED,
                             xasprintf("buggy: %s was not reported on its %s", label, lines));
            free(lines);
        }
    }
    free(label);
}

static void judge_buggy(const struct promises *promises, const struct detector *detector,
                        const struct report *report, struct cell_verdict *cell)
{
    for (size_t i = 0; i < promises->count; i++) {
        if (promises->items[i].kind == PROMISE_BUG)
            judge_bug(&promises->items[i], detector, report, cell);
    }
    for (size_t i = 0; i < report->findings.count; i++) {
        const struct finding *finding = &report->findings.items[i];
        bool explained = false;
        for (size_t k = 0; k < promises->count && !explained; k++)
            explained = promise_explains(&promises->items[k], finding);
        if (!explained)
            add_unexpected(cell, BUGGY, finding);
    }
}

const struct promise *judge_alarm(const struct promises *promises, const struct detector *detector,
                                  const struct report *report, const struct finding *finding)
{
    for (size_t i = 0; i < promises->count; i++) {
        const struct promise *promise = &promises->items[i];
        if (promise->kind == PROMISE_ALARM &&
            promise_exception(promise, detector->name, report->version) &&
            promise_explains(promise, finding))
            return promise;
    }
    return NULL;
}

static void judge_fixed(const struct promises *promises, const struct detector *detector,
                        const struct report *report, struct cell_verdict *cell)
{
    for (size_t i = 0; i < report->findings.count; i++) {
        if (!judge_alarm(promises, detector, report, &report->findings.items[i]))
            add_unexpected(cell, FIXED, &report->findings.items[i]);
    }
    for (size_t i = 0; i < promises->count; i++) {
        const struct promise *promise = &promises->items[i];
        const struct exception *exception =
            promise_exception(promise, detector->name, report->version);
        if (promise->kind != PROMISE_ALARM || !exception)
            continue;
        char *label = promise_label(promise);
        if (promise_find(promise, report))
            cell_verdict_add(
                cell, VERDICT_KEPT,
                xasprintf("false alarm in the fixed program, %s: %s", label, exception->reason));
        else
            cell_verdict_add(
                cell, VERDICT_NEWLY_SEEN,
                xasprintf("fixed: the declared false alarm %s is no longer raised", label));
        free(label);
    }
    if (!report->concurrent)
        cell_verdict_add(cell, VERDICT_UNEXPECTED,
                         xstrdup("fixed: it never made a second thread or process, so that there "
                                 "was nothing to get right"));
}

bool judge_demands(const struct promises *promises, const struct detector *detector)
{
    for (size_t i = 0; i < promises->count; i++) {
        const struct promise *promise = &promises->items[i];
        if (promise->kind == PROMISE_BUG && detector_sees(detector, promise->defect) &&
            !promise_exception(promise, detector->name, NULL))
            return true;
    }
    return false;
}

/* A blind cell always says why: where no promise was made to this detector, by its nature. */
static void say_why_blind(const struct detector *detector, struct cell_verdict *cell)
{
    bool said_why = false;
    for (size_t i = 0; i < cell->remark_count; i++)
        said_why = said_why || cell->remarks[i].verdict == VERDICT_BLIND;
    if (cell->verdict == VERDICT_BLIND && !said_why)
        cell_verdict_add(cell, VERDICT_BLIND, xstrdup(detector->nature));
}

void judge_cell(const struct pair *pair, const struct detector *detector,
                const struct report *reports, struct cell_verdict *cell)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        const struct promises *promises = &pair->twin[p].annotations.promises;
        const struct report *report = &reports[p];
        if (pair->of && p != change_polarity(pair))
            continue;
        if (report->trouble)
            cell_verdict_add(cell, VERDICT_ERROR,
                             xasprintf("%s: %s", polarity_word(p), report->trouble));
        else if (p == BUGGY && pair->patch != PATCH_SERIAL)
            judge_buggy(promises, detector, report, cell);
        else
            judge_fixed(promises, detector, report, cell);
    }
    /* All that is promised of a correct program is its silence. */
    if (pair->of && cell->verdict == VERDICT_BLIND &&
        (pair->patch == PATCH_SERIAL || change_polarity(pair) == FIXED))
        cell_verdict_meet(cell);
    say_why_blind(detector, cell);
}

void judge_serial(const struct pair *patch, const struct overlap_count *of_patch,
                  const struct overlap_count *of_fixed, struct cell_verdict *cell)
{
    const struct promises *promises = &patch->twin[BUGGY].annotations.promises;
    for (size_t i = 0; i < promises->count; i++) {
        const struct promise *promise = &promises->items[i];
        if (promise->kind != PROMISE_SERIAL)
            continue;
        char *told = xasprintf(
            "work of two threads overlaps in %zu of %zu schedules, and of the fixed twin in "
            "%zu of %zu",
            of_patch->overlapping, of_patch->schedules, of_fixed->overlapping, of_fixed->schedules);
        if (of_patch->overlapping > 0)
            cell_verdict_add(cell, VERDICT_MISSED,
                             xasprintf("serial(%s): it is not; %s", promise->names, told));
        else if (of_fixed->overlapping == 0)
            cell_verdict_add(
                cell, VERDICT_MISSED,
                xasprintf("serial(%s): so is the fixed twin; %s", promise->names, told));
        else
            cell_verdict_add(cell, VERDICT_KEPT, xasprintf("serial(%s): %s", promise->names, told));
        free(told);
    }
}

void judge_program(const struct promises *promises, const struct detector *detector,
                   const struct report *report, struct cell_verdict *cell)
{
    if (report->trouble)
        cell_verdict_add(cell, VERDICT_ERROR, xstrdup(report->trouble));
    else
        judge_buggy(promises, detector, report, cell);
    say_why_blind(detector, cell);
}
