/*
 * The words for one wait: what the thread does, what it waits for, who could end that. Pure.
 */
#ifndef RACELAB_EXPLAIN_STORY_PHRASE_H
#define RACELAB_EXPLAIN_STORY_PHRASE_H

#include "explain/story/teller.h"

/* "waits", "seem to wait", "sleeps", "is stopped". */
void phrase_verb(struct teller *teller, const struct stuck_thread *thread, bool plural);

/* " for `lock`", " for thread 2 to end", " for room in a pipe (fd 4), which is full (65536 bytes)";
 * nothing for a thread that sleeps or runs. */
void phrase_object(struct teller *teller, size_t thread);

/* "a pipe (fd 3)", "`/tmp/queue` (fd 3)", "fd 3": what the thread reads from, writes to or locks. */
void phrase_channel(struct teller *teller, const struct waiting *waiting);
bool phrase_is_pipe(const struct waiting *waiting);

/* A lock whose holder can be told to hold it, in "LABEL holds X and waits for Y". */
bool phrase_is_lock(enum wait_for what);
/* "the read lock of `table`" or "`lock`", as this holder of the thread's wait has it. */
void phrase_held(struct teller *teller, const struct stuck_thread *thread,
                 const struct holder *holder);

/* Whether this holder of the thread's wait for a write lock reads, as far as is known. */
bool phrase_reads(const struct teller *teller, const struct stuck_thread *thread,
                  const struct holder *holder);

/* Who stands in the way: ", which main holds (taken at 21)", "; its write end is still open in
 * process 2 (fd 4)"; nothing where phrase_object() has said so. `taken`: also where a lock was
 * taken. */
void phrase_holders(struct teller *teller, size_t thread, bool taken);
/* ", whose read end process 2 has open (fd 3)": the one holder, as part of a longer sentence. */
void phrase_end(struct teller *teller, const struct stuck_thread *thread,
                const struct holder *holder);

/* What no other thread will do: "signal it", "post it"; NULL where nothing of the kind is missing. */
const char *phrase_missing(const struct waiting *waiting);

/* " (NOTE)", or nothing. */
void phrase_note(struct teller *teller, const struct stuck_thread *thread);

#endif
