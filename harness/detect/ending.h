/* What the way a run ended says by itself, whatever the detector: hang, crash, wrong result. */
#ifndef RACELAB_DETECT_ENDING_H
#define RACELAB_DETECT_ENDING_H

#include "detect/detect.h"

/* Adds the findings of the ending, a hang with report->explanation, and sets trouble where the ending proves nothing (the time limit,
 * not started, cancelled, a flood of reports). Trouble that stands already is kept. */
void ending_read(const struct target *target, const struct run_outcome *outcome,
                 struct report *report);

#endif
