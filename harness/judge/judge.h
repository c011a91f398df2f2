/*
 * Promises against findings. Pure functions: no I/O, no state, callable from any thread.
 */
#ifndef RACELAB_JUDGE_JUDGE_H
#define RACELAB_JUDGE_JUDGE_H

#include "corpus/corpus.h"
#include "detect/detect.h"
#include "model/verdict.h"

/*
 * Whether this finding is the promised bug: the same defect, and every site in the program's own
 * code on a line that is annotated for it. A finding of a race, lock order, misuse or leak must
 * have a site; a hang, a crash or an exit status may have none.
 */
bool promise_explains(const struct promise *promise, const struct finding *finding);

/* The first finding of the report that is the promised bug or alarm, or NULL. */
const struct finding *promise_find(const struct promise *promise, const struct report *report);
/* The alarm that this detector, in the version of the report, is declared to raise with this finding;
 * or NULL. */
const struct promise *judge_alarm(const struct promises *promises, const struct detector *detector,
                                  const struct report *report, const struct finding *finding);

/*
 * Judges one pair under one detector from a run of each twin, indexed by polarity. `cell` must have
 * been through cell_verdict_init(). A change is judged by the one run that there is of it: a patch that leaves the bug as a
 * buggy twin, a refactoring as a fixed one, and so is a serial patch, of which judge_serial() tells the rest.
 */
void judge_cell(const struct pair *pair, const struct detector *detector,
                const struct report *reports, struct cell_verdict *cell);

/* Whether a program that makes these promises, in the buggy folder, must be reported by this detector (without a version, as
 * promise_exception() has it): some bug is of a kind that it sees, and no exception is made for it. */
bool judge_demands(const struct promises *promises, const struct detector *detector);

/* In how many schedules the work of two threads overlapped (explore/search/overlap.h), of how many. */
struct overlap_count {
    size_t overlapping, schedules;
};

/* Whether the patch keeps its promise that one thread at a time is at work, and takes something away by that: in the fixed
 * twin threads do overlap. Either search tried a schedule at least. */
void judge_serial(const struct pair *patch, const struct overlap_count *of_patch,
                  const struct overlap_count *of_fixed, struct cell_verdict *cell);

/* Judges one run of a program without a twin: its bugs must be reported as it promises them, and nothing
 * else. `cell` as above; further runs of the same program may be judged into the same cell. */
void judge_program(const struct promises *promises, const struct detector *detector,
                   const struct report *report, struct cell_verdict *cell);

#endif
