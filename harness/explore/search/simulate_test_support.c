#include "explore/search/simulate_test_support.h"

#include "explore/runtime/strategy.h"

#include <stdlib.h>
#include <string.h>

struct sim_thread {
    unsigned body;
    size_t at; /* instruction; the body's count: WIRE_END is next */
    bool started, ended;
    int a, b;
    bool waiting, signalled; /* on a condition */
    unsigned since;          /* its turn among the waiters */
    bool set_back;
    uint16_t children[WIRE_THREADS];
    unsigned child_count;
};

struct sim {
    const struct sim_program *program;
    struct wire_block *block;
    int words[SIM_OBJECTS];
    int semaphores[SIM_OBJECTS];
    bool locked[SIM_OBJECTS];
    unsigned waits;
    struct sim_thread threads[WIRE_THREADS];
    unsigned count, made[WIRE_THREADS];
    uint16_t current;
    bool over;
};

struct wire_block *sim_block_new(size_t segments, size_t filter, size_t steps)
{
    size_t size = sizeof(struct wire_block) + segments * sizeof(struct wire_segment) +
                  filter * sizeof(uint64_t) + steps * sizeof(struct wire_step);
    struct wire_block *block = calloc(1, size + 16);
    if (!block)
        abort();
    block->magic = WIRE_MAGIC;
    block->version = WIRE_VERSION;
    block->size = size;
    block->filter_at = (sizeof *block + 7) & ~(uint64_t)7;
    block->filter_room = filter;
    block->steps_at = block->filter_at + filter * sizeof(uint64_t);
    block->steps_room = steps;
    block->segments_at = block->steps_at + steps * sizeof(struct wire_step);
    block->segments_room = segments;
    return block;
}

static struct wire_step *next_of(struct sim *sim, uint16_t index)
{
    return &sim->block->threads[index].next;
}

static uint64_t address_of(const struct sim *sim, const struct sim_thread *thread,
                           const struct sim_instruction *it)
{
    (void)sim;
    switch (it->op) {
    case WIRE_LOCK:
    case WIRE_TRY_LOCK:
    case WIRE_UNLOCK:
        return SIM_MUTEX(it->object);
    case WIRE_WAIT:
    case WIRE_SIGNAL:
    case WIRE_BROADCAST:
        return SIM_CONDITION(it->object);
    case WIRE_SEM_WAIT:
    case WIRE_SEM_POST:
        return SIM_SEMAPHORE(it->object);
    case WIRE_JOIN:
        return thread->children[it->object];
    case WIRE_CREATE:
        return sim->count;
    case WIRE_YIELD:
    case WIRE_SLEEP:
        return 0;
    default:
        return SIM_WORD(it->object);
    }
}

/* Does what is no point, up to the next one, and notes that as the thread's next step. */
static void announce(struct sim *sim, uint16_t index)
{
    struct sim_thread *thread = &sim->threads[index];
    const struct sim_body *body = &sim->program->bodies[thread->body];
    struct wire_step *next = next_of(sim, index);
    uint32_t own = sim->block->threads[index].points;
    *next = (struct wire_step){.thread = index, .own = own};
    if (!thread->started) {
        next->op = WIRE_START;
        next->object = index;
        next->second = SIM_START(thread->body);
        return;
    }
    for (; thread->at < body->count; thread->at++) {
        const struct sim_instruction *it = &body->code[thread->at];
        int a = thread->a;
        switch (it->op) {
        case SIM_SET:
            thread->a = it->value;
            continue;
        case SIM_ADD:
            thread->a += it->value;
            continue;
        case SIM_SWAP:
            thread->a = thread->b;
            thread->b = a;
            continue;
        case SIM_SUM:
            thread->a += thread->b;
            continue;
        case SIM_ASSERT:
            if (a != it->value && !sim->over) {
                sim->over = true;
                sim->block->outcome.end = WIRE_ASSERTED;
                sim->block->outcome.thread = index;
                sim->block->outcome.pc = SIM_PC(thread->body, thread->at);
            }
            continue;
        case SIM_UNLESS:
            if (a != it->value)
                thread->at = (size_t)it->object - 1;
            continue;
        default:
            break;
        }
        next->op = it->op == SIM_CAS ? WIRE_ATOMIC_UPDATE : it->op;
        next->flags = it->timed ? WIRE_TIMED : 0;
        next->object = address_of(sim, thread, it);
        next->pc = SIM_PC(thread->body, thread->at);
        if (it->op == WIRE_WAIT) {
            next->second = SIM_MUTEX((unsigned)it->value);
            next->op = thread->waiting ? WIRE_WAKE : WIRE_WAIT;
        }
        unsigned effect = wire_effect(next->op);
        if (next->object >= SIM_WORD(0) && next->object < SIM_WORD(SIM_OBJECTS) && effect)
            next->size = 8;
        return;
    }
    next->op = index ? WIRE_END : WIRE_EXIT;
    next->object = index;
}

