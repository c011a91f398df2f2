#include "explore/runtime/world.h"

#include <stddef.h>

/*
 * How often each of the threads that repeat themselves is let go without any change before that is called a
 * livelock. Loops that end by themselves, a bounded number of attempts, are to come to their end before.
 */
enum { LIVELOCK_ROUNDS = 2000 };
/* What the clock gains each time, so that a loop with a time limit of its own comes to its end: doubled from here. */
enum { ROUND_NS = 1000, ROUND_DOUBLED = 32 };

static struct candidate candidates[WIRE_THREADS];

static bool is_spinning(const struct fiber *fiber)
{
    return fiber->set_back_at == world.changes + 1;
}

/* How it could go on now; false: not at all. `spurious`: only by a wake-up without a signal. */
static bool can_go(struct fiber *fiber, bool *late, bool *spurious)
{
    const struct request *request = fiber->request;
    *late = *spurious = false;
    if (!request->ready || fiber->interrupt || (fiber->cancelled && request->cancellable) ||
        request->ready(fiber, request))
        return true;
    *late = true;
    if (request->deadline_ns != NO_DEADLINE)
        return true;
    *spurious = request->op == WIRE_WAKE && (world.plan->flags & WIRE_SPURIOUS);
    return *spurious;
}

enum group { GROUP_FREE, GROUP_SPINNING, GROUP_SPURIOUS, GROUP_NONE };

static enum group group_of(struct fiber *fiber, struct fiber *current, bool *late)
{
    bool spurious;
    if ((fiber->state != FIBER_PARKED && fiber != current) || !can_go(fiber, late, &spurious))
        return GROUP_NONE;
    if (spurious)
        return GROUP_SPURIOUS;
    return is_spinning(fiber) ? GROUP_SPINNING : GROUP_FREE;
}

/*
 * Spurious wake-ups alone are no way on: a program that waits in a loop, as it should, waits again.
 * Of threads that spin those are candidates that were let go least often, so that all have their turn.
 */
static unsigned gather(struct fiber *current)
{
    unsigned groups[GROUP_NONE + 1] = {0};
    uint32_t fewest = UINT32_MAX;
    unsigned count = 0;
    for (unsigned i = 0; i < world.live_count; i++) {
        struct fiber *fiber = &world.fibers[world.live[i]];
        struct candidate *candidate = &candidates[count];
        enum group group = group_of(fiber, current, &candidate->late);
        groups[group]++;
        if (group == GROUP_NONE)
            continue;
        candidate->thread = fiber->index;
        candidate->set_back = group == GROUP_SPINNING;
        candidate->filtered = fiber->filtered;
        candidate->points = fiber->shown->points;
        candidate->next = &fiber->shown->next;
        count++;
        if (group != GROUP_SPINNING)
            continue;
        if (fiber->let_go_at != world.changes) {
            fiber->let_go_at = world.changes;
            fiber->let_go = 0;
        }
        if (fiber->let_go < fewest)
            fewest = fiber->let_go;
    }
    if (groups[GROUP_SPINNING] == 0 && groups[GROUP_SPURIOUS] == 0)
        return count;
    bool free = groups[GROUP_FREE] > 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct fiber *fiber = &world.fibers[candidates[i].thread];
        bool spurious = candidates[i].late && fiber->request->deadline_ns == NO_DEADLINE;
        if (candidates[i].set_back ? free || fiber->let_go != fewest : spurious && !free)
            continue;
        candidates[kept++] = candidates[i];
    }
    return kept;
}

/* Threads that wait for somebody outside the program are let go there where nobody else can go on. */
static unsigned gather_outside(struct fiber *current)
{
    unsigned count = 0;
    for (unsigned i = 0; i < world.live_count; i++) {
        struct fiber *fiber = &world.fibers[world.live[i]];
        if ((fiber->state != FIBER_PARKED && fiber != current) || !fiber->request->outside)
            continue;
        candidates[count++] = (struct candidate){.thread = fiber->index,
                                                 .points = fiber->shown->points,
                                                 .next = &fiber->shown->next};
    }
    return count;
}

static void let_go_again(struct fiber *fiber)
{
    uint32_t doubled = fiber->let_go < ROUND_DOUBLED ? fiber->let_go : ROUND_DOUBLED;
    runtime_clock_to(world.clock + ((uint64_t)ROUND_NS << doubled));
    if (++fiber->let_go >= LIVELOCK_ROUNDS && world.memory_seen && world.outside == 0)
        runtime_end(fiber, WIRE_LIVELOCK, 0, fiber->shown->next.pc, 0, NULL);
}

static enum grant grant_of(struct fiber *fiber, bool late)
{
    const struct request *request = fiber->request;
    if (fiber->cancelled && request->cancellable)
        return GRANT_CANCELLED;
    if (!late)
        return GRANT_READY;
    if (request->deadline_ns != NO_DEADLINE)
        runtime_clock_to(request->deadline_ns);
    return GRANT_LATE;
}

static uint64_t bits_of(unsigned count)
{
    uint64_t enabled = 0;
    for (unsigned i = 0; i < count; i++)
        if (candidates[i].thread < 64)
            enabled |= UINT64_C(1) << candidates[i].thread;
    return enabled;
}

/* Whether the thread of the step before could have gone on. */
static bool last_could_go(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (candidates[i].thread == world.last)
            return !candidates[i].late && !candidates[i].set_back;
    return false;
}

struct fiber *choose(struct fiber *current)
{
    if (current && current->filtered && world.plan->segments == 0 &&
        world.plan->strategy != WIRE_SURW && !is_spinning(current)) {
        current->grant = GRANT_READY;
        world_pass(current, 0, 0);
        return current;
    }
    unsigned count = gather(current);
    bool outside = count == 0;
    if (outside)
        count = gather_outside(current);
    if (count == 0)
        return NULL;
    unsigned chosen = strategy_choose(current ? current->index : WIRE_NO_THREAD, candidates, count);
    struct fiber *fiber = &world.fibers[candidates[chosen].thread];
    unsigned flags = candidates[chosen].late ? WIRE_LATE : 0;
    uint64_t enabled = 0;
    bool decided = count > 1 && !(current && current->filtered);
    if (decided) {
        flags |= WIRE_DECIDED;
        enabled = bits_of(count);
        world.outcome->decisions++;
    }
    if (fiber->index != world.last) {
        world.outcome->switches++;
        if (last_could_go(count)) {
            flags |= WIRE_PREEMPTED;
            world.outcome->preemptions++;
        }
    }
    if (candidates[chosen].set_back)
        let_go_again(fiber);
    fiber->grant = outside ? GRANT_OUTSIDE : grant_of(fiber, candidates[chosen].late);
    if (fiber->interrupt) {
        fiber->handling = fiber->interrupt;
        fiber->interrupt = 0;
        fiber->shown->next.op = WIRE_SIGNAL_HANDLE;
        fiber->shown->next.object = fiber->index;
    }
    world_pass(fiber, flags, enabled);
    return fiber;
}

bool choose_any(void)
{
    return gather(NULL) > 0;
}
