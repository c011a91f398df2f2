/* What the forms of a schedule share (schedule.h). */
#ifndef RACELAB_PRESENT_SCHEDULE_TEXT_H
#define RACELAB_PRESENT_SCHEDULE_TEXT_H

#include "present/schedule.h"

/* All texts are from malloc and as programs gave them. */

/* The last part of the path that all places with a line share; NULL: there are several files, or none. */
const char *schedule_file(const struct schedule *schedule);
/* "bank.c:31", of the shared file ":31"; "in libfoo.so"; "" where nothing is known. */
char *schedule_place(const struct place *place, const char *shared);
/* "read, write `balance`", "try lock `a` without success" */
char *schedule_act(const struct schedule_step *step);
/* "main is preempted: it could have gone on" for the step that came instead; NULL: none was. */
char *schedule_preempted(const struct schedule *schedule, size_t step);
/* "... these 3 steps 98 times more"; NULL: they did not come again. */
char *schedule_again(const struct schedule_step *step);
/* "waits: lock `a`, bank.c:31", "has ended"; "" of one that does neither */
char *schedule_standing(const struct schedule_thread *thread, const char *shared);
/* Whether the thread has a step, or waits. */
bool schedule_takes_part(const struct schedule *schedule, size_t thread);
/* "thread 4, thread 5 and 7 more": those without; NULL: all take part. */
char *schedule_idle(const struct schedule *schedule);

/* Which steps are told where no more than `most` (0: all) are to be: a flag each, free() them. */
bool *schedule_chosen(const struct schedule *schedule, size_t most);
/* "... 37 steps of thread 2 are left out": of those from `step` on that are not told; the number in *count. NULL: this one is
 * told. */
char *schedule_gap(const struct schedule *schedule, const bool *chosen, size_t step, size_t *count);

/* schedule_print() with options->lines. */
void schedule_print_lines(FILE *out, const struct style *style, const struct schedule *schedule,
                          const struct schedule_options *options);

#endif
