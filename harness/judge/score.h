/*
 * What each detector found of a corpus whose truth is known. Pure functions.
 *
 * The unit is the pair. Recall counts a pair as found where the detector said anything at all of the
 * buggy program, as benchmark suites do; line-exact recall only where it reported a promised bug on
 * its lines. What a promise calls `rate` is counted apart: it would make the score differ from run to
 * run. The endings of a run (hang, exit status, signal) are the watchdog's findings and nobody
 * else's.
 */
#ifndef RACELAB_JUDGE_SCORE_H
#define RACELAB_JUDGE_SCORE_H

#include "judge/matrix.h"

/* What one detector said of one pair. */
struct outcome {
    bool judged;   /* false: skipped or an error, and the rest is false */
    bool reported; /* anything of the kinds that it can see, in the buggy program */
    bool exact;    /* a promised bug on its lines, and not only one that shows by chance */
    bool chance;   /* a bug of this pair is declared to show by chance under this detector, and no
                      other was met */
    bool flagged;  /* anything of those kinds, in the fixed program */
};

struct outcome judge_outcome(const struct cell *cell);

/* Counts of pairs in one family under one detector. */
struct score_cell {
    size_t pairs; /* that were judged */
    size_t reported;
    size_t exact;
    size_t chance;
    size_t flagged;
};

/* One detector in one version. */
struct score_column {
    char *detector;
    char *version;
};

struct score_pair {
    char *id;
    char *family;
    struct outcome *outcomes; /* by column */
    size_t outcome_count;
};

struct score {
    struct score_column *columns;
    size_t column_count;
    struct score_pair *pairs;
    size_t pair_count;
};

/* The column of this detector in this version, or SIZE_MAX. */
size_t score_find_column(const struct score *score, const char *detector, const char *version);
/* Adds a column, or returns SIZE_MAX where this detector in this version is there already. */
size_t score_add_column(struct score *score, const char *detector, const char *version);
/* Adds what the column's detector said of one pair, which becomes known by it. */
void score_add(struct score *score, size_t column, const char *id, const char *family,
               struct outcome outcome);
/* Adds the columns of a matrix that was run; a detector that never ran gets none. */
void score_add_matrix(struct score *score, const struct matrix *matrix);

#define ANY_DETECTOR SIZE_MAX
/* The counts of one family (NULL: all) under one column, or under all taken together: a pair is found
 * by any of them and flagged by any of them. */
struct score_cell score_count(const struct score *score, const char *family, size_t column);
/* The families, in the order of their first pairs, ended by NULL; from malloc, the texts borrowed. */
const char **score_families(const struct score *score);
void score_release(struct score *score);

#endif
