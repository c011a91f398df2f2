/* The cycles of a wait graph: Tarjan's strongly connected parts, then the shortest way round each. */
#include "explain/story/graph.h"

#include <stdlib.h>

#include "model/memory.h"

struct parts {
    size_t *part_of; /* of each node; NO_INDEX until it is known */
    size_t count;
};

/* Tarjan's algorithm, with a stack of its own: a chain of waits may be as long as the program likes. */
struct tarjan {
    const struct wait_graph *graph;
    size_t *order; /* when the node was found, from 1; 0: not yet */
    size_t *low;   /* the earliest open node that it reaches */
    size_t *next;  /* the node's edge to follow next */
    size_t *open, open_count;
    size_t *path, path_count;
    size_t found;
};

static void enter(struct tarjan *t, size_t node)
{
    t->order[node] = t->low[node] = ++t->found;
    t->next[node] = t->graph->first[node];
    t->open[t->open_count++] = node;
    t->path[t->path_count++] = node;
}

static void leave(struct tarjan *t, size_t node, struct parts *parts)
{
    t->path_count--;
    if (t->path_count > 0) {
        size_t before = t->path[t->path_count - 1];
        if (t->low[node] < t->low[before])
            t->low[before] = t->low[node];
    }
    if (t->low[node] != t->order[node])
        return;
    size_t member;
    do {
        member = t->open[--t->open_count];
        parts->part_of[member] = parts->count;
    } while (member != node);
    parts->count++;
}

static void search(struct tarjan *t, size_t start, struct parts *parts)
{
    enter(t, start);
    while (t->path_count > 0) {
        size_t node = t->path[t->path_count - 1];
        if (t->next[node] == t->graph->first[node + 1]) {
            leave(t, node, parts);
            continue;
        }
        size_t to = t->graph->edges[t->next[node]++].to;
        if (t->order[to] == 0)
            enter(t, to);
        else if (parts->part_of[to] == NO_INDEX && t->order[to] < t->low[node])
            t->low[node] = t->order[to];
    }
}

static void find_parts(const struct wait_graph *graph, struct parts *parts)
{
    size_t n = graph->node_count;
    size_t *memory = xcalloc(5 * n + 1, sizeof *memory);
    struct tarjan t = {.graph = graph,
                       .order = memory,
                       .low = memory + n,
                       .next = memory + 2 * n,
                       .open = memory + 3 * n,
                       .path = memory + 4 * n};
    parts->count = 0;
    parts->part_of = xcalloc(n + 1, sizeof *parts->part_of);
    for (size_t i = 0; i < n; i++)
        parts->part_of[i] = NO_INDEX;
    for (size_t i = 0; i < n; i++) {
        if (t.order[i] == 0)
            search(&t, i, parts);
    }
    free(memory);
}

/* A search in breadth for the shortest way from a thread back to itself. */
struct round_trip {
    const struct wait_graph *graph;
    const struct parts *parts;
    size_t *mark;  /* the start from which the node was last reached, plus 1 */
    size_t *from;  /* the node before it on the way */
    size_t *by;    /* the edge from there */
    size_t *depth; /* edges from the start */
    size_t *queue;
};

/* The length of the shortest cycle through `start` if it is below `limit`, else `limit`. `last` is
 * then the node before the start, and `by` of the start its edge. */
static size_t go_round(struct round_trip *trip, size_t start, size_t limit, size_t *last)
{
    const struct wait_graph *graph = trip->graph;
    size_t head = 0, tail = 0;
    trip->queue[tail++] = start;
    trip->mark[start] = start + 1;
    trip->depth[start] = 0;
    while (head < tail) {
        size_t node = trip->queue[head++];
        if (trip->depth[node] + 1 >= limit)
            break;
        for (size_t e = graph->first[node]; e < graph->first[node + 1]; e++) {
            size_t to = graph->edges[e].to;
            if (to == start) {
                trip->by[start] = e;
                *last = node;
                return trip->depth[node] + 1;
            }
            if (trip->parts->part_of[to] != trip->parts->part_of[start] ||
                trip->mark[to] == start + 1)
                continue;
            trip->mark[to] = start + 1;
            trip->from[to] = node;
            trip->by[to] = e;
            trip->depth[to] = trip->depth[node] + 1;
            trip->queue[tail++] = to;
        }
    }
    return limit;
}

