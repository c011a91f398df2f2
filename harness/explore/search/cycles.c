/* Locks that threads take in several orders: schedules in which each thread of a cycle has its outer lock. */
#include "explore/search/flips.h"

#include "model/memory.h"

#include <stdlib.h>

enum { EDGES_MOST = 512, TRIES_MOST = 20000, CYCLE_MOST = 10 };

/* A thread takes `inner` while it has `outer`. */
struct edge {
    uint16_t thread;
    uint64_t outer, inner;
    uint32_t step;                 /* at which it takes the inner one */
    const struct trace_held *held; /* then */
};

struct finder {
    struct flips *flips;
    const struct trace *trace;
    struct random_source *random;
    struct edge edges[EDGES_MOST];
    size_t count;
    unsigned tries;
    size_t path[CYCLE_MOST];
    unsigned length;
};

static bool takes(enum wire_op op)
{
    return op == WIRE_LOCK || op == WIRE_SPIN_LOCK || op == WIRE_READ_LOCK || op == WIRE_WRITE_LOCK;
}

static void find_edges(struct finder *finder)
{
    const struct trace *trace = finder->trace;
    for (size_t i = 0; i < trace->count; i++) {
        const struct wire_step *step = &trace->steps[i];
        if (!takes(step->op) || trace->alone[i])
            continue;
        const struct trace_held *held = &trace->held[i];
        for (unsigned h = 0; h < held->count && finder->count < EDGES_MOST; h++) {
            uint64_t outer = trace->sections[held->sections[h]].object;
            bool known = outer == step->object;
            for (size_t e = 0; e < finder->count && !known; e++) {
                const struct edge *edge = &finder->edges[e];
                known = edge->thread == step->thread && edge->outer == outer &&
                        edge->inner == step->object && trace->steps[edge->step].pc == step->pc;
            }
            if (!known)
                finder->edges[finder->count++] = (struct edge){.thread = step->thread,
                                                               .outer = outer,
                                                               .inner = step->object,
                                                               .step = (uint32_t)i,
                                                               .held = held};
        }
    }
}

/* A lock that both hold keeps them apart. */
static bool apart(const struct trace *trace, const struct edge *one, const struct edge *other)
{
    for (unsigned i = 0; i < one->held->count; i++)
        for (unsigned j = 0; j < other->held->count; j++)
            if (trace->sections[one->held->sections[i]].object ==
                trace->sections[other->held->sections[j]].object)
                return true;
    return trace_ordered(trace, one->step, other->step) ||
           trace_ordered(trace, other->step, one->step);
}

static void add(struct flip *flip, uint16_t thread, uint32_t until)
{
    if (flip->segments < FLIP_SEGMENTS)
        flip->guide[flip->segments++] =
            (struct wire_segment){.thread = thread, .kind = WIRE_GO, .until = until};
}

static void note_cycle(struct finder *finder)
{
    const struct trace *trace = finder->trace;
    uint64_t places = finder->length;
    for (unsigned i = 0; i < finder->length; i++)
        places += random_mix(trace->steps[finder->edges[finder->path[i]].step].pc +
                             finder->edges[finder->path[i]].thread);
    struct flip *flip = flips_item(finder->flips, FLIP_DEADLOCK, false, places, finder->random);
    if (!flip)
        return;
    flip->segments = 0;
    flip->threads[0] = finder->edges[finder->path[0]].thread;
    flip->threads[1] = finder->edges[finder->path[1]].thread;
    /* All are made, then each goes up to its inner lock. */
    for (unsigned i = 0; i < finder->length; i++) {
        const struct trace_life *life = &trace->lives[finder->edges[finder->path[i]].thread];
        if (life->parent != WIRE_NO_THREAD)
            add(flip, life->parent, life->created + 1);
    }
    for (unsigned i = 0; i < finder->length; i++) {
        const struct edge *edge = &finder->edges[finder->path[i]];
        add(flip, edge->thread, trace->steps[edge->step].own);
    }
}

/* Depth first, from the least edge of each cycle on. */
static void extend(struct finder *finder)
{
    const struct edge *first = &finder->edges[finder->path[0]];
    const struct edge *last = &finder->edges[finder->path[finder->length - 1]];
    if (finder->length > 1 && last->inner == first->outer) {
        note_cycle(finder);
        return;
    }
    if (finder->length == CYCLE_MOST)
        return;
    for (size_t e = finder->path[0] + 1; e < finder->count; e++) {
        const struct edge *edge = &finder->edges[e];
        if (++finder->tries > TRIES_MOST)
            return;
        bool fits = edge->outer == last->inner;
        for (unsigned i = 0; i < finder->length && fits; i++) {
            const struct edge *other = &finder->edges[finder->path[i]];
            fits = other->thread != edge->thread && !apart(finder->trace, other, edge);
        }
        if (!fits)
            continue;
        finder->path[finder->length++] = e;
        extend(finder);
        finder->length--;
    }
}

void flips_learn_cycles(struct flips *flips, const struct trace *trace,
                        struct random_source *random)
{
    struct finder *finder = xcalloc(1, sizeof *finder);
    finder->flips = flips;
    finder->trace = trace;
    finder->random = random;
    find_edges(finder);
    for (size_t e = 0; e < finder->count && finder->tries <= TRIES_MOST; e++) {
        finder->path[0] = e;
        finder->length = 1;
        extend(finder);
    }
    free(finder);
}
