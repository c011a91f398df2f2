#include "explore/runtime/world.h"
#include "explore/runtime/memory.h"
#include "explore/runtime/sys.h"

#include <stddef.h>

enum { POINT_NS = 100 }; /* what a point takes of virtual time */

struct world world = {.turn = TURN_NOBODY};
__thread struct fiber *own_fiber;
static uint32_t never;
uint32_t *world_active = &never;

void world_begin(struct wire_block *block)
{
    world.block = block;
    world.plan = &block->plan;
    world.outcome = &block->outcome;
    sys_clear(world.outcome, sizeof *world.outcome);
    world.outcome->thread = WIRE_NO_THREAD;
    world.filter = wire_filter(block);
    world.steps = wire_steps(block);
    world.step_room = world.plan->flags & WIRE_RECORD ? (uint32_t)block->steps_room : 0;
    world.phase = WORLD_RUNS;
    world.pid = (int)SYS0(SYS_getpid);
    strategy_begin(world.plan, wire_segments(block));
}

struct fiber *runtime_enter(void)
{
    struct fiber *self = own_fiber;
    if (!self || self->depth != 0 || !__atomic_load_n(world_active, __ATOMIC_RELAXED))
        return NULL;
    self->depth = 1;
    if (__builtin_expect(__atomic_load_n(&world.turn, __ATOMIC_RELAXED) != self->index, 0)) {
        struct request back = {.op = WIRE_OUTSIDE, .deadline_ns = NO_DEADLINE};
        world_announce(self, &back);
        turn_return(self);
        turn_leave(self);
        if (!__atomic_load_n(world_active, __ATOMIC_RELAXED)) {
            self->depth = 0;
            return NULL;
        }
    }
    return self;
}

void runtime_leave(struct fiber *self)
{
    self->depth = 0;
}

static bool in_filter(uint64_t pc)
{
    uint32_t low = 0;
    uint32_t high = world.plan->filter;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (world.filter[middle] < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low < world.plan->filter && world.filter[low] == pc;
}

void world_announce(struct fiber *self, const struct request *request)
{
    struct wire_step *next = &self->shown->next;
    self->request = request;
    self->waits_since = world.points;
    next->thread = self->index;
    next->op = (uint8_t)request->op;
    next->flags =
        (uint8_t)(request->flags | (request->deadline_ns != NO_DEADLINE ? WIRE_TIMED : 0));
    next->size = request->size;
    next->object = request->object;
    next->pc = request->pc;
    next->second = request->second;
    next->own = self->shown->points;
    self->filtered = (request->op == WIRE_READ || request->op == WIRE_WRITE) &&
                     (world.plan->flags & WIRE_FILTERED) && !in_filter(request->pc);
}

/*
 * What can release a thread that repeats itself: whatever writes or releases. But not the locks that
 * it takes and gives back in each round of its loop itself: two threads that look at a variable under
 * a mutex by turns would release each other for ever, while a third, which is to set it, never goes on. What a thread
 * writes counts, in its loop as well.
 */
static bool is_change(struct fiber *fiber, const struct wire_step *step)
{
    if (!(wire_effect(step->op) & (WIRE_WRITES | WIRE_RELEASES)))
        return false;
    if (step->op < WIRE_LOCK || step->op > WIRE_RWLOCK_UNLOCK)
        return true;
    for (uint32_t i = 0; i < fiber->old_pc_count; i++)
        if (fiber->old_pcs[i] == step->pc)
            return false;
    for (uint32_t i = 0; i < fiber->pc_count; i++)
        if (fiber->pcs[i] == step->pc)
            return true;
    if (fiber->pc_count < SPIN_PCS)
        fiber->pcs[fiber->pc_count++] = step->pc;
    return true;
}

static bool set_back(const struct fiber *fiber)
{
    return fiber->set_back_at == world.changes + 1;
}

void world_pass(struct fiber *fiber, unsigned flags, uint64_t enabled)
{
    struct wire_step *next = &fiber->shown->next;
    if (set_back(fiber))
        flags |= WIRE_SET_BACK;
    fiber->shown->points++;
    fiber->last_step = NULL;
    world.clock += POINT_NS;
    world.memory_seen |= next->op >= WIRE_READ && next->op <= WIRE_ATOMIC_UPDATE;
    if (world.outcome->steps < world.step_room) {
        struct wire_step *step = &world.steps[world.outcome->steps];
        *step = *next;
        step->flags |= (uint8_t)flags;
        step->enabled = enabled;
        step->clock = (uint32_t)(world.clock / 1000);
        fiber->last_step = step;
        world.outcome->steps++;
    }
    fiber->counted = is_change(fiber, next);
    world.changes += fiber->counted;
    world.last = fiber->index;
    __atomic_store_n(&world.points, world.points + 1, __ATOMIC_RELAXED);
    world.outcome->points = world.points;
    if (__builtin_expect(world.plan->point_limit && world.points >= world.plan->point_limit, 0))
        runtime_end(fiber, WIRE_TOO_LONG, 0, next->pc, 0, NULL);
}

/* Nobody else has had the turn since, so nobody has seen the change. */
void runtime_unchanged(struct fiber *self)
{
    world.changes -= self->counted;
    self->counted = false;
}

void runtime_mark(struct fiber *self, unsigned flags)
{
    const struct wire_step *step = &self->shown->next;
    if (self->last_step)
        self->last_step->flags |= (uint8_t)flags;
    if (!(flags & WIRE_FAILED))
        return;
    runtime_unchanged(self);
    if (step->op != WIRE_ATOMIC_UPDATE)
        memory_tried(self, step->object, step->pc);
}

void runtime_changed(void)
{
    world.changes++;
}

void runtime_set_back(struct fiber *self)
{
    self->set_back_at = world.changes + 1;
    for (uint32_t i = 0; i < self->pc_count; i++)
        self->old_pcs[i] = self->pcs[i];
    self->old_pc_count = self->pc_count;
    self->pc_count = 0;
}

void world_lost(enum wire_lost why, uint64_t pc)
{
    if (world.outcome->lost == 0)
        world.outcome->lost_pc = pc;
    world.outcome->lost |= why;
}

void runtime_lost(enum wire_lost why, uint64_t pc)
{
    if (world.outcome)
        world_lost(why, pc);
}

uint64_t runtime_clock(void)
{
    return world.clock;
}

void runtime_clock_to(uint64_t ns)
{
    if (ns > world.clock)
        world.clock = ns;
}

const struct wire_plan *runtime_plan(void)
{
    return world.plan;
}

void world_no_memory(void)
{
    runtime_end(own_fiber, WIRE_UNFINISHED, 0, 0, 0, "no memory is left for the scheduler");
}
