/*
 * The corpus: every pair of twins under ROOT/buggy and ROOT/fixed, with the promises both make, and the changes beside
 * them: buggy/FAMILY/CASE.NAME.c is the buggy twin with a patch that does not mend it as it should, and
 * fixed/FAMILY/CASE.NAME.c the fixed twin after a change that leaves it right.
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
    char *size;  /* "large": a program as a reviewer meets it, 150 to 400 lines; or NULL */
    char *patch; /* of a wrong patch: "moves", ...; else NULL */
};

/* What is wrong with a patch. */
enum patch_kind {
    PATCH_NONE,   /* it is a refactoring, and right */
    PATCH_MOVES,  /* the bug is elsewhere now, or half mended */
    PATCH_HIDES,  /* it is still there, and a detector that reported it is silent */
    PATCH_SERIAL, /* it is gone with the concurrency */
};

/* A pair of twins, or a change, which stands alone: of its twins only that of its folder's polarity is there. */
struct pair {
    char *id;     /* "race/unlocked_counter"; of a change "race/unlocked_counter.one_side" */
    char *family; /* "race" */
    char *name;   /* "unlocked_counter"; of a change "unlocked_counter.one_side" */
    const struct pair *of; /* of a change: the pair that it changes; NULL: this is a pair */
    enum patch_kind patch; /* of a change */
    struct {
        char *path; /* of the source; absolute when ROOT is. NULL: there is no such twin */
        char *source;
        size_t length;
        struct annotations annotations;
    } twin[2];            /* by polarity */
    struct lesson lesson; /* of a change: title and why, perhaps limit and rate */
};

struct corpus {
    struct pair *pairs; /* ordered by id */
    size_t count;
    struct pair *changes; /* ordered by id, so that those of a pair stand together */
    size_t change_count;
    struct complaints complaints;
};

/*
 * detectors: the names that annotations may use, ended by NULL.
 * Returns 0, also when there are complaints; a negative errno where ROOT/buggy or ROOT/fixed cannot
 * be read as a directory. `corpus` is initialised in every case: release it with corpus_release().
 */
int corpus_load(const char *root, const char *const *detectors, struct corpus *corpus);
/* Which twin is there of a change. */
enum polarity change_polarity(const struct pair *change);
/* "moves", "hides", "serial", as the header comment of a wrong patch has it; NULL for PATCH_NONE. */
const char *patch_word(enum patch_kind kind);
void corpus_release(struct corpus *corpus);

#endif
