/*
 * One round of a review: a program or a change, and the key to it. Plain data, made by review/draw.h.
 */
#ifndef RACELAB_REVIEW_ROUND_H
#define RACELAB_REVIEW_ROUND_H

#include "corpus/corpus.h"
#include "model/finding.h"
#include "corpus/shown.h"

#include <stdbool.h>

enum review_form {
    REVIEW_PROGRAM, /* a program, whole */
    REVIEW_DIFF,    /* a change to a correct version, which can be looked at whole, too */
};

/* One program of the corpus and one form to show it in. */
struct candidate {
    const struct pair *pair;   /* the pair it belongs to */
    const struct pair *change; /* a wrong patch or a refactoring; NULL: the twin itself */
    const struct pair
        *base; /* of a REVIEW_DIFF: the refactoring that it changes; NULL: the fixed twin */
    enum polarity polarity; /* BUGGY: to be rejected; FIXED: innocent */
    enum review_form form;
    size_t lines;          /* of the shown program */
    size_t added, removed; /* by the diff; 0 of REVIEW_PROGRAM */
};

/* What a line of the shown program is to the score. */
enum line_part {
    LINE_NONE,   /* to mark it costs precision */
    LINE_WANTED, /* it takes part in the bug */
    LINE_NEUTRAL /* to mark it neither helps nor costs: where the bug is noticed (an assert, a join that never returns)
                    while other lines are its cause, and what the fix changes or adds to */
};

/* A patch that is offered for the program of the round. */
struct patch_option {
    struct shown program;      /* after it */
    char *diff;                /* from the program of the round to this; see shown_diff() */
    const struct pair *change; /* NULL: a twin */
    enum polarity twin;        /* which, where `change` is NULL */
    enum patch_kind kind;      /* of a wrong patch */
    bool right;
    const char
        *why; /* why it is wrong, or right: the lesson's words; borrowed from the corpus, or NULL */
};

/* What a hint shows: each tells more than the one before, and costs more. */
enum { REVIEW_HINTS = 3 };

struct round {
    struct candidate what;
    struct shown program;
    struct shown base;          /* the correct version; REVIEW_DIFF alone, else zero */
    char *diff;                 /* REVIEW_DIFF alone, else NULL */
    enum line_part *parts;      /* of shown line i + 1; all LINE_NONE in an innocent round */
    bool classes[DEFECT_COUNT]; /* the right answers to "what is it?"; none in an innocent round */
    struct patch_option *
        options; /* in the order in which they are offered; none in an innocent round, and where the
                                     pair has no wrong patches */
    size_t option_count;
    size_t right_option;
    char *hints
        [REVIEW_HINTS]; /* "Look at `visitors`."; the same for both twins, so that a hint does not tell whether
                                  there is a bug */
};

struct rounds {
    struct round *items;
    size_t count;
};

void round_release(struct round *round);
void rounds_release(struct rounds *rounds);

/* "a data race", "locks taken in both orders", ... as the menu of classes has it. NULL: a class that is not offered. */
const char *review_class(enum defect defect);

#endif
