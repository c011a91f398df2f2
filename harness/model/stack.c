#include "model/stack.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

struct frame *stack_push(struct stack *stack)
{
    return xappend((void **)&stack->frames, &stack->count, sizeof(*stack->frames));
}

void stack_move(struct stack *stack, struct stack *to)
{
    stack_clear(to);
    *to = *stack;
    *stack = (struct stack){0};
}

void stack_copy(const struct stack *stack, struct stack *to)
{
    stack_clear(to);
    for (size_t i = 0; i < stack->count; i++) {
        const struct frame *from = &stack->frames[i];
        struct frame *frame = stack_push(to);
        frame->function = from->function ? xstrdup(from->function) : NULL;
        frame->file = from->file ? xstrdup(from->file) : NULL;
        frame->module = from->module ? xstrdup(from->module) : NULL;
        frame->line = from->line;
    }
}

void stack_clear(struct stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) {
        free(stack->frames[i].function);
        free(stack->frames[i].file);
        free(stack->frames[i].module);
    }
    free(stack->frames);
    *stack = (struct stack){0};
}

const struct frame *stack_own_frame(const struct stack *stack, const char *own_source)
{
    const struct frame *best = NULL;
    for (size_t i = 0; i < stack->count; i++) {
        const struct frame *frame = &stack->frames[i];
        bool has_line = frame->file && frame->line > 0;
        if (own_source) {
            if (has_line && strncmp(frame->file, own_source, strlen(own_source)) == 0)
                return frame;
            continue;
        }
        if (frame_is_foreign(frame)) {
            /* What is behind a library's frame has called it: another place. */
            if (best && best->function)
                break;
            continue;
        }
        if (frame->file)
            return frame;
        if ((frame->function && (!best || !best->function)) || (frame->module && !best))
            best = frame;
    }
    return best;
}

static int worth(const struct frame *frame)
{
    static const char *const systems[] = {"libc.so", "libpthread", "libtsan", "vgpreload_", NULL};
    bool library = frame->module && strstr(frame->module, ".so");
    for (size_t i = 0; systems[i]; i++)
        library = library && !strstr(frame->module, systems[i]);
    if (frame->file && frame->line > 0)
        return 4;
    return !frame->function ? 1 : library ? 3 : 2;
}

const struct frame *stack_foreign_frame(const struct stack *stack)
{
    const struct frame *best = NULL;
    for (size_t i = 0; i < stack->count; i++) {
        if (!best || worth(&stack->frames[i]) > worth(best))
            best = &stack->frames[i];
    }
    return best;
}
