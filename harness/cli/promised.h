/* A user's program that promises its own bugs, as the corpus does (CONTRIBUTING.md): its judging. */
#ifndef RACELAB_CLI_PROMISED_H
#define RACELAB_CLI_PROMISED_H

#include <stdio.h>

#include "judge/inspection.h"
#include "model/promise.h"

/* Reads the annotations of these sources. Returns STATUS_KEPT, or STATUS_CORPUS after a message for each
 * fault; release the promises in both cases. */
int promised_load(char *const *sources, size_t count, struct promises *promises);

/* Judges every run of every detector and prints to `out` one verdict a detector, with its reasons. Returns
 * STATUS_KEPT where all promises are kept, STATUS_NOT_KEPT, or STATUS_FAILED where a detector did not
 * really run. */
int promised_judge(FILE *out, const struct promises *promises, const struct inspection *inspection);

#endif
