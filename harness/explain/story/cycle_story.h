/*
 * One cycle of waits, told in a sentence. Pure.
 */
#ifndef RACELAB_EXPLAIN_STORY_CYCLE_STORY_H
#define RACELAB_EXPLAIN_STORY_CYCLE_STORY_H

#include "explain/story/graph.h"
#include "explain/story/teller.h"

/* part: the rest of the program goes on. Leaves the sentence for teller_end(). */
void cycle_tell(struct teller *teller, const struct wait_cycle *cycle, bool part);

#endif
