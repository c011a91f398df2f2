/* One schedule that fails, step by step, and what the search for it gave, for a terminal or a pipe. */
#ifndef RACELAB_PRESENT_SCHEDULE_H
#define RACELAB_PRESENT_SCHEDULE_H

#include "model/exploration.h"
#include "present/style.h"

struct schedule_options {
    bool lines; /* one line a step, for a screen reader or a narrow terminal, instead of columns */
    bool utf8;  /* arrows and rules beyond ASCII */
    size_t
        most; /* steps that are told; of more, those in the middle of long turns are left out. 0: all */
};

/* Columns where `out` is a terminal of at least 60 columns or a pipe (then 100 columns wide), UTF-8 by the locale's encoding of
 * characters (LC_ALL, LC_CTYPE, LANG), 120 steps. */
struct schedule_options schedule_options_for(FILE *out, const struct style *style);

/*
 * Threads across, steps down: number, place and source line of each step in its thread's column, a mark where a preemption is
 * and where the run failed; below, where each thread stands that waits. Threads that do nothing of it are
 * told in one line. What comes from the program cannot steer the terminal.
 */
void schedule_print(FILE *out, const struct style *style, const struct schedule *schedule,
                    const struct schedule_options *options);

/* The result of a search: what fails, its schedule, how many were tried and by which strategies, what was exhausted, why runs
 * may differ. Findings and explanation are told elsewhere (present/check.h). */
void exploration_print(FILE *out, const struct style *style, const struct exploration *exploration,
                       const struct schedule_options *options);

#endif
