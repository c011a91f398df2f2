/*
 * Threads that wait for the same thing at the same place are told together. Pure.
 */
#ifndef RACELAB_EXPLAIN_STORY_GROUP_H
#define RACELAB_EXPLAIN_STORY_GROUP_H

#include "explain/story/teller.h"

struct wait_group {
    size_t *threads; /* ascending */
    size_t count;
};

struct wait_groups {
    struct wait_group *items; /* by their first thread */
    size_t count;
};

/* Groups the threads for which `chosen` is true. */
void groups_make(struct teller *teller, const bool *chosen, struct wait_groups *groups);
void groups_release(struct wait_groups *groups);
/* The group that tells most of why nothing goes on comes first. */
void groups_rank(const struct teller *teller, struct wait_groups *groups);

/* "main waits at 61 in queue_join for ...", and all that is known of why. missing: also that nobody
 * is left who could end it; true where that has been said. */
bool group_tell(struct teller *teller, const struct wait_group *group, bool missing);

/* "main waits at 66 for thread 2 to end". told: the threads whose locks another sentence has told. */
void group_tell_follower(struct teller *teller, const struct wait_group *group, const bool *told);

/* "thread 'heartbeat' (sleeps at 50)" */
void group_tell_aside(struct teller *teller, const struct wait_group *group);

#endif
