#include "explore/search/knowledge.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum { INTERESTS_MOST = 1024 };

static int by_value(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one;
    uint64_t b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

static bool has_place(const struct knowledge *knowledge, uint64_t pc)
{
    return knowledge->shared_count &&
           bsearch(&pc, knowledge->shared, knowledge->shared_count, sizeof pc, by_value) != NULL;
}

static void learn_places(struct knowledge *knowledge, const struct trace *trace)
{
    uint64_t recent[64] = {0};
    uint64_t *places = NULL;
    size_t count = 0;
    for (size_t i = 0; i < trace->count; i++) {
        const struct wire_step *step = &trace->steps[i];
        if (trace->object_of[i] == TRACE_NONE || !step->pc)
            continue;
        uint64_t *seen = &recent[random_mix(step->pc) & 63];
        if (*seen == step->pc)
            continue;
        *seen = step->pc;
        if (!has_place(knowledge, step->pc))
            *(uint64_t *)xappend((void **)&places, &count, sizeof *places) = step->pc;
    }
    if (!count) {
        free(places);
        return;
    }
    for (size_t i = 0; i < count; i++)
        *(uint64_t *)xappend((void **)&knowledge->shared, &knowledge->shared_count,
                             sizeof *places) = places[i];
    free(places);
    qsort(knowledge->shared, knowledge->shared_count, sizeof *places, by_value);
    size_t kept = 1;
    for (size_t i = 1; i < knowledge->shared_count; i++)
        if (knowledge->shared[i] != knowledge->shared[kept - 1])
            knowledge->shared[kept++] = knowledge->shared[i];
    knowledge->shared_count = kept;
}

static void learn_interests(struct knowledge *knowledge, const struct trace *trace,
                            unsigned threads)
{
    if (!trace->objects)
        return;
    size_t count = trace->objects < INTERESTS_MOST ? trace->objects : INTERESTS_MOST;
    free(knowledge->interests);
    free(knowledge->weights);
    knowledge->interests = xcalloc(count, sizeof *knowledge->interests);
    knowledge->weights = xcalloc(count * threads, sizeof *knowledge->weights);
    knowledge->interest_count = count;
    knowledge->weight_threads = threads;
    for (size_t object = 0; object < count; object++) {
        struct interest *interest = &knowledge->interests[object];
        uint32_t *weights = &knowledge->weights[object * threads];
        interest->from = UINT64_MAX;
        for (uint32_t i = trace->first[object]; i < trace->first[object + 1]; i++) {
            const struct wire_step *step = &trace->steps[trace->on_object[i]];
            uint64_t end = step->object + (step->size ? step->size : 1);
            if (step->object < interest->from)
                interest->from = step->object;
            if (end > interest->to)
                interest->to = end;
            if (step->thread >= threads)
                continue;
            interest->threads += weights[step->thread] == 0;
            interest->steps++;
            weights[step->thread]++;
        }
    }
}

static void learn_threads(struct knowledge *knowledge, const struct wire_block *block,
                          unsigned threads)
{
    if (threads < knowledge->threads)
        return;
    knowledge->threads = threads;
    for (unsigned i = 0; i < threads; i++) {
        knowledge->start[i] = block->threads[i].start;
        knowledge->parent[i] = block->threads[i].parent;
        knowledge->steps[i] = block->threads[i].points;
    }
}

void knowledge_learn(struct knowledge *knowledge, const struct wire_block *block,
                     const struct trace *trace)
{
    bool filtered = (block->plan.flags & WIRE_FILTERED) != 0;
    uint32_t *length = &knowledge->length[filtered];
    uint32_t decisions = block->outcome.decisions ? block->outcome.decisions : 1;
    knowledge->runs++;
    /* The average, with more weight on the last runs. */
    *length = *length ? (uint32_t)(((uint64_t)*length * 3 + decisions + 3) / 4) : decisions;
    if (block->outcome.points > knowledge->points)
        knowledge->points = block->outcome.points;
    unsigned threads =
        block->outcome.threads < WIRE_THREADS ? block->outcome.threads : WIRE_THREADS;
    if (!threads)
        return;
    learn_threads(knowledge, block, threads);
    if (!trace)
        return;
    uint32_t decided[WIRE_THREADS] = {0};
    for (size_t i = 0; i < trace->count; i++) {
        enum wire_op op = trace->steps[i].op;
        if (trace->object_of[i] != TRACE_NONE || (op != WIRE_READ && op != WIRE_WRITE))
            decided[trace->steps[i].thread]++;
    }
    for (unsigned i = 0; i < threads; i++)
        if (decided[i])
            knowledge->decided[i] = decided[i];
    learn_places(knowledge, trace);
    learn_interests(knowledge, trace, threads);
}

bool knowledge_interest(const struct knowledge *knowledge, struct random_source *random,
                        struct wire_plan *plan)
{
    if (!knowledge->interest_count)
        return false;
    uint32_t object = random_below(random, (uint32_t)knowledge->interest_count);
    plan->interest_from = knowledge->interests[object].from;
    plan->interest_to = knowledge->interests[object].to;
    unsigned threads = knowledge->weight_threads;
    for (unsigned i = 0; i < threads; i++)
        plan->weight[i] = knowledge->weights[object * threads + i];
    /* A thread's index is above its maker's. */
    for (unsigned thread = threads; thread-- > 1;) {
        uint16_t parent = knowledge->parent[thread];
        if (parent < thread)
            plan->weight[parent] += plan->weight[thread];
    }
    return true;
}

static bool chosen(const struct wire_plan *plan, unsigned thread)
{
    for (unsigned i = 0; i < plan->focus_count; i++)
        if (plan->focus[i] == thread)
            return true;
    return false;
}

/* The first thread with this function, from 0; main is a function of its own. */
static unsigned first_like(const struct knowledge *knowledge, unsigned thread)
{
    unsigned first = 0;
    while (knowledge->start[first] != knowledge->start[thread])
        first++;
    return first;
}

static unsigned draw_member(const struct wire_plan *plan, const uint16_t *members, unsigned count,
                            struct random_source *random)
{
    unsigned member;
    do
        member = members[random_below(random, count)];
    while (chosen(plan, member));
    return member;
}

/* Threads that use one object. */
static void focus_on_object(const struct knowledge *knowledge, struct random_source *random,
                            unsigned size, struct wire_plan *plan)
{
    uint32_t object = random_below(random, (uint32_t)knowledge->interest_count);
    const uint32_t *weights = &knowledge->weights[(size_t)object * knowledge->weight_threads];
    uint16_t users[WIRE_THREADS];
    unsigned count = 0;
    for (unsigned i = 0; i < knowledge->weight_threads; i++)
        if (weights[i])
            users[count++] = (uint16_t)i;
    while (plan->focus_count < size && plan->focus_count < count)
        plan->focus[plan->focus_count++] = (uint16_t)draw_member(plan, users, count, random);
}

/* Functions are drawn first, then threads that run them. */
static void focus_on_functions(const struct knowledge *knowledge, struct random_source *random,
                               unsigned size, struct wire_plan *plan)
{
    while (plan->focus_count < size) {
        uint16_t functions[WIRE_THREADS];
        unsigned function_count = 0;
        for (unsigned i = 0; i < knowledge->threads; i++) {
            unsigned first = first_like(knowledge, i);
            unsigned known = 0;
            while (known < function_count && functions[known] != first)
                known++;
            if (!chosen(plan, i) && known == function_count)
                functions[function_count++] = (uint16_t)first;
        }
        uint64_t start = knowledge->start[functions[random_below(random, function_count)]];
        uint16_t members[WIRE_THREADS];
        unsigned member_count = 0;
        for (unsigned i = 0; i < knowledge->threads; i++)
            if (knowledge->start[i] == start)
                members[member_count++] = (uint16_t)i;
        plan->focus[plan->focus_count++] =
            (uint16_t)draw_member(plan, members, member_count, random);
    }
}

void knowledge_focus(const struct knowledge *knowledge, struct random_source *random, unsigned size,
                     struct wire_plan *plan)
{
    plan->focus_count = 0;
    if (size > knowledge->threads)
        size = knowledge->threads;
    if (knowledge->interest_count && random_once_in(random, 2))
        focus_on_object(knowledge, random, size, plan);
    if (plan->focus_count < size)
        focus_on_functions(knowledge, random, size, plan);
}

void knowledge_clear(struct knowledge *knowledge)
{
    free(knowledge->shared);
    free(knowledge->interests);
    free(knowledge->weights);
    *knowledge = (struct knowledge){.runs = 0};
}
