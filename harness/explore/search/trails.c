#include "explore/search/trails.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum { TRAILS_MOST = 48, TURNS_MOST = 96, REACH = 4 };

struct part {
    uint32_t step; /* the first */
    struct wire_segment segment;
};

/* Where to leave the trail, and who goes on to where. */
struct turn {
    uint32_t step;
    uint32_t before; /* the stopped thread's own count there */
    uint16_t stopped;
    struct wire_segment goes;
};

struct trail {
    struct part *parts;
    size_t part_count;
    struct turn *turns;
    size_t turn_count;
};

static bool add(struct trails *trails, uint64_t value)
{
    if (trails->used * 2 >= trails->room) {
        uint64_t *old = trails->seen;
        size_t old_room = trails->room;
        trails->room = old_room ? old_room * 2 : 1024;
        trails->seen = xcalloc(trails->room, sizeof *trails->seen);
        trails->used = 0;
        for (size_t i = 0; i < old_room; i++)
            if (old[i])
                add(trails, old[i]);
        free(old);
    }
    size_t at = (size_t)value & (trails->room - 1);
    for (; trails->seen[at]; at = (at + 1) & (trails->room - 1))
        if (trails->seen[at] == value)
            return false;
    trails->seen[at] = value;
    trails->used++;
    return true;
}

static uint64_t place_of(const struct wire_step *step)
{
    return random_mix(step->pc * 64 + step->op);
}

/* Whether the run has a pair of places that is new: what was read or taken, and by whom it was left. */
static bool is_new(struct trails *trails, const struct trace *trace)
{
    bool new = false;
    for (size_t object = 0; object < trace->objects; object++) {
        const struct wire_step *left = NULL;
        for (uint32_t i = trace->first[object]; i < trace->first[object + 1]; i++) {
            const struct wire_step *step = &trace->steps[trace->on_object[i]];
            unsigned effect = wire_effect(step->op);
            if (left && left->thread != step->thread && (effect & (WIRE_READS | WIRE_ACQUIRES)) &&
                add(trails, random_mix(place_of(left) * 3 + place_of(step)) | 1))
                new = true;
            if (effect & (WIRE_WRITES | WIRE_RELEASES))
                left = step;
        }
    }
    return new;
}

static void clear(struct trail *trail)
{
    free(trail->parts);
    free(trail->turns);
    *trail = (struct trail){.part_count = 0};
}

static void note_parts(struct trail *trail, const struct trace *trace)
{
    for (size_t i = 0; i < trace->count; i++) {
        const struct wire_step *step = &trace->steps[i];
        if (i == 0 || step->thread != trace->steps[i - 1].thread) {
            struct part *part = xappend((void **)&trail->parts, &trail->part_count, sizeof *part);
            part->step = (uint32_t)i;
            part->segment.thread = step->thread;
        }
        trail->parts[trail->part_count - 1].segment.until = step->own + 1;
    }
}

static void note_turn(struct trail *trail, const struct trace *trace, uint32_t a, uint32_t b,
                      size_t *met, struct random_source *random)
{
    struct trace_span first;
    struct trace_span second;
    trace_spans(trace, a, b, &first, &second);
    struct turn turn = {
        .step = first.step,
        .before = first.before,
        .stopped = trace->steps[a].thread,
        .goes = {.thread = trace->steps[b].thread, .until = second.past},
    };
    /* A sample in which each is as likely. */
    if (trail->turn_count < TURNS_MOST) {
        *(struct turn *)xappend((void **)&trail->turns, &trail->turn_count, sizeof turn) = turn;
    } else {
        uint32_t at = random_below(random, (uint32_t)*met + 1);
        if (at < TURNS_MOST)
            trail->turns[at] = turn;
    }
    ++*met;
}

static void note_turns(struct trail *trail, const struct trace *trace, struct random_source *random)
{
    size_t met = 0;
    for (size_t object = 0; object < trace->objects; object++) {
        uint32_t from = trace->first[object];
        for (uint32_t i = from; i < trace->first[object + 1]; i++)
            for (uint32_t j = i - from < REACH ? from : i - REACH; j < i; j++)
                if (trace_reversible(trace, trace->on_object[j], trace->on_object[i]))
                    note_turn(trail, trace, trace->on_object[j], trace->on_object[i], &met, random);
    }
}

bool trails_learn(struct trails *trails, const struct trace *trace, struct random_source *random)
{
    if (!is_new(trails, trace))
        return false;
    struct trail trail = {.part_count = 0};
    note_turns(&trail, trace, random);
    if (!trail.turn_count)
        return false;
    note_parts(&trail, trace);
    if (trails->count < TRAILS_MOST) {
        *(struct trail *)xappend((void **)&trails->items, &trails->count, sizeof trail) = trail;
        return true;
    }
    struct trail *old = &trails->items[random_below(random, TRAILS_MOST)];
    clear(old);
    *old = trail;
    return true;
}

struct wire_segment *trails_take(const struct trails *trails, struct random_source *random,
                                 size_t *segments, uint16_t threads[2])
{
    if (!trails->count)
        return NULL;
    const struct trail *trail = &trails->items[random_below(random, (uint32_t)trails->count)];
    const struct turn *turn = &trail->turns[random_below(random, (uint32_t)trail->turn_count)];
    size_t count = 0;
    while (count < trail->part_count && trail->parts[count].step < turn->step)
        count++;
    struct wire_segment *guide = xcalloc(count + 1, sizeof *guide);
    for (size_t i = 0; i < count; i++)
        guide[i] = trail->parts[i].segment;
    /* The last part is cut where the turn lies within it. */
    if (count && (count == trail->part_count || trail->parts[count].step > turn->step))
        guide[count - 1].until = turn->before;
    guide[count] = turn->goes;
    threads[0] = turn->stopped;
    threads[1] = turn->goes.thread;
    *segments = count + 1;
    return guide;
}

void trails_clear(struct trails *trails)
{
    for (size_t i = 0; i < trails->count; i++)
        clear(&trails->items[i]);
    free(trails->items);
    free(trails->seen);
    *trails = (struct trails){.count = 0};
}
