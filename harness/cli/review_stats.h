/* What `racelab review` does without a round: --stats and --reset. Each returns the exit status, after a message where it
 * is not STATUS_KEPT. */
#ifndef RACELAB_CLI_REVIEW_STATS_H
#define RACELAB_CLI_REVIEW_STATS_H

#include "cli/cli.h"

/* STATUS_FAILED: the history cannot be read. */
int review_stats(const struct lab *lab);
/* STATUS_OUTPUT: something could not be moved. STATUS_FAILED: a session is under way. */
int review_reset(void);

#endif
