/* Stacks as the readers gather them, and the choice of the frame that counts. */
#ifndef RACELAB_DETECT_FRAME_H
#define RACELAB_DETECT_FRAME_H

#include "model/finding.h"

struct frame {
    char *function; /* NULL where unknown */
    char *file;     /* with its directory; NULL where unknown */
    int line;       /* 0 where unknown */
};

struct stack {
    struct frame *frames; /* innermost first */
    size_t count;
};

struct frame *stack_push(struct stack *stack);
void stack_clear(struct stack *stack);
/* The innermost frame of the program's own code (its file begins with own_source), or NULL. */
const struct frame *stack_own_frame(const struct stack *stack, const char *own_source);
/* Adds a site at the stack's own frame. `thread` and `act` are copied and may be NULL. A stack
 * without a frame of the program's own code adds none and returns NULL. */
struct site *stack_add_site(const struct stack *stack, const char *own_source,
                            struct finding *finding, const char *thread, const char *act);

#endif
