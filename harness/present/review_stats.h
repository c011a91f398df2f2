/*
 * How a trainee fares, for people: over all rounds, and at the end of a session. In 80 columns where the terminal is not
 * narrower; every number says what it counts, so that nothing is told by colour or place alone.
 */
#ifndef RACELAB_PRESENT_REVIEW_STATS_H
#define RACELAB_PRESENT_REVIEW_STATS_H

#include "present/style.h"
#include "review/progress.h"

/* `racelab review --stats`. Without rounds it says how to begin. */
void review_stats_print(FILE *out, const struct style *style, const struct progress *progress);

/*
 * At a session's end: its finished rounds one by one, by family the strong and the weak, and the next pairs to try, with the command that
 * shows the lesson of each. `session` are the records of its rounds, in their order; `history` all rounds, those too
 * (what store_history() gives; where it cannot be read, the session's own).
 */
void review_summary_print(FILE *out, const struct style *style, const struct corpus *corpus,
                          const struct records *session, const struct records *history);

#endif
