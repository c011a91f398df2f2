/* The matrix as a table for a terminal or a pipe. */
#ifndef RACELAB_PRESENT_TABLE_H
#define RACELAB_PRESENT_TABLE_H

#include "judge/matrix.h"
#include "present/style.h"

struct table_options {
    bool findings; /* also each finding as a sentence, cell by cell */
};

/* Pairs by detectors, one word a cell; then the reasons of all cells that are not plainly kept, one
 * sentence each, equal ones told once for several detectors; then the counts. */
void table_print(FILE *out, const struct style *style, const struct matrix *matrix,
                 const struct table_options *options);

#endif
