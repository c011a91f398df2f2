/*
 * Explanations made by hand for the tests of story.h. Threads and processes are added in order;
 * every thread's frame stands in /src/x.c unless a test says otherwise.
 */
#ifndef RACELAB_EXPLAIN_STORY_STORY_FIXTURE_H
#define RACELAB_EXPLAIN_STORY_STORY_FIXTURE_H

#include "model/explanation.h"

/* All return the index of what they add. */
size_t add_process(struct explanation *e);
/* The first thread of a process is its `first`. name: NULL for the inherited one. */
size_t add_thread(struct explanation *e, size_t process, const char *name);

/* Sets the thread's wait and its place; until the next call of add_thread the result stays. */
struct waiting *wait_at(struct explanation *e, size_t thread, enum wait_for what, const char *name,
                        int line);
void set_function(struct explanation *e, size_t thread, const char *function);

/* taken: a line of /src/x.c; 0: unknown. */
void held_by(struct explanation *e, size_t thread, size_t holder, int taken);
void open_in(struct explanation *e, size_t thread, size_t process, int fd);
void held_by_who(struct explanation *e, size_t thread, const char *who, int taken);

/* Labels and tells, compares every sentence (NULL ends them) and releases the explanation. */
void expect_story(struct explanation *e, bool ended, enum stuck stuck, ...);
void set_text(char **text, const char *value);

#endif
