/*
 * What the judge says of one pair under one detector. Plain data, no I/O.
 */
#ifndef RACELAB_MODEL_VERDICT_H
#define RACELAB_MODEL_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

/* In rising weight: a cell's verdict is the heaviest of what was said of it. */
enum verdict {
    VERDICT_KEPT,       /* every promise to this detector was met, and nothing else was said */
    VERDICT_BLIND,      /* nothing was promised to this detector here, and it said nothing */
    VERDICT_SKIPPED,    /* could not run here (not installed): never counted as kept */
    VERDICT_NEWLY_SEEN, /* a declared blindness or alarm no longer holds */
    VERDICT_MISSED,     /* a promised report is not there */
    VERDICT_UNEXPECTED, /* something that no promise explains */
    VERDICT_ERROR,      /* the detector did not really run, or its report could not be read */
};
#define VERDICT_COUNT 7

/* "kept", "blind", "skipped", "newly seen", "missed", "unexpected", "error". */
const char *verdict_word(enum verdict verdict);
/* True for newly seen, missed, unexpected and error. */
bool verdict_fails(enum verdict verdict);

struct remark {
    enum verdict verdict;
    char *text; /* one sentence */
};

struct cell_verdict {
    enum verdict verdict;
    bool met;               /* at least one promise was met */
    struct remark *remarks; /* why; may be empty only where the verdict is kept */
    size_t remark_count;
};

/* Starts a cell as blind: until a promise is met, nothing was seen. */
void cell_verdict_init(struct cell_verdict *cell);
/* A promise was met: what is declared blind beside it no longer makes the whole cell blind. */
void cell_verdict_meet(struct cell_verdict *cell);
/* Adds a remark and raises the cell's verdict to it. Takes over text (from malloc). */
void cell_verdict_add(struct cell_verdict *cell, enum verdict verdict, char *text);
void cell_verdict_release(struct cell_verdict *cell);

#endif
