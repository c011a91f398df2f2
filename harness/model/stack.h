/* Call stacks, as the detectors' reports have them. Plain data, no I/O. */
#ifndef RACELAB_MODEL_STACK_H
#define RACELAB_MODEL_STACK_H

#include <stdbool.h>
#include <stddef.h>

struct frame {
    char *function; /* NULL where unknown */
    char *file;     /* with its directory where the tool tells it; NULL where unknown */
    char *module;   /* the executable or library, as the tool names it; NULL where unknown */
    int line;       /* 0 where unknown */
};

struct stack {
    struct frame *frames; /* innermost first */
    size_t count;
};

/* Adds a zeroed frame, valid until the next one is added. */
struct frame *stack_push(struct stack *stack);
/* Moves the frames to `to`, whose own are freed, and leaves `stack` empty. */
void stack_move(struct stack *stack, struct stack *to);
void stack_copy(const struct stack *stack, struct stack *to);
void stack_clear(struct stack *stack);

/* Whether this frame is of a library, of a tool's runtime or of the start of a thread: it never is
 * where a user's bug stands. Told by module, file and function, as far as each is known. */
bool frame_is_foreign(const struct frame *frame);
/*
 * The innermost frame of the program's own code: with `own_source`, the first whose file begins with
 * it; without (NULL), the first that is not foreign and has a file (its line may be unknown: optimised code
 * has none here and there). Where none has one, or only behind a foreign frame, the first that has a
 * function; else the first whose module is known. NULL where there is none.
 */
const struct frame *stack_own_frame(const struct stack *stack, const char *own_source);
/* The frame that tells most where none is the program's own: the innermost with a line, else of a library
 * that is not the system's nor a tool's, else with a function, else any. NULL: the stack is empty. */
const struct frame *stack_foreign_frame(const struct stack *stack);

#endif
