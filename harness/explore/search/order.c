#include "explore/search/order.h"

#include "explore/search/order_races.h"
#include "explore/search/random.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/*
 * Clocks count a thread's steps: where clock[t] is n, its first n steps came before. A thread's clock changes by
 * acquiring alone; each state of it that a step saw is kept once, so that any two steps can be compared.
 */
struct order {
    const struct wire_step *steps;
    size_t count;
    unsigned threads;
    uint32_t *own;   /* by step: which of its thread's steps it is, from 0 */
    uint32_t *state; /* by step: its thread's clock behind it, as a number of `states` */
    uint32_t **states;
    size_t state_count;
    struct order_race *races;
    size_t race_count;
};

/* Objects of different kinds with the same number. */
enum kind { KIND_MEMORY, KIND_BORN, KIND_ENDED, KIND_SIGNALLED, KIND_DESCRIPTORS };

struct object {
    bool used;
    enum kind kind;
    uint64_t address;
    uint32_t *released; /* clocks; NULL: nothing was */
    uint32_t *
        gathering; /* by readers of a read-write lock; by arrivals at a barrier that is not open yet */
    uint16_t writer;           /* of a read-write lock */
    unsigned arrived, leaving; /* at a barrier: for its next round, and of the open one */
};

struct builder {
    struct order *order;
    uint32_t *current;    /* a row for each thread */
    uint32_t *positions;  /* steps of each so far */
    uint32_t *last_state; /* by thread; UINT32_MAX: its clock has changed since */
    struct object *objects;
    size_t room, used;
};

static struct object *object_of(struct builder *builder, enum kind kind, uint64_t address)
{
    if (builder->used * 2 >= builder->room) {
        struct object *old = builder->objects;
        size_t old_room = builder->room;
        builder->room = old_room ? old_room * 2 : 256;
        builder->objects = xcalloc(builder->room, sizeof *old);
        builder->used = 0;
        for (size_t i = 0; i < old_room; i++)
            if (old[i].used)
                *object_of(builder, old[i].kind, old[i].address) = old[i];
        free(old);
    }
    size_t at = (size_t)random_mix(address * 8 + kind) & (builder->room - 1);
    for (; builder->objects[at].used; at = (at + 1) & (builder->room - 1))
        if (builder->objects[at].address == address && builder->objects[at].kind == kind)
            return &builder->objects[at];
    builder->used++;
    builder->objects[at] =
        (struct object){.used = true, .kind = kind, .address = address, .writer = WIRE_NO_THREAD};
    return &builder->objects[at];
}

static uint32_t *clock_of(const struct builder *builder, uint16_t thread)
{
    return &builder->current[(size_t)thread * builder->order->threads];
}

static void acquire(struct builder *builder, uint16_t thread, const uint32_t *released)
{
    if (!released)
        return;
    uint32_t *clock = clock_of(builder, thread);
    for (unsigned i = 0; i < builder->order->threads; i++)
        if (i != thread && released[i] > clock[i]) {
            clock[i] = released[i];
            builder->last_state[thread] = UINT32_MAX;
        }
}

/* What the thread has done up to this step, the step included. `join`: beside what was released there before. */
static void release(const struct builder *builder, uint16_t thread, uint32_t **released, bool join)
{
    unsigned threads = builder->order->threads;
    const uint32_t *clock = clock_of(builder, thread);
    if (!*released)
        *released = xcalloc(threads, sizeof **released);
    else if (!join)
        memset(*released, 0, threads * sizeof **released);
    for (unsigned i = 0; i < threads; i++) {
        uint32_t value = i == thread ? builder->positions[thread] + 1 : clock[i];
        if (value > (*released)[i])
            (*released)[i] = value;
    }
}

static void unlock_shared(struct builder *builder, uint16_t thread, struct object *lock)
{
    if (lock->writer == thread) {
        lock->writer = WIRE_NO_THREAD;
        release(builder, thread, &lock->released, false);
    } else {
        release(builder, thread, &lock->gathering, true);
    }
}

/* The first to leave opens the barrier: who arrives from then on is of the next round. */
static void leave(struct builder *builder, uint16_t thread, struct object *barrier)
{
    if (barrier->leaving == 0) {
        free(barrier->released);
        barrier->released = barrier->gathering;
        barrier->gathering = NULL;
        barrier->leaving = barrier->arrived;
        barrier->arrived = 0;
    }
    barrier->leaving -= barrier->leaving > 0;
    acquire(builder, thread, barrier->released);
}

