/*
 * A program that burns processor time and gets nowhere. Pure.
 */
#ifndef RACELAB_EXPLAIN_STORY_BUSY_H
#define RACELAB_EXPLAIN_STORY_BUSY_H

#include "explain/story/teller.h"

/* Whether a thread is busy and every other is so too, or waits without limit for the threads of the
 * tree. */
bool busy_only(const struct explanation *explanation);

/* Leaves the sentence for teller_end(). */
void busy_tell(struct teller *teller);

#endif
