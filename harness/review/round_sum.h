/*
 * What some rounds came to together. Pure functions.
 */
#ifndef RACELAB_REVIEW_ROUND_SUM_H
#define RACELAB_REVIEW_ROUND_SUM_H

#include "review/store.h"

/* How many rounds a trend looks at, and as many before those; and from how many points on it is one. */
enum { TREND_ROUNDS = 5, TREND_POINTS = 10 };
/* Weak below, strong from so many points a round; of a family with fewer rounds in all neither is said. */
enum { WEAK_POINTS = 60, STRONG_POINTS = 80, FAMILY_ROUNDS = 3 };

enum trend { TREND_UNKNOWN, TREND_UP, TREND_DOWN, TREND_LEVEL };
enum strength { STRENGTH_UNKNOWN, STRENGTH_WEAK, STRENGTH_FAIR, STRENGTH_STRONG };

/* Some rounds in sum. */
struct round_sum {
    size_t rounds;
    size_t guilty, found;          /* with a bug; of those, rejected */
    size_t innocent, accepted;     /* without; of those, accepted */
    size_t wanted, marked, hit;    /* lines of the guilty rounds, as struct marks has them */
    size_t classes;                /* guilty rounds whose class was right */
    size_t patches_asked, patches; /* right of asked */
    size_t hints;
    uint64_t points;        /* all together */
    uint64_t ms, median_ms; /* all together; of a round */
    /* Points a round: of the last rounds, twice as many as a trend looks at, where there are so many: what was long ago
     * no longer counts. Then of the last TREND_ROUNDS and of those before, where the trend is known. */
    unsigned late;
    enum trend trend;
    unsigned recent, before;
};

/* Of 100, rounded; 0 of none. */
unsigned round_sum_points(const struct round_sum *sum); /* a round */
unsigned round_sum_precision(const struct round_sum *sum);
unsigned round_sum_recall(const struct round_sum *sum);
/* By the late points. `least`: of how many rounds in all something is said. */
enum strength round_sum_strength(const struct round_sum *sum, size_t least);

/* Of these rounds, oldest first. */
struct round_sum round_sum_of(const struct record *const *items, size_t count);

#endif
