/*
 * Names of a program's objects, and values of its expressions, from its debug info and memory.
 */
#ifndef RACELAB_EXPLAIN_CODE_NAMES_H
#define RACELAB_EXPLAIN_CODE_NAMES_H

#include "explain/code/variables.h"
#include "explain/waits/wait.h"

/*
 * A name for an address: of a global or static variable (`bank.accounts[1].lock`), else of a local of
 * any frame in `stacks` (`left.lock`), else the way to it by the pointers that the frames of stacks[at]
 * hold (`me->other->lock`). False where none leads to it; else the caller frees object->name.
 * object->type belongs to the caller as well.
 */
bool names_find(struct image *image, const struct frame_states *stacks, size_t count, size_t at,
                uint64_t address, struct known_object *object);

/* The value of `queue.unfinished`, `q->size` or `slots[i].used` in a frame: "1", "NULL", "CLOSED". NULL
 * where it is no plain variable or cannot be read. The caller frees it. */
char *names_value(struct image *image, const struct frame_state *frame, const char *expression,
                  size_t length);

#endif
