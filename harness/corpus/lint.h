/*
 * Whether a pair may be admitted to the corpus, as far as its text alone tells. What loading finds
 * (twins, keys, annotations that differ) is not said again here. CONTRIBUTING.md has the rules.
 */
#ifndef RACELAB_CORPUS_LINT_H
#define RACELAB_CORPUS_LINT_H

#include "corpus/corpus.h"

enum {
    LINT_MOST_LINES = 100, /* of a program without `Size: large` */
    LINT_LARGE_LEAST_LINES = 150,
    LINT_LARGE_MOST_LINES = 400,
    LINT_MOST_COLUMNS = 100,
    LINT_MOST_HUNKS = 7,          /* places at which the twins differ */
    LINT_MOST_CHANGED_LINES = 20, /* taken out of the buggy twin, and added in the fixed one */
    LINT_LEAST_PATCHES = 2,       /* wrong ones beside a pair that has any change */
};

/* Adds everything that is wrong with this pair or change of the corpus. Says nothing of one that lacks a
 * readable source: loading does. */
void lint_pair(const struct corpus *corpus, const struct pair *pair, struct complaints *complaints);

#endif
