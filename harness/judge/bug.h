/*
 * Findings of several detectors and runs that are the same bug become one. Pure functions.
 *
 * Two findings are the same bug where they have the same defect, no two different names of variable or
 * lock, and the same unordered pair of places in the program's own code. A finding with one place (DRD
 * often tells one side only) joins a bug that has that place: that on the same object first, then that of
 * most reports. Whether a side reads or writes, in which thread and run, and at which address, makes no
 * difference. Two places are the same where the lines are and one file's path is the end of the other's.
 *
 * What the tools tell more or less of is compared as far as both tell it: of an inverted order of locks
 * the places of one finding are among those of the other; of misuse the place of the call decides. A
 * deadlock over locks at the places of an inverted order of these locks is that bug come true.
 */
#ifndef RACELAB_JUDGE_BUG_H
#define RACELAB_JUDGE_BUG_H

#include "judge/inspection.h"

/* What one detector said of a bug. */
struct sighting {
    size_t runs;     /* in how many of its runs */
    size_t reports;  /* how often in all of them */
    size_t schedule; /* of a detector that searches: the first that shows it; 0: others */
    const struct finding *first; /* borrowed from the inspection; NULL: it was silent */
    char *silent;                /* why it said nothing, as far as known; NULL where it spoke */
};

/* Why it may be no bug after all. */
enum doubt {
    NO_DOUBT,
    DOUBT_ATOMICS, /* a race that only detectors which know no atomics have seen, while one that does was at
                      work and said nothing */
    DOUBT_TOOL, /* an exit status that only runs under tools have, while the plain program ended well */
};

/* "none", "unconfirmed", "tool". */
const char *doubt_word(enum doubt doubt);

struct bug {
    enum defect defect;
    enum doubt doubt;
    bool happened;                 /* the run went wrong by it: a hang, a crash, a failed assertion;
                                              false: deduced from what the run did, for another order of events */
    const struct finding *finding; /* the most telling one; borrowed */
    const struct explanation *explanation; /* of a hang; borrowed; or NULL */
    char *object;                          /* the best name that any detector has; NULL: unknown */
    char *sentence;                        /* all of it in one, paths relative to the root */
    char *remedy;                          /* a hint from the class of bug */
    const char *lesson;                    /* the pair of the corpus that teaches it; NULL: none */
    char fingerprint[33];                  /* see bugs_merge() */
    bool known;                            /* it is in the baseline */
    struct sighting *sightings;            /* one a detector of the inspection, in its order; a
                                              zeroed one after the last */
};

struct bugs {
    struct bug
        *items; /* what is most certain and severe first: a real deadlock before all others */
    size_t count;
};

/* Text of one line of a source (1-based), from malloc; NULL where it cannot be had. */
typedef char *source_line_fn(const char *file, int line, void *user);

/*
 * Merges all findings of an inspection, which must outlive the bugs. `line` helps the fingerprints:
 * they are made of defect, object, and file, function and text of the line of each place, so that they
 * stay the same when other lines come or go; it may be NULL. Two bugs never have the same fingerprint.
 * Neither fingerprints nor the bugs and their order depend on the order of detectors and runs.
 */
void bugs_merge(const struct inspection *inspection, source_line_fn *line, void *user,
                struct bugs *bugs);
/* Marks as known the bugs with one of these fingerprints. Returns how many. */
size_t bugs_mark_known(struct bugs *bugs, char *const *fingerprints, size_t count);
void bugs_release(struct bugs *bugs);

#endif
