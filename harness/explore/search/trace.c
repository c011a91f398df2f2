#include "explore/search/trace.h"

#include "explore/search/random.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum { GRANULES_MOST = 64 };

struct granule {
    uint64_t key;   /* + 1; 0: free */
    uint16_t first; /* thread */
    bool shared, changed;
    uint32_t steps; /* then: where its steps end */
    uint32_t object;
};

struct table {
    struct granule *slots;
    size_t room, used;
};

static struct granule *slot_of(struct table *table, uint64_t key)
{
    size_t at = (size_t)random_mix(key + 1) & (table->room - 1);
    while (table->slots[at].key && table->slots[at].key != key + 1)
        at = (at + 1) & (table->room - 1);
    return &table->slots[at];
}

static struct granule *granule_of(struct table *table, uint64_t key)
{
    if (table->used * 2 >= table->room) {
        struct table old = *table;
        table->room = old.room ? old.room * 2 : 1024;
        table->slots = xcalloc(table->room, sizeof *table->slots);
        for (size_t i = 0; i < old.room; i++)
            if (old.slots[i].key)
                *slot_of(table, old.slots[i].key - 1) = old.slots[i];
        free(old.slots);
    }
    struct granule *slot = slot_of(table, key);
    if (!slot->key) {
        table->used++;
        *slot = (struct granule){.key = key + 1, .first = WIRE_NO_THREAD, .object = TRACE_NONE};
    }
    return slot;
}

/* 0: it touches nothing that has an identity here. */
static uint64_t key_of(const struct wire_step *step)
{
    switch (step->op) {
    case WIRE_NONE:
    case WIRE_START:
    case WIRE_END:
    case WIRE_CREATE:
    case WIRE_JOIN:
    case WIRE_FENCE:
    case WIRE_SLEEP:
    case WIRE_YIELD:
    case WIRE_CLOCK:
    case WIRE_OUTSIDE:
    case WIRE_EXIT:
    case WIRE_SIGNAL_SEND:
    case WIRE_SIGNAL_HANDLE:
    case WIRE_CANCEL:
        return 0;
    case WIRE_RECEIVE:
    case WIRE_SEND:
    case WIRE_POLL:
    case WIRE_CLOSE:
        return UINT64_C(1) << 62;
    default:
        return step->object >> 3;
    }
}

static unsigned granules_of(const struct wire_step *step)
{
    if (!step->size)
        return 1;
    uint64_t count = ((step->object + step->size - 1) >> 3) - (step->object >> 3) + 1;
    return count < GRANULES_MOST ? (unsigned)count : GRANULES_MOST;
}

static void note_lives(struct trace *trace)
{
    unsigned alive = 1;
    for (unsigned i = 0; i < WIRE_THREADS; i++)
        trace->lives[i] =
            (struct trace_life){.parent = WIRE_NO_THREAD, .joined_by = WIRE_NO_THREAD};
    for (size_t i = 0; i < trace->count; i++) {
        const struct wire_step *step = &trace->steps[i];
        trace->alone[i] = alive <= 1;
        if (step->op == WIRE_END)
            alive -= alive > 1;
        if (step->object >= WIRE_THREADS)
            continue;
        struct trace_life *life = &trace->lives[step->object];
        if (step->op == WIRE_CREATE && step->object > step->thread) {
            alive++;
            life->parent = step->thread;
            life->created = step->own;
        } else if (step->op == WIRE_JOIN && !(step->flags & (WIRE_LATE | WIRE_FAILED))) {
            life->joined_by = step->thread;
            life->joined = step->own;
        }
    }
}

static void take(struct trace *trace, struct trace_held *held, size_t at, uint64_t object)
{
    const struct wire_step *step = &trace->steps[at];
    if (held->count == TRACE_HELD_MOST)
        return;
    held->sections[held->count++] = (uint32_t)trace->section_count;
    struct trace_section *section =
        xappend((void **)&trace->sections, &trace->section_count, sizeof *section);
    *section = (struct trace_section){
        .object = object, .step = (uint32_t)at, .acquired = step->own, .released = UINT32_MAX};
}

