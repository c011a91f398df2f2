#include "judge/matrix.h"

#include <stdlib.h>

size_t matrix_count(const struct matrix *matrix, enum verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < matrix->pair_count * matrix->column_count; i++)
        count += matrix->cells[i].judged && matrix->cells[i].verdict.verdict == verdict;
    return count;
}

void matrix_release(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->pair_count * matrix->column_count; i++) {
        report_release(&matrix->cells[i].twin[BUGGY].report);
        report_release(&matrix->cells[i].twin[FIXED].report);
        cell_verdict_release(&matrix->cells[i].verdict);
    }
    free(matrix->cells);
    free(matrix->pairs);
    free(matrix->columns);
    *matrix = (struct matrix){0};
}
