#include "explore/search/flips.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    RECENT = 8,       /* steps on one object that a step is paired with */
    FLIPS_MOST = 8192 /* of each kind */
};

struct flip *flips_item(struct flips *flips, enum flip_kind kind, bool guarded, uint64_t places,
                        struct random_source *random)
{
    struct flip_list *list = &flips->lists[kind][guarded];
    places = random_mix(places + (uint64_t)kind * 2 + guarded);
    if (flips->used * 2 >= flips->room) {
        uint64_t *old = flips->known;
        size_t old_room = flips->room;
        flips->room = old_room ? old_room * 2 : 256;
        flips->known = xcalloc(flips->room * 2, sizeof *flips->known);
        for (size_t i = 0; i < old_room; i++) {
            size_t at = (size_t)old[2 * i] & (flips->room - 1);
            if (!old[2 * i + 1])
                continue;
            while (flips->known[2 * at + 1])
                at = (at + 1) & (flips->room - 1);
            flips->known[2 * at] = old[2 * i];
            flips->known[2 * at + 1] = old[2 * i + 1];
        }
        free(old);
    }
    size_t at = (size_t)places & (flips->room - 1);
    for (; flips->known[2 * at + 1]; at = (at + 1) & (flips->room - 1))
        if (flips->known[2 * at] == places) {
            /* Another instance of the same places: one of them is kept. */
            struct flip *known = &list->items[flips->known[2 * at + 1] - 1];
            return random_once_in(random, 4) ? known : NULL;
        }
    if (list->count == FLIPS_MOST)
        return NULL;
    struct flip *made = xappend((void **)&list->items, &list->count, sizeof *made);
    flips->used++;
    flips->known[2 * at] = places;
    flips->known[2 * at + 1] = list->count;
    made->places = places;
    return made;
}

static uint64_t place_of(const struct trace *trace, const struct trace_span *span)
{
    const struct wire_step *step = &trace->steps[span->step];
    return random_mix(step->pc * 64 + step->op + (span->section == TRACE_NONE ? 0 : 1));
}

static bool is_guarded(const struct trace *trace, const struct trace_span *span)
{
    enum wire_op op = trace->steps[span->step].op;
    return span->section != TRACE_NONE || op > WIRE_FREE;
}

static struct wire_segment segment(uint16_t thread, enum wire_segment_kind kind, uint32_t until)
{
    return (struct wire_segment){.thread = thread, .kind = (uint16_t)kind, .until = until};
}

static void note_order(struct flips *flips, const struct trace *trace, uint32_t a, uint32_t b,
                       struct random_source *random)
{
    if (!trace_reversible(trace, a, b))
        return;
    struct trace_span first;
    struct trace_span second;
    trace_spans(trace, a, b, &first, &second);
    uint64_t places = random_mix(place_of(trace, &first) * 3 + place_of(trace, &second));
    struct flip *flip = flips_item(flips, FLIP_ORDER, is_guarded(trace, &first), places, random);
    if (!flip)
        return;
    uint16_t held = trace->steps[a].thread;
    uint16_t goes = trace->steps[b].thread;
    flip->threads[0] = held;
    flip->threads[1] = goes;
    flip->segments = 2;
    flip->guide[0] = segment(held, WIRE_HOLD, first.before);
    flip->guide[1] = segment(goes, WIRE_GO, second.past);
}

/* Whether step b between a1 and a2 is more than if it came before or behind both. */
static bool unserializable(const struct wire_step *a1, const struct wire_step *b,
                           const struct wire_step *a2)
{
    unsigned first = wire_effect(a1->op);
    unsigned between = wire_effect(b->op);
    unsigned last = wire_effect(a2->op);
    unsigned reads = WIRE_READS | WIRE_ACQUIRES;
    unsigned writes = WIRE_WRITES | WIRE_RELEASES;
    bool changed_under = (between & writes) && ((last & reads) || (first & reads));
    bool seen_half = (between & reads) && (first & writes) && (last & writes);
    return changed_under || seen_half;
}

