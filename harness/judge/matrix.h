/* Pairs by detectors: what was run and what was said of it. Plain data. */
#ifndef RACELAB_JUDGE_MATRIX_H
#define RACELAB_JUDGE_MATRIX_H

#include "corpus/corpus.h"
#include "detect/detect.h"
#include "model/exploration.h"
#include "model/verdict.h"

/* One run of one twin. */
struct twin_run {
    bool ran; /* false: skipped or unfit, and the rest is zero */
    struct report report;
    enum run_end end;
    int status;           /* as in struct run_outcome */
    uint64_t duration_ns; /* from start to verdict */
    uint64_t progress_ns; /* from start to the last progress that was seen */
    struct exploration *
        search; /* of a detector that searches: what it tried, and the schedule that fails, made small;
                                   without findings and explanation, which `report` has. NULL: of others, or it was not
                                   asked for */
};

struct cell {
    const struct pair *pair;
    const struct detector *detector;
    struct twin_run twin[2]; /* by polarity */
    struct cell_verdict verdict;
    bool judged;
};

struct matrix {
    const struct pair **pairs; /* borrowed from the corpus */
    size_t pair_count;
    const struct detector **columns; /* rows of the detector table */
    size_t column_count;
    struct cell *cells; /* pair by pair: cells[pair * column_count + column] */
};

/* Makes the cells of all these pairs and detectors, none judged. Both lists are copied. */
void matrix_make(struct matrix *matrix, const struct pair *const *pairs, size_t pair_count,
                 const struct detector *const *columns, size_t column_count);
/* How many cells have this verdict. */
size_t matrix_count(const struct matrix *matrix, enum verdict verdict);
/* Frees the cells and both lists; not the pairs. */
void matrix_release(struct matrix *matrix);

#endif
