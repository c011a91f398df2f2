#include "judge/matrix.h"

#include "model/memory.h"

#include <stdlib.h>

void matrix_make(struct matrix *matrix, const struct pair *const *pairs, size_t pair_count,
                 const struct detector *const *columns, size_t column_count)
{
    size_t cells = pair_count * column_count;
    *matrix = (struct matrix){
        .pairs = xcalloc(pair_count, sizeof(*matrix->pairs)),
        .pair_count = pair_count,
        .columns = xcalloc(column_count, sizeof(*matrix->columns)),
        .column_count = column_count,
        .cells = xcalloc(cells, sizeof(*matrix->cells)),
    };
    for (size_t i = 0; i < pair_count; i++)
        matrix->pairs[i] = pairs[i];
    for (size_t i = 0; i < column_count; i++)
        matrix->columns[i] = columns[i];
    for (size_t i = 0; i < cells; i++) {
        matrix->cells[i].pair = pairs[i / column_count];
        matrix->cells[i].detector = columns[i % column_count];
        cell_verdict_init(&matrix->cells[i].verdict);
    }
}

size_t matrix_count(const struct matrix *matrix, enum verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < matrix->pair_count * matrix->column_count; i++)
        count += matrix->cells[i].judged && matrix->cells[i].verdict.verdict == verdict;
    return count;
}

static void twin_run_release(struct twin_run *run)
{
    report_release(&run->report);
    if (run->search)
        exploration_release(run->search);
    free(run->search);
}

void matrix_release(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->pair_count * matrix->column_count; i++) {
        twin_run_release(&matrix->cells[i].twin[BUGGY]);
        twin_run_release(&matrix->cells[i].twin[FIXED]);
        cell_verdict_release(&matrix->cells[i].verdict);
    }
    free(matrix->cells);
    free(matrix->pairs);
    free(matrix->columns);
    *matrix = (struct matrix){0};
}
