/*
 * The wait-for graph told in sentences: each cycle in one, then each chain with its end. Pure: all it
 * knows comes from the explanation.
 */
#ifndef RACELAB_EXPLAIN_STORY_STORY_H
#define RACELAB_EXPLAIN_STORY_STORY_H

#include "model/explanation.h"

/*
 * Sets the label of every thread. Expects processes, tid, name and first of each thread.
 */
void story_label(struct explanation *explanation);

/*
 * Sets `stuck`, of the explanation and of each thread, and adds the sentences. Expects everything else
 * to be set, labels included.
 * `ended`: every thread of the tree waits without end (the supervisor's proof); otherwise only a
 * cycle of holders is told as a deadlock of a part, and busy threads as a livelock where nothing
 * but busy threads and waits for them is left.
 */
void story_tell(struct explanation *explanation, bool ended);

#endif
