#include "explore/search/knowledge.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum { INTERESTS_MOST = 1024, OFTEN = 4 };

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
            knowledge->updates = knowledge->updates || step->op == WIRE_ATOMIC_UPDATE;
        }
        unsigned often = 0;
        for (unsigned i = 0; i < threads; i++)
            often += weights[i] >= OFTEN;
        knowledge->repeats = knowledge->repeats || often > 1;
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
    bool sharing[WIRE_THREADS] = {false};
    for (size_t i = 0; i < trace->count; i++) {
        enum wire_op op = trace->steps[i].op;
        if (trace->object_of[i] != TRACE_NONE || (op != WIRE_READ && op != WIRE_WRITE))
            decided[trace->steps[i].thread]++;
        if (trace->object_of[i] != TRACE_NONE)
            sharing[trace->steps[i].thread] = true;
    }
    for (unsigned i = 0; i < threads; i++) {
        if (decided[i])
            knowledge->decided[i] = decided[i];
        knowledge->sharing[i] = knowledge->sharing[i] || sharing[i];
    }
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

static bool has_function(const struct knowledge *knowledge, const struct wire_plan *plan,
                         uint64_t start)
{
    for (unsigned i = 0; i < plan->focus_count; i++)
        if (knowledge->start[plan->focus[i]] == start)
            return true;
    return false;
}

/* Those who share something, or that use one object; in ascending order. */
struct members {
    uint16_t threads[WIRE_THREADS];
    unsigned count;
};

/*
 * One of the members: functions are drawn first, then threads that run them, as one of a kind among a hundred alike is as
 * likely to matter as all of these. `others`: no function that is in the focus already, where there is another.
 */
static void draw_member(const struct knowledge *knowledge, struct random_source *random,
                        const struct members *members, bool others, struct wire_plan *plan)
{
    struct members free = {.count = 0};
    uint64_t functions[WIRE_THREADS];
    unsigned function_count = 0;
    for (unsigned i = 0; i < members->count; i++) {
        uint16_t thread = members->threads[i];
        uint64_t start = knowledge->start[thread];
        if (chosen(plan, thread) || (others && has_function(knowledge, plan, start)))
            continue;
        free.threads[free.count++] = thread;
        unsigned known = 0;
        while (known < function_count && functions[known] != start)
            known++;
        if (known == function_count)
            functions[function_count++] = start;
    }
    if (!free.count) {
        if (others)
            draw_member(knowledge, random, members, false, plan);
        return;
    }
    uint64_t start = functions[random_below(random, function_count)];
    unsigned kept = 0;
    for (unsigned i = 0; i < free.count; i++)
        if (knowledge->start[free.threads[i]] == start)
            free.threads[kept++] = free.threads[i];
    plan->focus[plan->focus_count++] = free.threads[random_below(random, kept)];
}

static struct members users_of_object(const struct knowledge *knowledge, uint32_t object)
{
    const uint32_t *weights = &knowledge->weights[(size_t)object * knowledge->weight_threads];
    struct members users = {.count = 0};
    for (unsigned i = 0; i < knowledge->weight_threads; i++)
        if (weights[i])
            users.threads[users.count++] = (uint16_t)i;
    return users;
}

/* All, as long as it is not known that they share anything. */
static struct members sharing_threads(const struct knowledge *knowledge, unsigned least)
{
    struct members sharing = {.count = 0};
    for (unsigned i = 0; i < knowledge->threads; i++)
        if (knowledge->sharing[i])
            sharing.threads[sharing.count++] = (uint16_t)i;
    if (sharing.count >= least)
        return sharing;
    for (sharing.count = 0; sharing.count < knowledge->threads; sharing.count++)
        sharing.threads[sharing.count] = (uint16_t)sharing.count;
    return sharing;
}

void knowledge_focus(const struct knowledge *knowledge, struct random_source *random, unsigned size,
                     struct wire_plan *plan)
{
    bool by_object = knowledge->interest_count && random_once_in(random, 2);
    bool others = !random_once_in(random, 3);
    struct members members = sharing_threads(knowledge, size);
    if (by_object) {
        uint32_t object = random_below(random, (uint32_t)knowledge->interest_count);
        struct members users = users_of_object(knowledge, object);
        if (users.count >= size)
            members = users;
    }
    plan->focus_count = 0;
    while (plan->focus_count < size && plan->focus_count < members.count)
        draw_member(knowledge, random, &members, others, plan);
}

void knowledge_clear(struct knowledge *knowledge)
{
    free(knowledge->shared);
    free(knowledge->interests);
    free(knowledge->weights);
    *knowledge = (struct knowledge){.runs = 0};
}
