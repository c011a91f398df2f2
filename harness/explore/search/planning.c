#include "explore/search/planning.h"

#include "explore/search/mix.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    MANY_THREADS = 8,
    UNFILTERED_EVERY = 8,
    POINTS_AT_FIRST = 2000000,
    POINTS_AT_LEAST = 200000,
};

static const char *pct_name(unsigned depth)
{
    static const char *const names[] = {"pct",   "pct 1", "pct 2", "pct 3", "pct 4", "pct 5",
                                        "pct 6", "pct 7", "pct 8", "pct 9", "pct 10"};
    return depth < sizeof names / sizeof names[0] ? names[depth] : names[0];
}

static uint32_t length_of(const struct search *search, const struct wire_plan *plan)
{
    bool filtered = (plan->flags & WIRE_FILTERED) != 0;
    uint32_t length = search->knowledge.length[filtered];
    if (!length)
        length = search->knowledge.length[!filtered];
    return length ? length : 100;
}

void planning_begin(struct search *search, struct slot *slot)
{
    uint64_t number = search->planned;
    const struct search_options *options = &search->options;
    *slot = (struct slot){.name = "", .plan = {.depth = 1}};
    slot->plan.seed = random_mix(random_mix(options->seed) + number);
    slot->plan.flags = WIRE_RECORD | (options->flags & (WIRE_SPURIOUS | WIRE_BUFFERED));
    uint64_t limit = options->point_limit;
    if (!limit && search->knowledge.runs)
        limit = search->knowledge.points * 20 + POINTS_AT_LEAST;
    slot->plan.point_limit =
        limit ? (uint32_t)(limit < UINT32_MAX ? limit : UINT32_MAX) : POINTS_AT_FIRST;
}

static void use(struct search *search, struct slot *slot, enum wire_strategy strategy,
                unsigned depth)
{
    slot->plan.strategy = strategy;
    slot->plan.depth = depth;
    slot->plan.length = length_of(search, &slot->plan);
    slot->name = strategy == WIRE_PCT ? pct_name(depth) : wire_strategy_word(strategy);
}

static void use_focus(struct search *search, struct slot *slot, struct random_source *random)
{
    unsigned size = random_once_in(random, 4) ? 3 : 2;

    use(search, slot, WIRE_FOCUS, 1 + random_below(random, 4));
    knowledge_focus(&search->knowledge, random, size, &slot->plan);
    uint32_t length = 0;
    for (unsigned i = 0; i < slot->plan.focus_count; i++)
        length += search->knowledge.decided[slot->plan.focus[i]];
    slot->plan.length = length ? length : 1;
}

/*
 * What most regular alternations come to: the shortest turns first, by what a round of a loop is likely to end with. Then
 * anything: quanta of each thread's own, one object, another order.
 */
static void use_turns(struct search *search, struct slot *slot, struct random_source *random)
{
    static const struct {
        enum wire_unit unit;
        uint32_t quantum;
        bool late;
    } first[] = {
        {WIRE_BY_CHANGES, 1, false}, {WIRE_BY_RELEASES, 1, false}, {WIRE_BY_CHANGES, 2, false},
        {WIRE_BY_STEPS, 2, false},   {WIRE_BY_STEPS, 1, false},    {WIRE_BY_STEPS, 3, false},
        {WIRE_BY_CHANGES, 1, true},  {WIRE_BY_RELEASES, 2, false}, {WIRE_BY_STEPS, 4, false},
    };
    enum { FIRST = sizeof first / sizeof first[0], QUANTUM_MOST = 8 };
    size_t number = search->turns++;
    use(search, slot, WIRE_TURNS, 0);
    if (number < FIRST) {
        slot->plan.unit = (uint16_t)first[number].unit;
        slot->plan.quantum = first[number].quantum;
        slot->plan.late = first[number].late;
        return;
    }
    if (random_once_in(random, 3))
        knowledge_interest(&search->knowledge, random, &slot->plan);
    memset(slot->plan.weight, 0, sizeof slot->plan.weight);
    slot->plan.unit = (uint16_t)random_below(random, WIRE_UNIT_COUNT);
    slot->plan.quantum = 1 + random_below(random, 1 + random_below(random, QUANTUM_MOST));
    slot->plan.first = random_once_in(random, 2) ? 1 + random_below(random, QUANTUM_MOST) : 0;
    slot->plan.late = random_once_in(random, 3);
    slot->plan.reversed = random_once_in(random, 2);
    if (random_once_in(random, 3))
        for (unsigned i = 0; i < search->knowledge.threads; i++)
            slot->plan.weight[i] = 1 + random_below(random, QUANTUM_MOST);
    if (search->knowledge.threads > 3 && random_once_in(random, 2))
        knowledge_focus(&search->knowledge, random, 2, &slot->plan);
}

/*
 * What goes on around a guide: mostly few switches, so that what the guide arranged is not disturbed. Of many threads
 * there is often another that does just what one is held back from.
 */