/* Takes the way that go_round() has found. */
static void keep_round(const struct round_trip *trip, size_t start, size_t last, size_t length,
                       struct wait_cycle *cycle)
{
    free(cycle->links);
    cycle->links = xcalloc(length, sizeof *cycle->links);
    cycle->count = 0;
    size_t threads = trip->graph->explanation->thread_count;
    size_t edge = trip->by[start];
    for (size_t node = last;; edge = trip->by[node], node = trip->from[node]) {
        if (node < threads)
            cycle->links[cycle->count++] =
                (struct wait_link){node, trip->graph->edges[edge].holder};
        if (node == start)
            break;
    }
    for (size_t i = 0; i < cycle->count / 2; i++) {
        struct wait_link swapped = cycle->links[i];
        cycle->links[i] = cycle->links[cycle->count - 1 - i];
        cycle->links[cycle->count - 1 - i] = swapped;
    }
}

/* What is known of one part while its threads are gone through in their order. */
struct part {
    size_t best; /* edges of its shortest cycle so far, plus 1 */
    size_t members;
    size_t first;
    bool together; /* all wait for the write lock of the same object */
    struct wait_cycle cycle;
};

static bool same_write_lock(const struct stuck_thread *left, const struct stuck_thread *right)
{
    return left->waiting.what == FOR_WRITE_LOCK && right->waiting.what == FOR_WRITE_LOCK &&
           left->waiting.object != 0 && left->waiting.object == right->waiting.object &&
           left->process == right->process;
}

/* The wait of the one thread of the part by which it waits for the other. */
static size_t holder_between(const struct explanation *explanation, size_t waiter, size_t owner)
{
    const struct waiting *waiting = &explanation->threads[waiter].waiting;
    for (size_t i = 0; i < waiting->holder_count; i++) {
        if (waiting->holders[i].thread == owner)
            return i;
    }
    return NO_INDEX;
}

/* Makes the cycle all threads of the part, where each waits for each. */
static void take_together(const struct wait_graph *graph, const struct parts *parts, size_t number,
                          struct part *part)
{
    const struct explanation *explanation = graph->explanation;
    struct wait_cycle all = {xcalloc(part->members, sizeof *all.links), 0};
    for (size_t i = part->first; all.count < part->members; i++) {
        if (parts->part_of[i] == number)
            all.links[all.count++].thread = i;
    }
    bool complete = true;
    for (size_t i = 0; i < all.count && complete; i++) {
        size_t next = all.links[(i + 1) % all.count].thread;
        all.links[i].holder = holder_between(explanation, all.links[i].thread, next);
        complete = all.links[i].holder != NO_INDEX;
    }
    free(complete ? part->cycle.links : all.links);
    if (complete)
        part->cycle = all;
}

static void look_round(struct round_trip *trip, size_t thread, struct part *part)
{
    const struct stuck_thread *threads = trip->graph->explanation->threads;
    if (part->members++ == 0) {
        part->first = thread;
        part->together = true;
        part->best = trip->graph->node_count + 1;
    }
    part->together = part->together && same_write_lock(&threads[part->first], &threads[thread]);
    size_t last = NO_INDEX;
    size_t length = go_round(trip, thread, part->best, &last);
    if (length < part->best) {
        part->best = length;
        keep_round(trip, thread, last, length, &part->cycle);
    }
}

static int by_first_thread(const void *left, const void *right)
{
    size_t l = ((const struct wait_cycle *)left)->links[0].thread;
    size_t r = ((const struct wait_cycle *)right)->links[0].thread;
    return (l > r) - (l < r);
}

void wait_graph_cycles(const struct wait_graph *graph, struct wait_cycles *cycles)
{
    size_t n = graph->node_count;
    *cycles = (struct wait_cycles){0};
    struct parts parts;
    find_parts(graph, &parts);
    size_t *memory = xcalloc(5 * n + 1, sizeof *memory);
    struct round_trip trip = {.graph = graph,
                              .parts = &parts,
                              .mark = memory,
                              .from = memory + n,
                              .by = memory + 2 * n,
                              .depth = memory + 3 * n,
                              .queue = memory + 4 * n};
    struct part *items = xcalloc(parts.count + 1, sizeof *items);
    for (size_t i = 0; i < graph->explanation->thread_count; i++)
        look_round(&trip, i, &items[parts.part_of[i]]);
    for (size_t i = 0; i < parts.count; i++) {
        if (items[i].cycle.count == 0)
            continue;
        if (items[i].together && items[i].members > 1)
            take_together(graph, &parts, i, &items[i]);
        struct wait_cycle *added =
            xappend((void **)&cycles->items, &cycles->count, sizeof *cycles->items);
        *added = items[i].cycle;
    }
    if (cycles->count > 1)
        qsort(cycles->items, cycles->count, sizeof *cycles->items, by_first_thread);
    free(items);
    free(memory);
    free(parts.part_of);
}
