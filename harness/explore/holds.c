#include "explore/holds.h"

#include "model/memory.h"

#include <string.h>

uint64_t step_takes(const struct wire_step *step)
{
    switch (step->op) {
    case WIRE_LOCK:
    case WIRE_TRY_LOCK:
    case WIRE_SPIN_LOCK:
    case WIRE_SPIN_TRY_LOCK:
    case WIRE_READ_LOCK:
    case WIRE_TRY_READ_LOCK:
    case WIRE_WRITE_LOCK:
    case WIRE_TRY_WRITE_LOCK:
        return step->flags & (WIRE_FAILED | WIRE_LATE) ? 0 : step->object;
    case WIRE_WAKE:
        return step->second;
    default:
        return 0;
    }
}

uint64_t step_gives(const struct wire_step *step)
{
    switch (step->op) {
    case WIRE_UNLOCK:
    case WIRE_SPIN_UNLOCK:
    case WIRE_RWLOCK_UNLOCK:
        return step->object;
    case WIRE_WAIT:
        return step->second;
    default:
        return 0;
    }
}

/* What the thread took last goes first. */
static void give(struct hold *holds, size_t *count, uint16_t thread, uint64_t object)
{
    for (size_t i = *count; i-- > 0;) {
        if (holds[i].thread != thread || holds[i].object != object)
            continue;
        memmove(&holds[i], &holds[i + 1], (*count - i - 1) * sizeof(*holds));
        --*count;
        return;
    }
}

struct hold *holds_of(const struct wire_step *steps, size_t count, size_t *held)
{
    struct hold *holds = NULL;
    size_t room = 0;
    *held = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t taken = step_takes(&steps[i]);
        uint64_t given = step_gives(&steps[i]);
        if (given)
            give(holds, held, steps[i].thread, given);
        if (!taken)
            continue;
        if (*held == room)
            xappend((void **)&holds, &room, sizeof(*holds));
        holds[(*held)++] = (struct hold){taken, steps[i].thread, i};
    }
    return holds;
}
