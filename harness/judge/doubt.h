/* What speaks against a bug. Pure functions. */
#ifndef RACELAB_JUDGE_DOUBT_H
#define RACELAB_JUDGE_DOUBT_H

#include "judge/bug.h"
#include "judge/merge.h"

/* Of each group, in their order; from malloc. A race on an object that another race, which is not in doubt,
 * has by the same name is in none either. */
enum doubt *doubts_of(const struct inspection *inspection, const struct merge *merge);
/* Lets sentence, remedy and the reasons of silence of a bug with its doubt say so. */
void doubt_tell(const struct inspection *inspection, struct bug *bug);

#endif
