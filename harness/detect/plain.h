/* The watchdog: the plain build, supervised. It has no report: the ending is all it says. */
#ifndef RACELAB_DETECT_PLAIN_H
#define RACELAB_DETECT_PLAIN_H

#include "detect/detect.h"

void plain_command(const struct target *target, struct command *command);
void plain_read(const struct target *target, const struct run_outcome *outcome,
                struct report *report);

#endif
