/* The locks that one report of ThreadSanitizer names: "M12", with an address where it tells one. */
#ifndef RACELAB_DETECT_TSAN_LOCKS_H
#define RACELAB_DETECT_TSAN_LOCKS_H

#include "detect/text_lines.h"

#define TSAN_LOCKS_NAMED 16 /* of one report; further ones keep the tool's numbers */

struct tsan_lock {
    unsigned long number;
    char *symbol; /* NULL where its address is in no data symbol */
};

/* All zero at the beginning. */
struct tsan_locks {
    struct tsan_lock named[TSAN_LOCKS_NAMED];
    size_t count;
};

/* Learns every "M0 (0x000001875288)" of a line. Symbols come from `program`, which may be NULL. */
void tsan_locks_learn(struct tsan_locks *locks, struct span line, const char *program);
void tsan_locks_release(struct tsan_locks *locks);

/* "from, to": the symbols of all; NULL where one has none, as half the names would mislead. */
char *tsan_locks_symbols(const struct tsan_locks *locks);
/* The locks that a text names, in its order: "write M0, read M1" -> "`from`, M1". NULL: none. */
char *tsan_locks_list(const struct tsan_locks *locks, struct span text);
/* The first of them alone. NULL: none. */
char *tsan_locks_first(const struct tsan_locks *locks, struct span text);
/* How many locks a text names; -1 where they are too many to be told. */
int tsan_locks_count(struct span text);
/* Whether a lock is named in both texts. */
bool tsan_locks_shared(struct span left, struct span right);

#endif