static void give(struct trace *trace, struct trace_held *held, size_t at, uint64_t object)
{
    for (unsigned i = held->count; i-- > 0;) {
        struct trace_section *section = &trace->sections[held->sections[i]];
        if (section->object != object)
            continue;
        section->released = trace->steps[at].own;
        held->count--;
        memmove(&held->sections[i], &held->sections[i + 1],
                (held->count - i) * sizeof *held->sections);
        return;
    }
}

static void note_sections(struct trace *trace)
{
    struct trace_held *now = xcalloc(WIRE_THREADS, sizeof *now);
    for (size_t i = 0; i < trace->count; i++) {
        const struct wire_step *step = &trace->steps[i];
        struct trace_held *held = &now[step->thread];
        trace->held[i] = *held;
        switch (step->op) {
        case WIRE_LOCK:
        case WIRE_TRY_LOCK:
        case WIRE_SPIN_LOCK:
        case WIRE_SPIN_TRY_LOCK:
        case WIRE_READ_LOCK:
        case WIRE_TRY_READ_LOCK:
        case WIRE_WRITE_LOCK:
        case WIRE_TRY_WRITE_LOCK:
            if (!(step->flags & WIRE_FAILED))
                take(trace, held, i, step->object);
            break;
        case WIRE_WAKE:
            take(trace, held, i, step->second);
            break;
        case WIRE_WAIT:
            give(trace, held, i, step->second);
            break;
        case WIRE_UNLOCK:
        case WIRE_SPIN_UNLOCK:
        case WIRE_RWLOCK_UNLOCK:
            give(trace, held, i, step->object);
            break;
        default:
            break;
        }
    }
    free(now);
}

static void note_sharing(struct trace *trace, struct table *table)
{
    for (size_t i = 0; i < trace->count; i++) {
        const struct wire_step *step = &trace->steps[i];
        uint64_t key = key_of(step);
        if (!key || trace->alone[i])
            continue;
        bool changes = (wire_effect(step->op) & (WIRE_WRITES | WIRE_RELEASES)) != 0;
        unsigned granules = granules_of(step);
        for (unsigned g = 0; g < granules; g++) {
            struct granule *granule = granule_of(table, key + g);
            if (granule->first == WIRE_NO_THREAD)
                granule->first = step->thread;
            granule->shared = granule->shared || granule->first != step->thread;
            granule->changed = granule->changed || changes;
        }
    }
}

/* Each step goes to the first shared granule that it touches. */
static void note_objects(struct trace *trace, struct table *table)
{
    for (size_t i = 0; i < trace->count; i++) {
        const struct wire_step *step = &trace->steps[i];
        uint64_t key = key_of(step);
        trace->object_of[i] = TRACE_NONE;
        unsigned granules = key && !trace->alone[i] ? granules_of(step) : 0;
        for (unsigned g = 0; g < granules && trace->object_of[i] == TRACE_NONE; g++) {
            struct granule *granule = granule_of(table, key + g);
            if (!granule->shared || !granule->changed)
                continue;
            if (granule->object == TRACE_NONE)
                granule->object = (uint32_t)trace->objects++;
            granule->steps++;
            trace->object_of[i] = granule->object;
        }
    }
    trace->first = xcalloc(trace->objects + 2, sizeof *trace->first);
    trace->on_object = xcalloc(trace->count + 1, sizeof *trace->on_object);
    for (size_t i = 0; i < table->room; i++)
        if (table->slots[i].key && table->slots[i].object != TRACE_NONE)
            trace->first[table->slots[i].object + 2] = table->slots[i].steps;
    for (size_t i = 2; i < trace->objects + 2; i++)
        trace->first[i] += trace->first[i - 1];
    for (size_t i = 0; i < trace->count; i++)
        if (trace->object_of[i] != TRACE_NONE)
            trace->on_object[trace->first[trace->object_of[i] + 1]++] = (uint32_t)i;
}

