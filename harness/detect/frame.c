#include "detect/frame.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

struct frame *stack_push(struct stack *stack)
{
    return xappend((void **)&stack->frames, &stack->count, sizeof(*stack->frames));
}

void stack_clear(struct stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) {
        free(stack->frames[i].function);
        free(stack->frames[i].file);
    }
    free(stack->frames);
    *stack = (struct stack){0};
}

const struct frame *stack_own_frame(const struct stack *stack, const char *own_source)
{
    size_t length = strlen(own_source);
    for (size_t i = 0; i < stack->count; i++) {
        const struct frame *frame = &stack->frames[i];
        if (frame->file && frame->line > 0 && strncmp(frame->file, own_source, length) == 0)
            return frame;
    }
    return NULL;
}

struct site *stack_add_site(const struct stack *stack, const char *own_source,
                            struct finding *finding, const char *thread, const char *act)
{
    const struct frame *frame = stack_own_frame(stack, own_source);
    if (!frame)
        return NULL;
    struct site *site = finding_add_site(finding);
    site->file = xstrdup(frame->file);
    site->line = frame->line;
    site->function = frame->function ? xstrdup(frame->function) : NULL;
    site->thread = thread ? xstrdup(thread) : NULL;
    site->act = act ? xstrdup(act) : NULL;
    return site;
}
