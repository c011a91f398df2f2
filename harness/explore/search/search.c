#include "explore/search/search.h"

#include "explore/search/planning.h"
#include "explore/search/trace.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEPS_AT_ONCE = 50000, /* of a run from which all is learnt; of longer runs every fourth */
    BOUNDED_AT_ONCE = 4,   /* of a round of a mixed search with at least twice as many runs */
};

struct search *search_new(const struct search_options *options)
{
    struct search *search = xcalloc(1, sizeof *search);
    search->options = *options;
    search->learning.state = random_mix(options->seed + 1);
    if (options->kind != SEARCH_ONE) {
        struct bounded_options bounded = {.bound = options->bound, .round = ROUND_MOST};
        if (options->kind == SEARCH_MIX)
            bounded.round = BOUNDED_AT_ONCE;
        search->bounded = bounded_new(&bounded);
    }
    return search;
}

static void clear_round(struct search *search)
{
    for (size_t i = 0; i < search->slot_count; i++)
        free(search->slots[i].guide);
    search->slot_count = 0;
    free(search->filter);
    search->filter = NULL;
    search->filter_count = 0;
}

void search_free(struct search *search)
{
    if (!search)
        return;
    clear_round(search);
    knowledge_clear(&search->knowledge);
    flips_clear(&search->flips);
    trails_clear(&search->trails);
    if (search->bounded)
        bounded_free(search->bounded);
    free(search);
}

static size_t size_of_round(const struct search *search)
{
    static const size_t sizes[] = {1, 4, 8, 16};
    return search->round < 4 ? sizes[search->round] : ROUND_MOST;
}

/* The runs of the search in order that this round has; of a mixed one in its last places. */
static size_t begin_bounded(struct search *search, size_t size)
{
    if (search->options.kind == SEARCH_ONE ||
        (search->options.kind == SEARCH_MIX && size / 2 < BOUNDED_AT_ONCE))
        return 0;
    return bounded_round(search->bounded);
}

static void freeze_filter(struct search *search)
{
    const struct knowledge *knowledge = &search->knowledge;
    search->filter_count = knowledge->shared_count;
    search->filter = xcalloc(knowledge->shared_count + 1, sizeof *search->filter);
    if (knowledge->shared_count)
        memcpy(search->filter, knowledge->shared, knowledge->shared_count * sizeof *search->filter);
}

size_t search_round(struct search *search)
{
    clear_round(search);
    if (search->options.kind == SEARCH_MIX && search_exhausted(search).all)
        return 0;
    size_t size = size_of_round(search);
    size_t bounded = begin_bounded(search, size);
    if (search->options.kind == SEARCH_BOUNDED)
        size = bounded;
    freeze_filter(search);
    for (size_t i = 0; i < size; i++) {
        struct slot *slot = &search->slots[i];
        planning_begin(search, slot);
        slot->bounded = i + bounded >= size;
        if (slot->bounded) {
            slot->bounded_index = i + bounded - size;
            planning_in_order(search, slot);
        } else if (search->options.kind == SEARCH_MIX) {
            planning_mixed(search, slot);
        } else {
            planning_one(search, slot);
        }
        search->planned++;
    }
    search->slot_count = size;
    search->round++;
    return size;
}

int search_plan(struct search *search, size_t index, struct wire_block *block)
{
    const struct slot *slot = &search->slots[index];
    block->plan = slot->plan;
    if (slot->bounded)
        return bounded_plan(search->bounded, slot->bounded_index, block);
    if (slot->plan.flags & WIRE_FILTERED) {
        if (search->filter_count > block->filter_room)
            return -ENOSPC;
        memcpy(wire_filter(block), search->filter, search->filter_count * sizeof *search->filter);
        block->plan.filter = (uint32_t)search->filter_count;
    }
    /* A guide that does not fit is left out: what goes on behind it is a schedule as well. */
    if (slot->segments && slot->segments <= block->segments_room) {
        memcpy(wire_segments(block), slot->guide, slot->segments * sizeof *slot->guide);
        block->plan.segments = (uint32_t)slot->segments;
    }
    return 0;
}

void search_learn(struct search *search, size_t index, struct wire_block *block)
{
    const struct slot *slot = &search->slots[index];
    if (slot->bounded)
        bounded_learn(search->bounded, slot->bounded_index, block);
    if (search->options.kind == SEARCH_BOUNDED)
        return;
    size_t count =
        block->outcome.steps < block->steps_room ? block->outcome.steps : (size_t)block->steps_room;
    struct trace *trace = NULL;
    if (count && (count <= STEPS_AT_ONCE || search->knowledge.runs % 4 == 0))
        trace = trace_new(wire_steps(block), count);
    knowledge_learn(&search->knowledge, block, trace);
    if (trace && search->options.kind == SEARCH_MIX) {
        flips_learn(&search->flips, trace, &search->learning);
        flips_learn_cycles(&search->flips, trace, &search->learning);
        trails_learn(&search->trails, trace, &search->learning);
    }
    trace_free(trace);
}

const char *search_strategy(const struct search *search, size_t index)
{
    return search->slots[index].name;
}

struct search_exhausted search_exhausted(const struct search *search)
{
    struct search_exhausted none = {.bound = -1};
    if (!search->bounded)
        return none;
    struct bounded_exhausted exhausted = bounded_exhausted(search->bounded);
    return (struct search_exhausted){
        .bound = exhausted.bound, .schedules = exhausted.schedules, .all = exhausted.all};
}
