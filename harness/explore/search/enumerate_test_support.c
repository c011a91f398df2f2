#include "explore/search/enumerate_test_support.h"

#include "explore/search/random.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 16 };

uint64_t signature_of(const struct wire_block *block)
{
    const struct wire_step *steps = wire_steps((struct wire_block *)block);
    size_t count = block->outcome.steps;
    uint64_t sum = random_mix(block->outcome.end * 64u + block->outcome.thread + 1u);
    uint32_t(*clocks)[MOST_THREADS] = xcalloc(count + 1, sizeof *clocks);
    for (size_t i = 0; i < count; i++) {
        const struct wire_step *step = &steps[i];
        for (size_t j = 0; j < i; j++) {
            if (steps[j].thread != step->thread && !wire_conflict(&steps[j], step))
                continue;
            for (size_t k = 0; k < MOST_THREADS; k++)
                if (clocks[j][k] > clocks[i][k])
                    clocks[i][k] = clocks[j][k];
        }
        clocks[i][step->thread] = step->own + 1;
        uint64_t event = random_mix(step->object ^ (uint64_t)step->op << 56 ^
                                    (uint64_t)(step->flags & (WIRE_LATE | WIRE_FAILED)) << 48);
        for (size_t k = 0; k < MOST_THREADS; k++)
            event = random_mix(event ^ clocks[i][k]) + k;
        sum += event;
    }
    free(clocks);
    return sum;
}

const struct class *classes_find(const struct classes *classes, uint64_t signature)
{
    for (size_t i = 0; i < classes->count; i++)
        if (classes->items[i].signature == signature)
            return &classes->items[i];
    return NULL;
}

void classes_add(struct classes *classes, uint64_t signature, unsigned preemptions)
{
    classes->schedules++;
    struct class *found = (struct class *)classes_find(classes, signature);
    if (!found) {
        found = xappend((void **)&classes->items, &classes->count, sizeof *found);
        *found = (struct class){signature, preemptions};
    }
    if (preemptions < found->preemptions)
        found->preemptions = preemptions;
}

size_t classes_up_to(const struct classes *classes, unsigned preemptions)
{
    size_t count = 0;
    for (size_t i = 0; i < classes->count; i++)
        count += classes->items[i].preemptions <= preemptions;
    return count;
}

void classes_free(struct classes *classes)
{
    free(classes->items);
    *classes = (struct classes){0};
}

bool could_go_on(const struct wire_step *steps, size_t at)
{
    if (at == 0)
        return false;
    if (steps[at].thread != steps[at - 1].thread)
        return (steps[at].flags & WIRE_PREEMPTED) != 0;
    return (steps[at].flags & WIRE_LATE) == 0;
}

/* Makes the guide to the next schedule in depth-first order behind the one in `steps`; `chosen` has what was tried. */
static bool next_schedule(struct wire_block *block, struct wire_step *steps, uint64_t *tried,
                          size_t *count, unsigned bound)
{
    while (*count > 0) {
        size_t at = --*count;
        unsigned cost = 0;
        for (size_t i = 1; i < at; i++)
            cost += could_go_on(steps, i) && steps[i].thread != steps[i - 1].thread;
        uint64_t open = steps[at].enabled & ~tried[at];
        if (could_go_on(steps, at) && cost >= bound)
            open &= (uint64_t)1 << steps[at - 1].thread;
        if (!open)
            continue;
        uint16_t thread = (uint16_t)__builtin_ctzll(open);
        tried[at] |= (uint64_t)1 << thread;
        uint32_t own[64] = {0};
        struct wire_segment *guide = wire_segments(block);
        for (size_t i = 0; i < at; i++) {
            own[steps[i].thread] = steps[i].own + 1;
            guide[i] = (struct wire_segment){steps[i].thread, WIRE_GO, steps[i].own + 1};
        }
        guide[at] = (struct wire_segment){thread, WIRE_GO, own[thread] + 1};
        block->plan.segments = (uint32_t)at + 1;
        *count = at + 1;
        return true;
    }
    return false;
}

