/*
 * Delta debugging (Zeller and Hildebrandt, IEEE TSE 2002) of a schedule's preemptions: parts of them are left out,
 * halves first, then ever smaller ones, for as long as the run still fails in the same way. Then single
 * blocks are moved. What a run really did is what is made smaller next, not what it was asked to do: a plan need not be
 * possible to be of use.
 */
#include "explore/search/minimise.h"

#include "explore/search/bounded.h"
#include "explore/search/minimise_blocks.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum { PROOF_ROUND = 8, CUTS = 16 };

enum pass {
    PASS_NOTHING, /* no guide at all */
    PASS_WITHOUT, /* delta debugging */
    PASS_FIRST,
    PASS_BEFORE,
    PASS_THREADS,
    PASS_AT_ONCE,
    PASS_EARLIER,
    PASS_LATER,
    PASS_PROOF,
    PASS_OVER,
};

struct minimiser {
    struct wire_plan plan; /* of the failing run, without its guide */
    size_t budget;
    uint16_t threads;
    /* The smallest failing run so far. */
    struct wire_step *steps;
    size_t count;
    uint32_t preemptions, switches;
    struct blocks blocks;
    struct wire_segment *guide;
    size_t segments;

    enum pass pass;
    size_t index;    /* of the next candidate in this pass */
    size_t parts;    /* into which the preemptions are divided */
    uint64_t *tried; /* hashes of guides */
    size_t tried_count;

    struct bounded *bounded;
    size_t round, planned; /* of the proof's round: runs, and those handed out */
    bool fewest;
};

static void take_best(struct minimiser *minimiser, struct wire_block *block)
{
    free(minimiser->steps);
    free(minimiser->guide);
    blocks_release(&minimiser->blocks);
    minimiser->count = block->outcome.steps;
    minimiser->steps = xcalloc(minimiser->count + 1, sizeof *minimiser->steps);
    memcpy(minimiser->steps, wire_steps(block), minimiser->count * sizeof *minimiser->steps);
    minimiser->preemptions = block->outcome.preemptions;
    minimiser->switches = block->outcome.switches;
    minimiser->threads = block->outcome.threads;
    minimiser->blocks = blocks_of(minimiser->steps, minimiser->count);
    minimiser->guide = guide_of_steps(minimiser->steps, minimiser->count, &minimiser->segments);
}

static bool is_complete(const struct wire_block *block)
{
    return block->outcome.steps > 0 && block->outcome.steps == block->outcome.points;
}

struct minimiser *minimiser_new(struct wire_block *block, size_t budget)
{
    struct minimiser *minimiser = xcalloc(1, sizeof *minimiser);
    minimiser->plan = block->plan;
    minimiser->plan.strategy = WIRE_STAY;
    minimiser->plan.segments = 0;
    minimiser->plan.filter = 0;
    minimiser->plan.flags = (minimiser->plan.flags & ~(unsigned)WIRE_FILTERED) | WIRE_RECORD;
    minimiser->budget = budget;
    minimiser->parts = 2;
    take_best(minimiser, block);
    if (!is_complete(block))
        minimiser->pass = PASS_OVER;
    return minimiser;
}

void minimiser_free(struct minimiser *minimiser)
{
    if (!minimiser)
        return;
    free(minimiser->steps);
    free(minimiser->guide);
    free(minimiser->tried);
    blocks_release(&minimiser->blocks);
    bounded_free(minimiser->bounded);
    free(minimiser);
}

static size_t at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many candidates the pass has for the smallest run as it is. */
static size_t candidates(const struct minimiser *minimiser)
{
    const struct blocks *blocks = &minimiser->blocks;
    switch (minimiser->pass) {
    case PASS_NOTHING:
        return 1;
    case PASS_WITHOUT:
        return at_most(minimiser->parts, blocks->preemption_count);
    case PASS_FIRST:
        return at_most(blocks->preemption_count, CUTS);
    case PASS_BEFORE:
        return blocks->preemption_count;
    case PASS_THREADS:
    case PASS_AT_ONCE:
        return minimiser->threads;
    case PASS_EARLIER:
    case PASS_LATER:
        return blocks->count;
    default:
        return 0;
    }
}

static struct order_of_blocks candidate(const struct minimiser *minimiser, size_t index)
{
    const struct blocks *blocks = &minimiser->blocks;
    size_t all = blocks->preemption_count;
    size_t parts = candidates(minimiser);
    switch (minimiser->pass) {
    case PASS_WITHOUT:
        return blocks_without(blocks, index * all / parts, (index + 1) * all / parts);
    case PASS_FIRST:
        return blocks_first(blocks, blocks->preemptions[index * all / parts] + 2);
    case PASS_BEFORE:
        return blocks_before(blocks, index);
    case PASS_THREADS:
        return blocks_without_thread(blocks, (uint16_t)index);
    case PASS_AT_ONCE:
        return blocks_at_once(blocks, (uint16_t)index);
    case PASS_EARLIER:
        return blocks_earlier(blocks, index);
    case PASS_LATER:
        return blocks_later(blocks, index);
    default:
        return blocks_first(blocks, 0);
    }
}

