/* What many runs of the same cells gave, for people and as JSON (json.md). */
#ifndef RACELAB_PRESENT_SOAK_H
#define RACELAB_PRESENT_SOAK_H

#include "judge/tally.h"
#include "present/style.h"

struct soak {
    struct tally tally;
    size_t runs; /* of each cell that were asked for */
    size_t done; /* whole rounds over all cells */
    bool load;   /* every processor had something else to do */
    bool one_core;
    bool promises; /* list every promise of every cell, for people */
};

/* Pairs by detectors, in how many runs each cell was right; then what is wrong, the first reason of
 * each cell; then how often that showed which shows by chance. */
void soak_print(FILE *out, const struct style *style, const struct soak *soak);
/* Writes as json_save() does. */
int soak_write_json(const char *path, const struct soak *soak);

#endif
