/*
 * The predicate of a wait, from the source: the condition of the `while` or `if` that a
 * pthread_cond_wait() stands in, and what its variables are now.
 */
#ifndef RACELAB_EXPLAIN_CODE_PREDICATE_H
#define RACELAB_EXPLAIN_CODE_PREDICATE_H

#include <stddef.h>

/*
 * The condition that guards `line` of a C source: of the nearest `while` or `if` that begins on the
 * line or a few above it, with blanks folded ("queue.head == queue.tail"); NULL where there is none.
 * Pure. The caller frees it.
 */
char *predicate_text(const char *source, int line);

/*
 * Goes through the variables of a condition ("queue.head", "queue.tail"): *at is where to look on, and
 * moves on. Returns the next one's beginning and sets *length, or NULL at the end. Function names
 * and keywords are passed over. Pure.
 */
const char *predicate_next(const char **at, size_t *length);

#endif
