#include "model/verdict.h"

#include "model/memory.h"

#include <stdlib.h>

static const char *const words[VERDICT_COUNT] = {
    [VERDICT_KEPT] = "kept",       [VERDICT_BLIND] = "blind",
    [VERDICT_SKIPPED] = "skipped", [VERDICT_NEWLY_SEEN] = "newly seen",
    [VERDICT_MISSED] = "missed",   [VERDICT_UNEXPECTED] = "unexpected",
    [VERDICT_ERROR] = "error",
};

const char *verdict_word(enum verdict verdict)
{
    return words[verdict];
}

bool verdict_fails(enum verdict verdict)
{
    return verdict >= VERDICT_NEWLY_SEEN;
}

void cell_verdict_init(struct cell_verdict *cell)
{
    *cell = (struct cell_verdict){.verdict = VERDICT_BLIND};
}

void cell_verdict_meet(struct cell_verdict *cell)
{
    cell->met = true;
    if (cell->verdict == VERDICT_BLIND)
        cell->verdict = VERDICT_KEPT;
}

void cell_verdict_add(struct cell_verdict *cell, enum verdict verdict, char *text)
{
    struct remark *remark =
        xappend((void **)&cell->remarks, &cell->remark_count, sizeof(*cell->remarks));
    *remark = (struct remark){.verdict = verdict, .text = text};
    if (verdict > cell->verdict && !(verdict == VERDICT_BLIND && cell->met))
        cell->verdict = verdict;
}

void cell_verdict_release(struct cell_verdict *cell)
{
    for (size_t i = 0; i < cell->remark_count; i++)
        free(cell->remarks[i].text);
    free(cell->remarks);
    *cell = (struct cell_verdict){0};
}
