/*
 * The objects that an explanation's threads wait for, and what keeps those apart that have the same
 * name or none. Pure.
 */
#ifndef RACELAB_EXPLAIN_STORY_OBJECTS_TOLD_H
#define RACELAB_EXPLAIN_STORY_OBJECTS_TOLD_H

#include "explain/story/teller.h"

/* "mutex", "read-write lock" for either of its waits, ...; NULL: it waits for no such object. */
const char *told_kind(enum wait_for what);

/* Each object once. The strings are borrowed; the caller frees *objects. */
void told_objects_find(const struct explanation *explanation, struct told_object **objects,
                       size_t *count);

/* The one that the thread waits for, or NULL. */
struct told_object *told_object_of(struct told_object *objects, size_t count,
                                   const struct stuck_thread *thread);

/* From 1, in the order in which the sentences name the objects that look alike; 0: it needs none. */
size_t told_object_letter(struct told_object *objects, size_t count, struct told_object *object);

#endif
