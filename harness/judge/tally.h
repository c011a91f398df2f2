/*
 * How often each promise was kept in many runs of the same cells. Pure functions.
 */
#ifndef RACELAB_JUDGE_TALLY_H
#define RACELAB_JUDGE_TALLY_H

#include "judge/matrix.h"

/* How often a promise's report is expected of this detector. */
enum expectation {
    EXPECT_ALWAYS,    /* a bug that is promised, or a declared alarm */
    EXPECT_NEVER,     /* declared blind */
    EXPECT_BY_CHANCE, /* declared `rate` */
    EXPECT_NOTHING,   /* of a kind that the detector does not report; its run may end in it */
};

/* "always", "never", "by chance", "nothing". */
const char *expectation_word(enum expectation expectation);

struct promise_tally {
    const struct promise *promise; /* of the buggy twin for a bug, of the fixed for an alarm */
    enum expectation expectation;
    size_t reported; /* runs in which it was, on its lines */
};

struct cell_tally {
    const struct pair *pair;
    const struct detector *detector;
    char *version; /* of the detector; NULL: it never ran */
    struct promise_tally *promises;
    size_t promise_count;
    size_t runs;    /* that were judged and not skipped */
    size_t wrong;   /* runs whose verdict fails */
    size_t flagged; /* runs in which the fixed program was flagged and no alarm explains it */
    char *fault;    /* the first reason of the first wrong run; NULL: none */
};

struct tally {
    struct cell_tally *cells; /* as the matrix has them */
    size_t pair_count;
    size_t column_count;
};

/* Counts nothing yet. What the matrix borrows must outlive the tally. */
void tally_init(struct tally *tally, const struct matrix *matrix);
/* Adds one run of the same pairs and detectors; cells that were not judged or skipped count as not
 * run. */
void tally_add(struct tally *tally, const struct matrix *matrix);
/* The sums over all cells. */
size_t tally_runs(const struct tally *tally);
size_t tally_wrong(const struct tally *tally);
void tally_release(struct tally *tally);

#endif