static void take_effect(struct builder *builder, const struct wire_step *step)
{
    uint16_t thread = step->thread;
    bool failed = (step->flags & WIRE_FAILED) != 0;
    bool had = !failed && !(step->flags & WIRE_LATE);
    struct object *object = NULL;
    switch (step->op) {
    case WIRE_CREATE:
        object = object_of(builder, KIND_BORN, step->object);
        release(builder, thread, &object->released, false);
        break;
    case WIRE_START:
        acquire(builder, thread, object_of(builder, KIND_BORN, thread)->released);
        break;
    case WIRE_END:
        object = object_of(builder, KIND_ENDED, thread);
        release(builder, thread, &object->released, false);
        break;
    case WIRE_JOIN:
        if (had)
            acquire(builder, thread, object_of(builder, KIND_ENDED, step->object)->released);
        break;
    case WIRE_SIGNAL_SEND:
        object = object_of(builder, KIND_SIGNALLED, step->object);
        release(builder, thread, &object->released, true);
        break;
    case WIRE_SIGNAL_HANDLE:
    case WIRE_SIGNAL_WAIT:
        acquire(builder, thread, object_of(builder, KIND_SIGNALLED, thread)->released);
        break;
    case WIRE_SEND:
    case WIRE_CLOSE:
        object = object_of(builder, KIND_DESCRIPTORS, 0);
        release(builder, thread, &object->released, true);
        break;
    case WIRE_RECEIVE:
    case WIRE_POLL:
        acquire(builder, thread, object_of(builder, KIND_DESCRIPTORS, 0)->released);
        break;
    case WIRE_WAIT:
        object = object_of(builder, KIND_MEMORY, step->second);
        release(builder, thread, &object->released, false);
        break;
    case WIRE_WAKE:
        acquire(builder, thread, object_of(builder, KIND_MEMORY, step->second)->released);
        break;
    case WIRE_WRITE_LOCK:
    case WIRE_TRY_WRITE_LOCK:
        if (!had)
            break;
        object = object_of(builder, KIND_MEMORY, step->object);
        object->writer = thread;
        acquire(builder, thread, object->released);
        acquire(builder, thread, object->gathering);
        break;
    case WIRE_RWLOCK_UNLOCK:
        unlock_shared(builder, thread, object_of(builder, KIND_MEMORY, step->object));
        break;
    case WIRE_BARRIER_ARRIVE:
        object = object_of(builder, KIND_MEMORY, step->object);
        release(builder, thread, &object->gathering, true);
        object->arrived++;
        break;
    case WIRE_BARRIER_LEAVE:
        leave(builder, thread, object_of(builder, KIND_MEMORY, step->object));
        break;
    case WIRE_ATOMIC_LOAD:
    case WIRE_LOCK:
    case WIRE_TRY_LOCK:
    case WIRE_SPIN_LOCK:
    case WIRE_SPIN_TRY_LOCK:
    case WIRE_READ_LOCK:
    case WIRE_TRY_READ_LOCK:
    case WIRE_SEM_WAIT:
    case WIRE_SEM_TRY_WAIT:
        if (had)
            acquire(builder, thread, object_of(builder, KIND_MEMORY, step->object)->released);
        break;
    case WIRE_ATOMIC_STORE:
    case WIRE_UNLOCK:
    case WIRE_SPIN_UNLOCK:
        object = object_of(builder, KIND_MEMORY, step->object);
        release(builder, thread, &object->released, false);
        break;
    case WIRE_SEM_POST:
        object = object_of(builder, KIND_MEMORY, step->object);
        release(builder, thread, &object->released, true);
        break;
    case WIRE_ATOMIC_UPDATE:
    case WIRE_ONCE:
        /* A compare-exchange that fails has read all the same; one that succeeds goes on what was released. */
        object = object_of(builder, KIND_MEMORY, step->object);
        acquire(builder, thread, object->released);
        if (!failed)
            release(builder, thread, &object->released, true);
        break;
    default:
        break;
    }
}

static void keep_state(struct builder *builder, size_t at)
{
    struct order *order = builder->order;
    uint16_t thread = order->steps[at].thread;
    if (builder->last_state[thread] == UINT32_MAX) {
        size_t size = order->threads * sizeof(uint32_t);
        uint32_t **state =
            xappend((void **)&order->states, &order->state_count, sizeof(uint32_t *));
        *state = xcalloc(order->threads, sizeof(uint32_t));
        memcpy(*state, clock_of(builder, thread), size);
        builder->last_state[thread] = (uint32_t)(order->state_count - 1);
    }
    order->state[at] = builder->last_state[thread];
}

static void build(struct order *order)
{
    struct builder builder = {.order = order};
    builder.current = xcalloc((size_t)order->threads * order->threads + 1, sizeof(uint32_t));
    builder.positions = xcalloc(order->threads + 1, sizeof(uint32_t));
    builder.last_state = xcalloc(order->threads + 1, sizeof(uint32_t));
    memset(builder.last_state, 0xff, order->threads * sizeof(uint32_t));
    for (size_t i = 0; i < order->count; i++) {
        const struct wire_step *step = &order->steps[i];
        take_effect(&builder, step);
        keep_state(&builder, i);
        order->own[i] = builder.positions[step->thread]++;
    }
    for (size_t i = 0; i < builder.room; i++) {
        free(builder.objects[i].released);
        free(builder.objects[i].gathering);
    }
    free(builder.objects);
    free(builder.current);
    free(builder.positions);
    free(builder.last_state);
}

struct order *order_new(const struct wire_step *steps, size_t count)
{
    struct order *order = xcalloc(1, sizeof *order);
    order->steps = steps;
    /* The program could have written over them: what lies behind the first that cannot be is left out. */
    while (order->count < count && steps[order->count].op < WIRE_OP_COUNT &&
           steps[order->count].thread < WIRE_THREADS) {
        if (steps[order->count].thread >= order->threads)
            order->threads = steps[order->count].thread + 1u;
        order->count++;
    }
    order->own = xcalloc(order->count + 1, sizeof *order->own);
    order->state = xcalloc(order->count + 1, sizeof *order->state);
    build(order);
    order->races = order_find_races(order, steps, order->count, &order->race_count);
    return order;
}

void order_free(struct order *order)
{
    if (!order)
        return;
    for (size_t i = 0; i < order->state_count; i++)
        free(order->states[i]);
    free(order->states);
    free(order->own);
    free(order->state);
    free(order->races);
    free(order);
}

bool order_before(const struct order *order, size_t a, size_t b)
{
    if (a >= order->count || b >= order->count)
        return false;
    uint16_t first = order->steps[a].thread;
    if (first == order->steps[b].thread)
        return a < b;
    return order->own[a] < order->states[order->state[b]][first];
}

const struct order_race *order_races(const struct order *order, size_t *count)
{
    *count = order->race_count;
    return order->races;
}