bool enumerate(const struct sim_program *program, unsigned bound, size_t most,
               struct wire_block *block, struct classes *classes)
{
    struct wire_step *steps = xcalloc(block->steps_room, sizeof *steps);
    uint64_t *tried = xcalloc(block->steps_room, sizeof *tried);
    size_t count = 0;
    bool complete = true;
    block->plan.strategy = WIRE_STAY;
    block->plan.flags |= WIRE_RECORD;
    block->plan.segments = 0;
    do {
        sim_run(program, block);
        if (block->outcome.diverged || classes->schedules >= most) {
            complete = false;
            break;
        }
        classes_add(classes, signature_of(block), block->outcome.preemptions);
        size_t known = count;
        count = block->outcome.steps;
        memcpy(steps, wire_steps(block), count * sizeof *steps);
        for (size_t i = known; i < count; i++)
            tried[i] = (uint64_t)1 << steps[i].thread;
    } while (next_schedule(block, steps, tried, &count, bound));
    free(steps);
    free(tried);
    return complete;
}

enum { MOST_BODIES = 5, MOST_CODE = 16 };

struct maker {
    struct random_source random;
    struct sim_instruction code[MOST_BODIES][MOST_CODE];
    struct sim_body bodies[MOST_BODIES];
    size_t count[MOST_BODIES];
    struct sim_program program;
};

static void emit(struct maker *maker, size_t body, int op, unsigned object, int value)
{
    if (maker->count[body] < MOST_CODE)
        maker->code[body][maker->count[body]++] =
            (struct sim_instruction){.op = op, .object = object, .value = value};
}

/* One or a few operations of a thread. */
static void emit_some(struct maker *maker, size_t body, unsigned depth)
{
    unsigned word = random_below(&maker->random, 2);
    unsigned mutex = random_below(&maker->random, 2);
    switch (random_below(&maker->random, 10)) {
    case 0:
    case 1:
        emit(maker, body, WIRE_READ, word, 0);
        break;
    case 2:
    case 3:
        emit(maker, body, SIM_ADD, 0, (int)body);
        emit(maker, body, WIRE_WRITE, word, 0);
        break;
    case 4:
        emit(maker, body, WIRE_ATOMIC_UPDATE, word, 1);
        break;
    case 5:
        emit(maker, body, WIRE_READ, word, 0);
        emit(maker, body, SIM_UNLESS, (unsigned)maker->count[body] + 2, 0);
        emit(maker, body, WIRE_WRITE, 2, 0);
        break;
    case 6:
        emit(maker, body, random_below(&maker->random, 2) ? WIRE_SEM_POST : WIRE_SEM_WAIT, 0, 0);
        break;
    case 7:
        emit(maker, body, WIRE_TRY_LOCK, mutex, 0);
        emit(maker, body, SIM_UNLESS, (unsigned)maker->count[body] + 3, 1);
        emit(maker, body, WIRE_WRITE, word, 0);
        emit(maker, body, WIRE_UNLOCK, mutex, 0);
        break;
    default:
        emit(maker, body, WIRE_LOCK, mutex, 0);
        if (depth && random_below(&maker->random, 2))
            emit_some(maker, body, depth - 1);
        else if (random_below(&maker->random, 3) == 0) {
            emit(maker, body, WIRE_WAIT, 0, (int)mutex);
            maker->code[body][maker->count[body] - 1].timed = random_below(&maker->random, 2);
        } else if (random_below(&maker->random, 3) == 0)
            emit(maker, body, WIRE_SIGNAL, 0, 0);
        else
            emit(maker, body, WIRE_WRITE, word, 0);
        emit(maker, body, WIRE_UNLOCK, mutex, 0);
        break;
    }
}

const struct sim_program *random_program(uint64_t seed)
{
    static struct maker maker;
    maker = (struct maker){.random = {.state = seed}};
    unsigned threads = 2 + random_below(&maker.random, 2);
    for (unsigned i = 0; i < threads; i++)
        emit(&maker, 0, WIRE_CREATE, i + 1, 0);
    if (random_below(&maker.random, 3) == 0)
        emit_some(&maker, 0, 0);
    if (random_below(&maker.random, 4) != 0)
        for (unsigned i = 0; i < threads; i++)
            emit(&maker, 0, WIRE_JOIN, i, 0);
    for (size_t i = 1; i <= threads; i++) {
        unsigned parts = 1 + random_below(&maker.random, threads == 2 ? 3 : 2);
        for (unsigned j = 0; j < parts; j++)
            emit_some(&maker, i, 1);
    }
    for (size_t i = 0; i <= threads; i++)
        maker.bodies[i] = (struct sim_body){maker.code[i], maker.count[i]};
    maker.program = (struct sim_program){maker.bodies, threads + 1};
    return &maker.program;
}