static void use_around(struct search *search, struct slot *slot, struct random_source *random,
                       const uint16_t threads[2])
{
    unsigned kinds = search->knowledge.threads > MANY_THREADS ? 8 : 4;
    switch (random_below(random, kinds)) {
    case 0:
        use(search, slot, WIRE_RANDOM, 0);
        break;
    case 1:
        use(search, slot, WIRE_POS, 0);
        break;
    case 2:
        use(search, slot, WIRE_PCT, 1 + random_below(random, 2));
        break;
    default:
        use(search, slot, WIRE_FOCUS, 1);
        slot->plan.focus_count = 2;
        slot->plan.focus[0] = threads[0];
        slot->plan.focus[1] = threads[1];
        break;
    }
}

/*
 * What comes in between is not always one step: a value may go and come back. The thread that goes first waits
 * earlier, and goes on for longer.
 */
static void widen(const struct search *search, struct slot *slot, struct random_source *random)
{
    struct wire_segment *goes = &slot->guide[slot->segments - 1];
    unsigned points = goes->thread < WIRE_THREADS ? search->knowledge.steps[goes->thread] : 0;
    if (points > goes->until)
        goes->until += random_below(random, points - goes->until + 1);
    struct wire_segment *waits = &slot->guide[0];
    if (waits->thread == goes->thread && waits->until > 1)
        waits->until = 1 + random_below(random, waits->until);
}

static bool use_flip(struct search *search, struct slot *slot, enum flip_kind kind,
                     struct random_source *random)
{
    static const char *const names[FLIP_KINDS] = {"order", "atomicity", "deadlock"};
    const struct flip *flip = flips_take(&search->flips, kind);
    if (!flip)
        return false;
    use_around(search, slot, random, flip->threads);
    slot->guide = xcalloc(flip->segments, sizeof *slot->guide);
    memcpy(slot->guide, flip->guide, flip->segments * sizeof *slot->guide);
    slot->segments = flip->segments;
    if (kind != FLIP_DEADLOCK && random_once_in(random, flip->tried > 1 ? 2 : 4))
        widen(search, slot, random);
    slot->name = names[kind];
    return true;
}

static bool use_trail(struct search *search, struct slot *slot, struct random_source *random)
{
    uint16_t threads[2];
    slot->guide = trails_take(&search->trails, random, &slot->segments, threads);
    if (!slot->guide)
        return false;
    use_around(search, slot, random, threads);
    slot->name = "trail";
    return true;
}

static bool use_surw(struct search *search, struct slot *slot, struct random_source *random)
{
    use(search, slot, WIRE_SURW, 0);
    return knowledge_interest(&search->knowledge, random, &slot->plan);
}

/* False: nothing is known yet that this source could start from. */
static bool use_source(struct search *search, struct slot *slot, struct mix_part part,
                       struct random_source *random)
{
    switch (part.source) {
    case MIX_RANDOM:
        use(search, slot, WIRE_RANDOM, 0);
        return true;
    case MIX_PCT:
        use(search, slot, WIRE_PCT, part.depth);
        return true;
    case MIX_SURW:
        return use_surw(search, slot, random);
    case MIX_FOCUS:
        use_focus(search, slot, random);
        return search->knowledge.threads > 2;
    case MIX_TURNS:
        use_turns(search, slot, random);
        return search->knowledge.repeats || search->turns <= 2;
    case MIX_WINDOWS:
        use(search, slot, WIRE_WINDOWS, 0);
        return search->knowledge.updates;
    case MIX_DEADLOCK:
        return use_flip(search, slot, FLIP_DEADLOCK, random);
    case MIX_ORDER:
        return use_flip(search, slot, FLIP_ORDER, random);
    case MIX_ATOMICITY:
        return use_flip(search, slot, FLIP_ATOMICITY, random);
    case MIX_TRAIL:
        return use_trail(search, slot, random);
    default:
        use(search, slot, WIRE_POS, 0);
        return true;
    }
}

void planning_mixed(struct search *search, struct slot *slot)
{
    struct mix_part part = mix_part(search->mixed++, search->knowledge.threads > MANY_THREADS);
    struct random_source random = {.state = ~slot->plan.seed};
    if (search->knowledge.runs > 2 && search->planned % UNFILTERED_EVERY != 0)
        slot->plan.flags |= WIRE_FILTERED;
    if (!use_source(search, slot, part, &random))
        use(search, slot, random_once_in(&random, 2) ? WIRE_POS : WIRE_PCT, 3);
}

void planning_one(struct search *search, struct slot *slot)
{
    const struct search_options *options = &search->options;
    struct random_source random = {.state = ~slot->plan.seed};
    unsigned depth = options->depth ? options->depth : 2 + (unsigned)(search->planned % 4);
    if (options->strategy == WIRE_FOCUS)
        use_focus(search, slot, &random);
    else if (options->strategy == WIRE_SURW)
        use_surw(search, slot, &random);
    else if (options->strategy == WIRE_TURNS)
        use_turns(search, slot, &random);
    else
        use(search, slot, options->strategy, depth);
}

void planning_in_order(const struct search *search, struct slot *slot)
{
    uint32_t limit = search->options.point_limit;
    slot->plan.point_limit = limit ? limit : POINTS_AT_FIRST;
    slot->name = "in order";
}
