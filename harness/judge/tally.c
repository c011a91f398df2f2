#include "judge/tally.h"

#include "judge/judge.h"
#include "model/memory.h"

#include <stdlib.h>

const char *expectation_word(enum expectation expectation)
{
    static const char *const words[] = {[EXPECT_ALWAYS] = "always",
                                        [EXPECT_NEVER] = "never",
                                        [EXPECT_BY_CHANCE] = "by chance",
                                        [EXPECT_NOTHING] = "nothing"};
    return words[expectation];
}

static enum expectation expectation_of(const struct promise *promise,
                                       const struct detector *detector, const char *version)
{
    const struct exception *exception = promise_exception(promise, detector->name, version);
    if (!exception)
        return promise->kind == PROMISE_BUG && detector_sees(detector, promise->defect)
                   ? EXPECT_ALWAYS
                   : EXPECT_NOTHING;
    switch (exception->kind) {
    case EXCEPTION_ALARM:
        return EXPECT_ALWAYS;
    case EXCEPTION_RATE:
        return EXPECT_BY_CHANCE;
    default:
        return EXPECT_NEVER;
    }
}

static void add_promises(struct cell_tally *cell, enum polarity polarity, enum promise_kind kind)
{
    const struct promises *promises = &cell->pair->twin[polarity].annotations.promises;
    for (size_t i = 0; i < promises->count; i++) {
        if (promises->items[i].kind != kind)
            continue;
        struct promise_tally *added =
            xappend((void **)&cell->promises, &cell->promise_count, sizeof(*added));
        added->promise = &promises->items[i];
    }
}

void tally_init(struct tally *tally, const struct matrix *matrix)
{
    size_t count = matrix->pair_count * matrix->column_count;
    *tally = (struct tally){.cells = xcalloc(count, sizeof(*tally->cells)),
                            .pair_count = matrix->pair_count,
                            .column_count = matrix->column_count};
    for (size_t i = 0; i < count; i++) {
        tally->cells[i].pair = matrix->cells[i].pair;
        tally->cells[i].detector = matrix->cells[i].detector;
        add_promises(&tally->cells[i], BUGGY, PROMISE_BUG);
        add_promises(&tally->cells[i], FIXED, PROMISE_ALARM);
    }
}

static void note_fault(struct cell_tally *tally, const struct cell_verdict *verdict)
{
    tally->wrong++;
    for (size_t i = 0; i < verdict->remark_count && !tally->fault; i++) {
        if (verdict_fails(verdict->remarks[i].verdict))
            tally->fault = xstrdup(verdict->remarks[i].text);
    }
}

static bool fixed_is_flagged(const struct cell *cell)
{
    const struct report *report = &cell->twin[FIXED].report;
    const struct promises *promises = &cell->pair->twin[FIXED].annotations.promises;
    for (size_t i = 0; i < report->findings.count; i++) {
        if (!judge_alarm(promises, cell->detector, report, &report->findings.items[i]))
            return true;
    }
    return false;
}

static void add_cell(struct cell_tally *tally, const struct cell *cell)
{
    if (!cell->judged || cell->verdict.verdict == VERDICT_SKIPPED)
        return;
    tally->runs++;
    const struct report *buggy = &cell->twin[BUGGY].report;
    if (!tally->version && buggy->version)
        tally->version = xstrdup(buggy->version);
    for (size_t i = 0; i < tally->promise_count; i++) {
        struct promise_tally *counted = &tally->promises[i];
        const struct report *report =
            counted->promise->kind == PROMISE_BUG ? buggy : &cell->twin[FIXED].report;
        counted->expectation = expectation_of(counted->promise, cell->detector, report->version);
        counted->reported += promise_find(counted->promise, report) != NULL;
    }
    tally->flagged += fixed_is_flagged(cell);
    if (verdict_fails(cell->verdict.verdict))
        note_fault(tally, &cell->verdict);
}

void tally_add(struct tally *tally, const struct matrix *matrix)
{
    for (size_t i = 0; i < tally->pair_count * tally->column_count; i++)
        add_cell(&tally->cells[i], &matrix->cells[i]);
}

size_t tally_runs(const struct tally *tally)
{
    size_t sum = 0;
    for (size_t i = 0; i < tally->pair_count * tally->column_count; i++)
        sum += tally->cells[i].runs;
    return sum;
}

size_t tally_wrong(const struct tally *tally)
{
    size_t sum = 0;
    for (size_t i = 0; i < tally->pair_count * tally->column_count; i++)
        sum += tally->cells[i].wrong;
    return sum;
}

void tally_release(struct tally *tally)
{
    for (size_t i = 0; i < tally->pair_count * tally->column_count; i++) {
        free(tally->cells[i].version);
        free(tally->cells[i].promises);
        free(tally->cells[i].fault);
    }
    free(tally->cells);
    *tally = (struct tally){0};
}