struct trace *trace_new(const struct wire_step *steps, size_t count)
{
    struct trace *trace = xcalloc(1, sizeof *trace);
    struct table table = {0};
    /* The program could have written over them. */
    size_t sound = 0;
    while (sound < count && steps[sound].op < WIRE_OP_COUNT && steps[sound].thread < WIRE_THREADS)
        sound++;
    count = sound;
    trace->steps = steps;
    trace->count = count;
    trace->object_of = xcalloc(count + 1, sizeof *trace->object_of);
    trace->alone = xcalloc(count + 1, sizeof *trace->alone);
    trace->held = xcalloc(count + 1, sizeof *trace->held);
    trace->lives = xcalloc(WIRE_THREADS, sizeof *trace->lives);
    note_lives(trace);
    note_sections(trace);
    note_sharing(trace, &table);
    note_objects(trace, &table);
    free(table.slots);
    return trace;
}

void trace_free(struct trace *trace)
{
    if (!trace)
        return;
    free(trace->first);
    free(trace->on_object);
    free(trace->object_of);
    free(trace->alone);
    free(trace->sections);
    free(trace->held);
    free(trace->lives);
    free(trace);
}

static struct trace_span span_of(const struct trace *trace, uint32_t step, uint32_t section)
{
    uint32_t own = trace->steps[step].own;
    if (section == TRACE_NONE)
        return (struct trace_span){step, own, own + 1, section};
    const struct trace_section *it = &trace->sections[section];
    uint32_t released = it->released == UINT32_MAX ? own : it->released;
    return (struct trace_span){it->step, it->acquired, released + 1, section};
}

void trace_spans(const struct trace *trace, uint32_t a, uint32_t b, struct trace_span *span_a,
                 struct trace_span *span_b)
{
    const struct trace_held *held_a = &trace->held[a];
    const struct trace_held *held_b = &trace->held[b];
    uint32_t section_a = TRACE_NONE;
    uint32_t section_b = TRACE_NONE;
    for (unsigned i = 0; i < held_a->count && section_a == TRACE_NONE; i++)
        for (unsigned j = 0; j < held_b->count && section_a == TRACE_NONE; j++)
            if (trace->sections[held_a->sections[i]].object ==
                trace->sections[held_b->sections[j]].object) {
                section_a = held_a->sections[i];
                section_b = held_b->sections[j];
            }
    *span_a = span_of(trace, a, section_a);
    *span_b = span_of(trace, b, section_b);
}

bool trace_ordered(const struct trace *trace, uint32_t a, uint32_t b)
{
    const struct wire_step *first = &trace->steps[a];
    const struct wire_step *second = &trace->steps[b];
    const struct trace_life *lives = trace->lives;
    for (uint16_t child = second->thread; child < WIRE_THREADS; child = lives[child].parent)
        if (lives[child].parent == first->thread)
            return lives[child].created > first->own;
    const struct trace_life *ended = &lives[first->thread];
    return ended->joined_by == second->thread && ended->joined < second->own;
}

bool trace_reversible(const struct trace *trace, uint32_t a, uint32_t b)
{
    static const bool never[WIRE_OP_COUNT] = {
        [WIRE_UNLOCK] = true, [WIRE_SPIN_UNLOCK] = true,   [WIRE_RWLOCK_UNLOCK] = true,
        [WIRE_WAKE] = true,   [WIRE_BARRIER_LEAVE] = true, [WIRE_INIT] = true,
    };
    const struct wire_step *first = &trace->steps[a];
    const struct wire_step *second = &trace->steps[b];
    return !never[first->op] && !never[second->op] && wire_conflict(first, second) &&
           !trace_ordered(trace, a, b);
}
