/* Why a detector said nothing of a bug. Pure functions. */
#ifndef RACELAB_JUDGE_SILENCE_H
#define RACELAB_JUDGE_SILENCE_H

#include "judge/inspection.h"

/*
 * As far as it is known: it never ran, it does not see such things, its runs proved nothing, or the order
 * of events that shows the bug did not come. `kinds` has a bit 1u << enum defect for each kind of defect
 * that the bug was reported as. From malloc, never NULL.
 */
char *why_silent(const struct inspection *inspection, const struct inspected *inspected,
                 unsigned kinds);

#endif
