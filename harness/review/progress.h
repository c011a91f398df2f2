/*
 * How far a trainee is, by the rounds that were finished. Pure functions of the history and the corpus.
 */
#ifndef RACELAB_REVIEW_PROGRESS_H
#define RACELAB_REVIEW_PROGRESS_H

#include "review/station.h"
#include "review/store.h"

/* How well a pair is known. Its wrong patches are rounds of the pair. */
enum standing {
    STANDING_NEW,   /* no round of it yet */
    STANDING_MET,   /* innocent rounds of it alone: its bug was never asked for */
    STANDING_TRIED, /* the last round with a bug of it was not all right */
    /* The last round with a bug of it was all right: rejected, the class named, and the patch that mends it picked. Where no
     * patches were offered, at least half of the lines that take part stand in its place: a class alone can be guessed. */
    STANDING_MENDED,
};
#define STANDING_COUNT 4

/* "new", "met", "tried", "mended". */
const char *standing_word(enum standing standing);

/* One of the corpus's pairs. */
struct pair_progress {
    const struct pair *pair;
    enum station station;
    enum standing standing;
    size_t rounds;
    int64_t last; /* when the last of them ended */
};

/* How many rounds a trend looks at, and as many before those; and from how many points on it is one. */
enum { TREND_ROUNDS = 5, TREND_POINTS = 10 };
/* A family is weak below, strong from so many points a round; of fewer rounds neither is said. */
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
    enum trend trend;
    unsigned recent,
        before; /* points a round, of the last TREND_ROUNDS and of those before; where trend is known */
};

/* Of 100, rounded; 0 of none. */
unsigned round_sum_points(const struct round_sum *sum); /* a round */
unsigned round_sum_precision(const struct round_sum *sum);
unsigned round_sum_recall(const struct round_sum *sum);
/* `least`: of how many rounds something is said. */
enum strength round_sum_strength(const struct round_sum *sum, size_t least);

struct family_progress {
    char *family;
    struct round_sum sum;
};

/* The rounds of one day, by the local time. */
struct day_progress {
    char date[sizeof("-2147483648-12-31")]; /* "2026-11-22" */
    struct round_sum sum;
};

struct progress {
    struct pair_progress *pairs; /* in learning order */
    size_t pair_count;
    struct family_progress *families; /* those that had rounds, by name */
    size_t family_count;
    struct day_progress *days; /* oldest first */
    size_t day_count;
    struct round_sum all;
    size_t next_count;
    const struct pair **
        next; /* every pair that is not mended, the one to try first first: of weak families (least points first),
                                 then by station; in each, new before tried before met; then in learning order */
};

/* `items` oldest first; pairs that the corpus has no more count for their family. Borrows from the corpus. */
void progress_make(const struct corpus *corpus, const struct record *items, size_t count,
                   struct progress *progress);
void progress_release(struct progress *progress);

#endif
