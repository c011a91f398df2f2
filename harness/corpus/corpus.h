/*
 * The corpus: every pair of twins under ROOT/buggy and ROOT/fixed, with the promises both make.
 *
 * Loading never stops at the first fault: everything that is wrong is in `complaints`, and a pair
 * with a complaint is still listed, so that a tool can show it. Read-only after loading.
 */
#ifndef RACELAB_CORPUS_CORPUS_H
#define RACELAB_CORPUS_CORPUS_H

#include "corpus/annotation.h"
#include "corpus/complaint.h"

enum polarity { BUGGY, FIXED };

/* "buggy" and "fixed": the folders' names. */
const char *polarity_word(enum polarity polarity);

/* What a pair's header comment says, one flattened text a key; NULL where the key is missing. */
struct lesson {
    char *title;
    char *story;
    char *wrong;
    char *why;
    char *fix;
    char *roadmap;
    char *cwe;
    char *cert;
    char *limit; /* "3 s": the buggy program never ends and is no hang either, so that its run is
                    ended then; NULL for nearly every pair */
    char *
        rate; /* what interleaving it needs, and how that is made likely; NULL: shows in every run */
    char *size; /* "large": a program as a reviewer meets it, 150 to 400 lines; or NULL */
};

struct pair {
    char *id;     /* "race/unlocked_counter" */
    char *family; /* "race" */
    char *name;   /* "unlocked_counter" */
    struct {
        char *path; /* of the source; absolute when ROOT is */
        char *source;
        size_t length;
        struct annotations annotations;
    } twin[2]; /* by polarity */
    struct lesson lesson;
};

struct corpus {
    struct pair *pairs; /* ordered by id */
    size_t count;
    struct complaints complaints;
};

/*
 * detectors: the names that annotations may use, ended by NULL.
 * Returns 0, also when there are complaints; a negative errno where ROOT/buggy or ROOT/fixed cannot
 * be read as a directory. `corpus` is initialised in every case: release it with corpus_release().
 */
int corpus_load(const char *root, const char *const *detectors, struct corpus *corpus);
void corpus_release(struct corpus *corpus);

#endif
