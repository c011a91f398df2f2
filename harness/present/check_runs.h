/* The last part of a check's result on a terminal: what ran, what did not, and what that says. */
#ifndef RACELAB_PRESENT_CHECK_RUNS_H
#define RACELAB_PRESENT_CHECK_RUNS_H

#include "judge/bug.h"
#include "present/style.h"

/* How a run ended, after the program's name: "exited with status 3", "hung", "was ended by signal 11
 * (SEGV)"; NULL where it exited with status 0. From malloc. */
char *check_ending(const struct inspected_run *run);

/* The table of detectors; then what was skipped, which runs prove nothing and which ended badly. Unless
 * `brief`, also the last words of a program that ended badly. */
void check_print_runs(FILE *out, const struct style *style, const struct inspection *inspection,
                      const struct bugs *bugs, bool brief);

/* How many bugs are not shown because they are known, and the line that counts the others, or says that
 * there was none. */
void check_print_sum(FILE *out, const struct style *style, const struct inspection *inspection,
                     const struct bugs *bugs);

#endif
