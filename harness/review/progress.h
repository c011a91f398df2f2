/*
 * How far a trainee is, by the rounds that were finished. Pure functions of the history and the corpus.
 */
#ifndef RACELAB_REVIEW_PROGRESS_H
#define RACELAB_REVIEW_PROGRESS_H

#include "review/round_sum.h"
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
