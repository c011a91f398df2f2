/*
 * One program under several detectors, or the logs that detectors left behind: what ran and what was
 * said, before it is merged into bugs (judge/bug.h). Plain data.
 */
#ifndef RACELAB_JUDGE_INSPECTION_H
#define RACELAB_JUDGE_INSPECTION_H

#include "detect/detect.h"
#include "model/exploration.h"

/* One run under one detector; for logs, one file. */
struct inspected_run {
    struct report report;
    enum run_end end;     /* of logs always RUN_EXITED, with status 0 */
    int status;           /* as in struct run_outcome */
    uint64_t duration_ns; /* 0 for logs */
    char *output;         /* the last of what the program printed, both streams; NULL: nothing */
    size_t schedule;      /* of a search, which this run repeats, from 1; 0: of none */
};

/* All runs under one detector. Of one that searches they are: one for the search as a whole, without findings, then those
 * of the schedules that it found. */
struct inspected {
    char *name;    /* "tsan", ..., "go": also of tools that are no row of the detector table */
    unsigned sees; /* as in struct detector */
    bool atomics;  /* as in struct detector; true for others */
    char *nature;  /* as in struct detector; NULL for others */
    char *skipped; /* why it never ran, a sentence; NULL: it did */
    struct exploration *
        search; /* of a detector that searches, where it ran; without findings and explanation, which
                                   the runs have; NULL: of others */
    char *replay; /* the command that runs the schedule of `search` again; NULL: none was kept */
    struct inspected_run *runs;
    size_t run_count;
};

struct inspection {
    char *program; /* the command as it was given, or "logs" */
    char *root;    /* absolute folder that paths are told relative to, without a slash at its end */
    bool logs;     /* read from logs: nothing is known of runs, nor of who was silent */
    struct inspected *detectors;
    size_t detector_count;
};

/* These add a zeroed element, owned by the inspection, valid until the next addition. */
struct inspected *inspection_add(struct inspection *inspection, const char *name);
/* The one of this name, made from the detector table's row if it has one; added where it is not there. */
struct inspected *inspection_get(struct inspection *inspection, const char *name);
struct inspected_run *inspected_add_run(struct inspected *inspected);
void inspection_release(struct inspection *inspection);

/* The path relative to the root where it lies below it; else the path itself. Points into `path`. */
const char *inspection_path(const struct inspection *inspection, const char *path);

#endif