static void note_atomicity(struct flips *flips, const struct trace *trace, uint32_t a1, uint32_t b,
                           uint32_t a2, struct random_source *random)
{
    const struct wire_step *steps = trace->steps;
    if (!wire_conflict(&steps[a1], &steps[b]) || !wire_conflict(&steps[b], &steps[a2]) ||
        !unserializable(&steps[a1], &steps[b], &steps[a2]) || trace_ordered(trace, a2, b) ||
        trace_ordered(trace, b, a1))
        return;
    struct trace_span first;
    struct trace_span last;
    struct trace_span between;
    struct trace_span again;
    trace_spans(trace, a1, b, &first, &between);
    trace_spans(trace, a2, b, &last, &again);
    if ((first.section != TRACE_NONE && first.section == last.section) || last.before < first.past)
        return;
    uint64_t places = random_mix(place_of(trace, &first) * 5 + place_of(trace, &between) * 3 +
                                 place_of(trace, &last));
    struct flip *flip =
        flips_item(flips, FLIP_ATOMICITY, is_guarded(trace, &first), places, random);
    if (!flip)
        return;
    uint16_t held = steps[a1].thread;
    uint16_t goes = steps[b].thread;
    flip->threads[0] = held;
    flip->threads[1] = goes;
    flip->segments = 4;
    flip->guide[0] =
        segment(goes, WIRE_HOLD, between.before < again.before ? between.before : again.before);
    flip->guide[1] = segment(held, WIRE_GO, first.past);
    flip->guide[2] = segment(held, WIRE_HOLD, last.before);
    flip->guide[3] = segment(goes, WIRE_GO, between.past > again.past ? between.past : again.past);
}

struct window {
    uint32_t steps[RECENT]; /* the last from each thread and place */
    unsigned count, next;
    uint32_t pairs[RECENT][2]; /* of one thread */
    unsigned pair_count, next_pair;
};

static void remember(struct window *window, const struct trace *trace, uint32_t at)
{
    const struct wire_step *step = &trace->steps[at];
    for (unsigned i = 0; i < window->count; i++) {
        const struct wire_step *other = &trace->steps[window->steps[i]];
        if (other->thread == step->thread && other->pc == step->pc && other->op == step->op) {
            window->steps[i] = at;
            return;
        }
    }
    window->steps[window->next] = at;
    window->next = (window->next + 1) % RECENT;
    window->count += window->count < RECENT;
}

static void learn_object(struct flips *flips, const struct trace *trace, size_t object,
                         uint32_t *last, struct random_source *random)
{
    struct window window = {.count = 0};
    for (uint32_t i = trace->first[object]; i < trace->first[object + 1]; i++) {
        uint32_t at = trace->on_object[i];
        const struct wire_step *step = &trace->steps[at];
        if (step->op == WIRE_UNLOCK || step->op == WIRE_SPIN_UNLOCK ||
            step->op == WIRE_RWLOCK_UNLOCK)
            continue;
        uint32_t before = last[step->thread];
        for (unsigned j = 0; j < window.count; j++) {
            if (trace->steps[window.steps[j]].thread == step->thread)
                continue;
            note_order(flips, trace, window.steps[j], at, random);
            if (before != TRACE_NONE)
                note_atomicity(flips, trace, before, window.steps[j], at, random);
        }
        for (unsigned j = 0; j < window.pair_count; j++)
            if (trace->steps[window.pairs[j][0]].thread != step->thread)
                note_atomicity(flips, trace, window.pairs[j][0], at, window.pairs[j][1], random);
        if (before != TRACE_NONE) {
            window.pairs[window.next_pair][0] = before;
            window.pairs[window.next_pair][1] = at;
            window.next_pair = (window.next_pair + 1) % RECENT;
            window.pair_count += window.pair_count < RECENT;
        }
        last[step->thread] = at;
        remember(&window, trace, at);
    }
    for (uint32_t i = trace->first[object]; i < trace->first[object + 1]; i++)
        last[trace->steps[trace->on_object[i]].thread] = TRACE_NONE;
}

void flips_learn(struct flips *flips, const struct trace *trace, struct random_source *random)
{
    uint32_t last[WIRE_THREADS];
    for (unsigned i = 0; i < WIRE_THREADS; i++)
        last[i] = TRACE_NONE;
    for (size_t i = 0; i < trace->objects; i++)
        learn_object(flips, trace, i, last, random);
}

static struct flip *least_tried(const struct flip_list *list)
{
    struct flip *least = NULL;
    for (size_t i = 0; i < list->count; i++)
        if (!least || list->items[i].tried < least->tried)
            least = &list->items[i];
    return least;
}

const struct flip *flips_take(struct flips *flips, enum flip_kind kind)
{
    struct flip *open = least_tried(&flips->lists[kind][0]);
    struct flip *guarded = least_tried(&flips->lists[kind][1]);
    /* Two of three are of memory that nothing guards. */
    struct flip *flip = !guarded || (open && flips->taken[kind] % 3 < 2) ? open : guarded;
    if (flip) {
        flip->tried++;
        flips->taken[kind]++;
    }
    return flip;
}

void flips_clear(struct flips *flips)
{
    for (int i = 0; i < FLIP_KINDS; i++) {
        free(flips->lists[i][0].items);
        free(flips->lists[i][1].items);
    }
    free(flips->known);
    *flips = (struct flips){.used = 0};
}
