/* For tests: the whole corpus, or what stands below the folder that is a test's only argument, and every candidate of it. */
#ifndef RACELAB_REVIEW_WHOLE_CORPUS_H
#define RACELAB_REVIEW_WHOLE_CORPUS_H

#include "review/draw.h"

struct whole_corpus {
    const char *root;
    struct corpus corpus;
    const struct pair **pairs; /* corpus.count of them */
    struct candidate *candidates;
    size_t candidate_count;
};

extern struct whole_corpus whole;

/* For cmocka_run_group_tests(). Loading fails where the corpus has a fault, or nothing to show. */
int whole_load(void **state);
int whole_unload(void **state);

#endif