/* 0: it cannot go on, 1: it can, 2: only late. */
static int can_go_on(const struct sim *sim, uint16_t index)
{
    const struct sim_thread *thread = &sim->threads[index];
    const struct wire_step *next = &sim->block->threads[index].next;
    const struct sim_body *body = &sim->program->bodies[thread->body];
    const struct sim_instruction *it = thread->at < body->count ? &body->code[thread->at] : NULL;
    if (thread->ended)
        return 0;
    switch (next->op) {
    case WIRE_LOCK:
        return !sim->locked[it->object];
    case WIRE_SEM_WAIT:
        return sim->semaphores[it->object] > 0;
    case WIRE_JOIN:
        return sim->threads[next->object].ended;
    case WIRE_WAKE:
        if (sim->locked[it->value])
            return 0;
        if (thread->signalled)
            return 1;
        return it->timed || (sim->block->plan.flags & WIRE_SPURIOUS) ? 2 : 0;
    default:
        return 1;
    }
}

static void signal_one(struct sim *sim, unsigned condition)
{
    struct sim_thread *first = NULL;
    for (size_t i = 0; i < sim->count; i++) {
        struct sim_thread *thread = &sim->threads[i];
        if (thread->waiting && !thread->signalled &&
            next_of(sim, i)->object == SIM_CONDITION(condition) &&
            (!first || thread->since < first->since))
            first = thread;
    }
    if (first)
        first->signalled = true;
}

static void create(struct sim *sim, uint16_t parent, unsigned body)
{
    struct sim_thread *thread = &sim->threads[sim->count];
    uint16_t index = (uint16_t)sim->count++;
    *thread = (struct sim_thread){.body = body, .a = (int)sim->made[body]++};
    struct wire_thread *noted = &sim->block->threads[index];
    *noted = (struct wire_thread){.parent = parent, .start = body ? SIM_START(body) : 0};
    if (parent == WIRE_NO_THREAD) {
        thread->started = true;
    } else {
        struct sim_thread *maker = &sim->threads[parent];
        maker->children[maker->child_count++] = index;
        noted->created = next_of(sim, parent)->pc;
    }
    announce(sim, index);
}

/* Returns the flags of the step. */
static unsigned perform(struct sim *sim, uint16_t index, bool late)
{
    struct sim_thread *thread = &sim->threads[index];
    const struct sim_body *body = &sim->program->bodies[thread->body];
    enum wire_op op = next_of(sim, index)->op;
    if (op == WIRE_START) {
        thread->started = true;
        return 0;
    }
    if (op == WIRE_END || op == WIRE_EXIT) {
        thread->ended = true;
        sim->over = sim->over || op == WIRE_EXIT;
        return 0;
    }
    const struct sim_instruction *it = &body->code[thread->at];
    bool stays = false;
    unsigned flags = late ? WIRE_LATE : 0;
    int was;
    switch (it->op) {
    case WIRE_READ:
    case WIRE_ATOMIC_LOAD:
        thread->a = sim->words[it->object];
        break;
    case WIRE_WRITE:
    case WIRE_ATOMIC_STORE:
        sim->words[it->object] = thread->a;
        break;
    case WIRE_ATOMIC_UPDATE:
        thread->a = sim->words[it->object];
        sim->words[it->object] += it->value;
        break;
    case SIM_CAS:
        was = sim->words[it->object];
        if (was == thread->b)
            sim->words[it->object] = thread->a;
        else
            flags |= WIRE_FAILED;
        thread->a = was == thread->b;
        break;
    case WIRE_LOCK:
        sim->locked[it->object] = true;
        break;
    case WIRE_TRY_LOCK:
        thread->a = !sim->locked[it->object];
        flags |= thread->a ? 0 : WIRE_FAILED;
        sim->locked[it->object] = true;
        break;
    case WIRE_UNLOCK:
        sim->locked[it->object] = false;
        break;
    case WIRE_WAIT:
        sim->locked[it->value] = op == WIRE_WAKE;
        stays = op == WIRE_WAIT;
        thread->waiting = stays;
        thread->since = sim->waits++;
        if (op == WIRE_WAKE && it->timed)
            thread->a = late;
        thread->signalled = false;
        break;
    case WIRE_SIGNAL:
        signal_one(sim, it->object);
        break;
    case WIRE_BROADCAST:
        for (unsigned i = 0; i < sim->count; i++)
            signal_one(sim, it->object);
        break;
    case WIRE_SEM_WAIT:
        sim->semaphores[it->object]--;
        break;
    case WIRE_SEM_POST:
        sim->semaphores[it->object]++;
        break;
    case WIRE_CREATE:
        create(sim, index, it->object);
        break;
    case WIRE_YIELD:
        thread->set_back = true;
        break;
    default:
        break;
    }
    thread->at += !stays;
    return flags;
}

