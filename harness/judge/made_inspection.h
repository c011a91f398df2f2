/* Inspections made by hand, for tests. */
#ifndef RACELAB_JUDGE_MADE_INSPECTION_H
#define RACELAB_JUDGE_MADE_INSPECTION_H

#include "judge/bug.h"

/* Of the program in /home/x/gate. */
void made_begin(struct inspection *inspection);
/* A further run under this detector. Valid until the next. */
struct inspected_run *made_run(struct inspection *inspection, const char *detector);
/* A finding of the detector's last run, which is begun where there is none. Valid until the next. */
struct finding *made_finding(struct inspection *inspection, const char *detector,
                             enum defect defect, const char *object);
/* Adds a site and returns its finding. All texts may be NULL. */
struct finding *made_site(struct finding *finding, const char *thread, const char *act,
                          const char *file, int line, const char *function);
/* A race of two sides in gate.c with names that depend on the tool; `right` 0: one side. */
struct finding *made_race(struct inspection *inspection, const char *detector, const char *object,
                          int left, int right);
/* A stuck thread of the detector's last run, at /home/x/gate/gate.c. */
void made_stuck(struct inspection *inspection, const char *detector, const char *label,
                enum wait_for what, const char *name, int line);
/* The hang of those threads, as a run's ending has it. */
struct finding *made_hang(struct inspection *inspection, const char *detector, enum stuck stuck,
                          const char *message);
/* Merges without a source of lines. Both are released by made_end(). */
void made_merge(const struct inspection *inspection, struct bugs *bugs);
void made_end(struct inspection *inspection, struct bugs *bugs);

#endif
