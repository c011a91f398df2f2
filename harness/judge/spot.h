/*
 * The places of all findings of an inspection, numbered so that the same place has the same number
 * whichever tool tells it and in whatever form: Valgrind's text names "gate.c", an assertion "src/gate.c",
 * ThreadSanitizer "/home/x/src/gate.c". Pure functions.
 */
#ifndef RACELAB_JUDGE_SPOT_H
#define RACELAB_JUDGE_SPOT_H

#include "model/finding.h"

struct spot {
    const char *file;     /* as the tool that says most of its folder has it; NULL: unknown */
    int line;             /* 0: unknown */
    const char *function; /* NULL: unknown */
    char *path;           /* `file` without "." and ".."; "" where that is unknown */
    char *text;           /* of what is no place: the tool's words without numbers of this run */
};

struct spots {
    struct spot *items; /* by path and line */
    size_t count;
    size_t *of_sites; /* the spot of each site that was added, in the order of the additions */
    size_t site_count;
    struct told *told; /* while they are gathered */
    size_t told_count;
};

/* Adds a finding's places: one a site; one for the whole finding where it has no site. Borrowed. */
void spots_add(struct spots *spots, const struct finding *finding);
/* Numbers them. None may be added afterwards. */
void spots_settle(struct spots *spots);
void spots_release(struct spots *spots);

#endif