static bool in_filter(struct wire_block *block, uint64_t pc)
{
    for (uint32_t i = 0; i < block->plan.filter; i++)
        if (wire_filter(block)[i] == pc)
            return true;
    return false;
}

static unsigned gather(struct sim *sim, struct candidate *candidates)
{
    unsigned count = 0;
    for (int set_back = 0; set_back < 2 && !count; set_back++) {
        for (size_t i = 0; i < sim->count; i++) {
            int can = sim->threads[i].set_back == set_back ? can_go_on(sim, i) : 0;
            if (!can)
                continue;
            const struct wire_step *next = next_of(sim, i);
            bool plain = next->op == WIRE_READ || next->op == WIRE_WRITE;
            candidates[count++] = (struct candidate){
                .thread = i,
                .late = can == 2,
                .set_back = set_back,
                .filtered = plain && (sim->block->plan.flags & WIRE_FILTERED) &&
                            !in_filter(sim->block, next->pc),
                .points = sim->block->threads[i].points,
                .next = next,
            };
        }
    }
    return count;
}

/* Chooses and does one step; false: nobody can go on. */
static bool step(struct sim *sim)
{
    struct candidate candidates[WIRE_THREADS];
    struct wire_block *block = sim->block;
    unsigned count = gather(sim, candidates);
    if (!count)
        return false;
    unsigned chosen = strategy_choose(sim->current, candidates, count);
    struct wire_step it = *candidates[chosen].next;
    bool filtered = false;
    for (unsigned i = 0; i < count; i++) {
        if (candidates[i].thread < 64)
            it.enabled |= 1ull << candidates[i].thread;
        if (candidates[i].thread == sim->current && i != chosen && !candidates[i].late)
            it.flags |= WIRE_PREEMPTED;
        if (candidates[i].thread == sim->current)
            filtered = candidates[i].filtered;
    }
    if (count > 1 && !filtered) {
        it.flags |= WIRE_DECIDED;
        block->outcome.decisions++;
    }
    block->outcome.switches += sim->current != it.thread;
    block->outcome.preemptions += (it.flags & WIRE_PREEMPTED) != 0;
    if (candidates[chosen].set_back)
        it.flags |= WIRE_SET_BACK;
    it.clock = (uint32_t)block->outcome.points;
    it.flags |= (uint8_t)perform(sim, it.thread, candidates[chosen].late);
    sim->current = sim->threads[it.thread].ended ? WIRE_NO_THREAD : it.thread;
    if (block->outcome.steps < block->steps_room && (block->plan.flags & WIRE_RECORD))
        wire_steps(block)[block->outcome.steps++] = it;
    block->outcome.points++;
    block->threads[it.thread].points++;
    block->threads[it.thread].ended = sim->threads[it.thread].ended;
    if (wire_effect(it.op) & (WIRE_WRITES | WIRE_RELEASES))
        for (unsigned i = 0; i < sim->count; i++)
            sim->threads[i].set_back = false;
    if (!sim->over)
        announce(sim, it.thread);
    return true;
}

void sim_run(const struct sim_program *program, struct wire_block *block)
{
    struct sim *sim = calloc(1, sizeof *sim);
    if (!sim)
        abort();
    sim->program = program;
    sim->block = block;
    memset(&block->outcome, 0, sizeof block->outcome);
    memset(block->threads, 0, sizeof block->threads);
    strategy_begin(&block->plan, wire_segments(block));
    create(sim, WIRE_NO_THREAD, 0);
    block->outcome.end = WIRE_EXITED;
    while (!sim->over) {
        if (block->plan.point_limit && block->outcome.points >= block->plan.point_limit) {
            block->outcome.end = WIRE_TOO_LONG;
            break;
        }
        if (!step(sim)) {
            block->outcome.end = WIRE_DEADLOCK;
            break;
        }
    }
    block->outcome.threads = (uint16_t)sim->count;
    block->outcome.diverged = strategy_diverged();
    free(sim);
}
