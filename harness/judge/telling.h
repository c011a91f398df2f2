/* Of all that was said of one bug, what tells most. Pure functions. */
#ifndef RACELAB_JUDGE_TELLING_H
#define RACELAB_JUDGE_TELLING_H

#include "judge/merge.h"

/* All mentions of a group by detector, run and finding. *mentions is from malloc. */
void group_mentions(const struct merge *merge, const struct group *group, struct mention **mentions,
                    size_t *count);
/* How many detectors mention it. */
size_t group_detectors(const struct merge *merge, const struct group *group);
/* The finding of the group's own defect that tells most: places with lines, names of functions and
 * threads, locks held. Of two that tell as much, the choice is the same in whatever order they came. */
struct mention most_telling(const struct inspection *inspection, const struct merge *merge,
                            const struct group *group);
/* The name for people of the object, which `finding` is the most telling one of; from malloc, or NULL. */
char *best_name(const struct group *group, const struct finding *finding);

#endif
