/*
 * From findings to groups of findings that are the same bug. Pure functions.
 *
 * Findings that tell the very same (defect, names, places) are one claim, so that a run more costs
 * nothing. The claims then come in one order of their own, whatever the order of detectors and runs:
 * those first that tell most. Each goes to the group that it fits best, or begins one: only the first
 * claim of a group, its lead, is compared, so that no chain of half-told findings ties two bugs together.
 */
#ifndef RACELAB_JUDGE_MERGE_H
#define RACELAB_JUDGE_MERGE_H

#include "judge/inspection.h"
#include "judge/name.h"
#include "judge/spot.h"

/* Who said it: indices of the inspection. */
struct mention {
    size_t detector;
    size_t run;
    const struct finding *finding;
};

/* Where a hang's threads wait for locks in a cycle; empty for all else. */
struct lock_waits {
    size_t *spots; /* ascending, no two alike */
    size_t spot_count;
    struct names names;
    size_t threads;
};

struct claim {
    enum defect defect;
    struct names names;
    size_t
        *spots; /* ascending; of a race both sides, though they may be alike; else no two alike */
    size_t spot_count;
    size_t first_spot; /* the place of the fault itself, which tools tell first */
    struct lock_waits lock_waits;
    bool heap; /* of a race: the memory was allocated, and so is no variable with a name */
    size_t reports;
    struct mention *mentions; /* by detector and run */
    size_t mention_count;
};

struct group {
    size_t lead;        /* index of its first claim */
    struct names names; /* the lead's; where that has none, those of the first claim with some */
    bool heap;
    size_t *claims; /* indices, the lead first; none: it has become part of another group */
    size_t claim_count;
    size_t reports;
};

struct merge {
    struct spots spots;
    struct claim *claims;
    size_t claim_count;
    struct group *groups;
    size_t group_count;
};

/* The claims of an inspection in their order. merge_claims.c */
void merge_claims(const struct inspection *inspection, struct merge *merge);
/* Groups them. merge_join.c */
void merge_join(struct merge *merge);
/* Both. */
void merge_init(const struct inspection *inspection, struct merge *merge);
void merge_release(struct merge *merge);

#endif