/* False: a guide like this was tried before. */
static bool is_new(struct minimiser *minimiser, const struct wire_segment *guide, size_t count)
{
    uint64_t hash = 0xcbf29ce484222325u ^ count;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((uint64_t)guide[i].thread << 32 | guide[i].until)) * 0x100000001b3u;
    for (size_t i = 0; i < minimiser->tried_count; i++)
        if (minimiser->tried[i] == hash)
            return false;
    *(uint64_t *)xappend((void **)&minimiser->tried, &minimiser->tried_count, sizeof hash) = hash;
    return true;
}

static void next_pass(struct minimiser *minimiser)
{
    minimiser->index = 0;
    if (minimiser->pass == PASS_WITHOUT && minimiser->parts < minimiser->blocks.preemption_count) {
        minimiser->parts *= 2;
        return;
    }
    minimiser->pass++;
}

static bool plan_candidate(struct minimiser *minimiser, struct wire_block *block)
{
    while (minimiser->pass < PASS_PROOF) {
        if (minimiser->index >= candidates(minimiser)) {
            next_pass(minimiser);
            continue;
        }
        struct order_of_blocks order = candidate(minimiser, minimiser->index++);
        size_t count;
        struct wire_segment *guide = blocks_guide(&minimiser->blocks, &order, &count);
        free(order.items);
        bool good = count <= block->segments_room && is_new(minimiser, guide, count);
        if (good) {
            memcpy(wire_segments(block), guide, count * sizeof *guide);
            block->plan.segments = (uint32_t)count;
        }
        free(guide);
        if (good)
            return true;
    }
    return false;
}

/* Every schedule with fewer preemptions, by their number. */
static bool plan_proof(struct minimiser *minimiser, struct wire_block *block)
{
    if (minimiser->preemptions == 0) {
        minimiser->fewest = true;
        return false;
    }
    if (!minimiser->bounded) {
        struct bounded_options options = {.bound = minimiser->preemptions - 1,
                                          .round = PROOF_ROUND};
        minimiser->bounded = bounded_new(&options);
    }
    if (minimiser->planned == minimiser->round) {
        minimiser->round = bounded_round(minimiser->bounded);
        minimiser->planned = 0;
        if (minimiser->round == 0 || bounded_level(minimiser->bounded) >= minimiser->preemptions) {
            struct bounded_exhausted exhausted = bounded_exhausted(minimiser->bounded);
            minimiser->fewest = exhausted.all || exhausted.bound + 1 >= (int)minimiser->preemptions;
            return false;
        }
    }
    return bounded_plan(minimiser->bounded, minimiser->planned++, block) == 0;
}

bool minimiser_next(struct minimiser *minimiser, struct wire_block *block)
{
    if (minimiser->pass == PASS_OVER)
        return false;
    block->plan = minimiser->plan;
    bool found = minimiser->budget > 0 && plan_candidate(minimiser, block);
    if (!found && minimiser->pass == PASS_PROOF &&
        (minimiser->budget > 0 || !minimiser->preemptions))
        found = plan_proof(minimiser, block);
    if (!found)
        minimiser->pass = PASS_OVER;
    else
        minimiser->budget--;
    return found;
}

static bool is_smaller(const struct minimiser *minimiser, const struct wire_outcome *outcome)
{
    if (outcome->preemptions != minimiser->preemptions)
        return outcome->preemptions < minimiser->preemptions;
    if (outcome->switches != minimiser->switches)
        return outcome->switches < minimiser->switches;
    return outcome->steps < minimiser->count;
}

void minimiser_tell(struct minimiser *minimiser, bool same, struct wire_block *block)
{
    bool smaller = same && is_complete(block) && is_smaller(minimiser, &block->outcome);
    if (minimiser->pass == PASS_PROOF)
        bounded_learn(minimiser->bounded, minimiser->planned - 1, block);
    if (!smaller)
        return;
    take_best(minimiser, block);
    if (minimiser->pass == PASS_PROOF)
        return;
    minimiser->index = 0;
    if (minimiser->pass == PASS_WITHOUT)
        minimiser->parts = minimiser->parts > 3 ? minimiser->parts - 1 : 2;
    else
        minimiser->pass = PASS_WITHOUT;
}

const struct wire_segment *minimiser_guide(const struct minimiser *minimiser, size_t *count)
{
    *count = minimiser->segments;
    return minimiser->guide;
}

size_t minimiser_preemptions(const struct minimiser *minimiser)
{
    return minimiser->preemptions;
}

bool minimiser_fewest(const struct minimiser *minimiser)
{
    return minimiser->fewest;
}
