#include "explore/runtime/world.h"
#include "explore/runtime/sys.h"

#include <stddef.h>

struct fiber *fiber_new(struct fiber *parent, uint64_t start, uint64_t pc)
{
    if (world.count == WIRE_THREADS) {
        world_lost(WIRE_LOST_THREADS, pc);
        return NULL;
    }
    struct fiber *fiber = &world.fibers[world.count];
    sys_clear(fiber, sizeof *fiber);
    fiber->index = (uint16_t)world.count;
    fiber->state = FIBER_PARKED;
    fiber->shown = &world.block->threads[world.count];
    sys_clear(fiber->shown, sizeof *fiber->shown);
    fiber->shown->parent = parent ? parent->index : WIRE_NO_THREAD;
    fiber->shown->start = start;
    fiber->shown->created = pc;
    fiber->start.op = WIRE_START;
    fiber->start.object = fiber->index;
    fiber->start.second = start;
    fiber->start.pc = start;
    fiber->start.deadline_ns = NO_DEADLINE;
    world_announce(fiber, &fiber->start);
    world.live[world.live_count++] = (uint16_t)world.count++;
    world.outcome->threads = (uint16_t)world.count;
    return fiber;
}

void fiber_drop(struct fiber *fiber)
{
    (void)fiber;
    world.count--;
    world.live_count--;
    world.outcome->threads = (uint16_t)world.count;
}

void fiber_end(struct fiber *fiber)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < world.live_count; i++)
        if (world.live[i] != fiber->index)
            world.live[kept++] = world.live[i];
    world.live_count = kept;
    fiber->state = FIBER_ENDED;
    fiber->shown->ended = 1;
    if (fiber->detached)
        fiber->has_handle = false;
}

void fiber_adopt(struct fiber *fiber)
{
    __atomic_store_n(&fiber->tid, (int)SYS0(SYS_gettid), __ATOMIC_RELAXED);
    own_fiber = fiber;
}

uint16_t fiber_index(const struct fiber *fiber)
{
    return fiber->index;
}

pid_t fiber_tid(const struct fiber *fiber)
{
    return fiber->tid;
}

bool fiber_ended(const struct fiber *fiber)
{
    return fiber->state == FIBER_ENDED;
}

/* From the newest: handles are used again. */
struct fiber *fiber_of(pthread_t thread)
{
    for (unsigned i = world.count; i-- > 0;)
        if (world.fibers[i].has_handle && world.fibers[i].handle == thread)
            return &world.fibers[i];
    return NULL;
}

void fiber_cancel(struct fiber *fiber)
{
    fiber->cancelled = true;
}

void fiber_interrupt(struct fiber *fiber, int signal_number)
{
    fiber->interrupt = signal_number;
}

unsigned fiber_count(void)
{
    return world.count;
}

struct fiber *fiber_at(unsigned index)
{
    return &world.fibers[index];
}
