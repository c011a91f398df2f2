/* What speaks against a bug. Pure functions. */
#ifndef RACELAB_JUDGE_DOUBT_H
#define RACELAB_JUDGE_DOUBT_H

#include "judge/bug.h"
#include "judge/merge.h"

enum doubt doubt_of(const struct inspection *inspection, const struct merge *merge,
                    const struct group *group);
/* Lets sentence, remedy and the reasons of silence of a bug with its doubt say so. */
void doubt_tell(const struct inspection *inspection, struct bug *bug);

#endif
