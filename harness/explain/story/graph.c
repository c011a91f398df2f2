#include "explain/story/graph.h"

#include <stdlib.h>

#include "model/memory.h"

bool wait_needs_all(const struct waiting *waiting)
{
    switch (waiting->what) {
    case FOR_MUTEX:
    case FOR_READ_LOCK:
    case FOR_WRITE_LOCK:
    case FOR_ONCE:
    case FOR_JOIN:
    case FOR_FILE_LOCK:
        return true;
    default:
        return false;
    }
}

static bool is_proof(const struct stuck_thread *thread)
{
    const struct waiting *waiting = &thread->waiting;
    return wait_needs_all(waiting) && waiting->what != FOR_FILE_LOCK && !waiting->limited &&
           waiting->certain && !thread->ready;
}

static void add_edge(struct wait_graph *graph, size_t to, size_t holder)
{
    struct wait_edge *edge =
        xappend((void **)&graph->edges, &graph->edge_count, sizeof *graph->edges);
    *edge = (struct wait_edge){to, holder};
}

/* threads_of[process]: how many are known. */
static void add_thread_edges(struct wait_graph *graph, size_t index, enum graph_kind kind,
                             const size_t *threads_of)
{
    const struct explanation *explanation = graph->explanation;
    const struct stuck_thread *thread = &explanation->threads[index];
    const struct waiting *waiting = &thread->waiting;
    if (kind == GRAPH_LOCKS && !is_proof(thread))
        return;
    for (size_t i = 0; i < waiting->holder_count; i++) {
        const struct holder *holder = &waiting->holders[i];
        if (holder->thread < explanation->thread_count) {
            if (holder->thread != index || wait_needs_all(waiting))
                add_edge(graph, holder->thread, i);
        } else if (kind == GRAPH_WAITS && holder->process < explanation->process_count &&
                   holder->process != thread->process && threads_of[holder->process] > 0) {
            add_edge(graph, explanation->thread_count + holder->process, i);
        }
    }
}

void wait_graph_build(const struct explanation *explanation, enum graph_kind kind,
                      struct wait_graph *graph)
{
    size_t threads = explanation->thread_count, processes = explanation->process_count;
    *graph = (struct wait_graph){.explanation = explanation, .node_count = threads + processes};
    graph->first = xcalloc(graph->node_count + 1, sizeof *graph->first);
    size_t *threads_of = xcalloc(processes + 1, sizeof *threads_of);
    for (size_t i = 0; i < threads; i++) {
        if (explanation->threads[i].process < processes)
            threads_of[explanation->threads[i].process]++;
    }
    for (size_t i = 0; i < threads; i++) {
        graph->first[i] = graph->edge_count;
        add_thread_edges(graph, i, kind, threads_of);
    }
    /* Threads stand by process, in the order of the processes or not. */
    for (size_t p = 0; p < processes; p++) {
        graph->first[threads + p] = graph->edge_count;
        for (size_t i = 0; threads_of[p] > 0 && i < threads; i++) {
            if (explanation->threads[i].process == p)
                add_edge(graph, i, NO_INDEX);
        }
    }
    graph->first[graph->node_count] = graph->edge_count;
    free(threads_of);
}

void wait_graph_release(struct wait_graph *graph)
{
    free(graph->first);
    free(graph->edges);
    *graph = (struct wait_graph){0};
}

bool wait_graph_has_edge(const struct wait_graph *graph, size_t thread)
{
    return graph->first[thread] < graph->first[thread + 1];
}

void wait_cycles_release(struct wait_cycles *cycles)
{
    for (size_t i = 0; i < cycles->count; i++)
        free(cycles->items[i].links);
    free(cycles->items);
    *cycles = (struct wait_cycles){0};
}

/* Whether every thread of the process but this one can never go on. */
static bool process_stuck(const struct explanation *explanation, size_t process, size_t but,
                          const bool *stuck)
{
    size_t known = 0;
    for (size_t i = 0; i < explanation->thread_count; i++) {
        if (explanation->threads[i].process != process)
            continue;
        known++;
        if (i != but && !stuck[i])
            return false;
    }
    return known > 0;
}

static bool becomes_stuck(const struct explanation *explanation, size_t index, const bool *stuck)
{
    const struct stuck_thread *thread = &explanation->threads[index];
    const struct waiting *waiting = &thread->waiting;
    if (thread->ready || waiting->limited || !waiting->certain || waiting->holder_count == 0)
        return false;
    bool all = wait_needs_all(waiting);
    for (size_t i = 0; i < waiting->holder_count; i++) {
        const struct holder *holder = &waiting->holders[i];
        bool never = false;
        if (holder->thread < explanation->thread_count)
            never = stuck[holder->thread];
        else if (holder->process < explanation->process_count)
            never = process_stuck(explanation, holder->process, index, stuck);
        if (never == all)
            return all;
    }
    return !all;
}

void wait_spread(const struct explanation *explanation, bool *stuck)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < explanation->thread_count; i++) {
            if (!stuck[i] && becomes_stuck(explanation, i, stuck))
                changed = stuck[i] = true;
        }
    }
}
