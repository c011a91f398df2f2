/*
 * Who waits for whom: a directed graph over the threads of an explanation, its cycles, and what can
 * never go on because of them. Pure.
 *
 * Where only the process is known that could end a wait (the other end of a pipe, a child), the
 * process is a node of its own, with an edge to each of its threads. Of its own process a thread is
 * not taken to wait that way: which thread should act cannot be told.
 */
#ifndef RACELAB_EXPLAIN_STORY_GRAPH_H
#define RACELAB_EXPLAIN_STORY_GRAPH_H

#include "model/explanation.h"

enum graph_kind {
    GRAPH_WAITS, /* every wait with a holder */
    GRAPH_LOCKS, /* only waits without a time limit for the one thread that can end them: a cycle of
                    these never ends, whatever else runs */
};

struct wait_edge {
    size_t to;     /* node: a thread, or thread_count + the index of a process */
    size_t holder; /* index in the waiting thread's holders; NO_INDEX on an edge of a process */
};

struct wait_graph {
    const struct explanation *explanation; /* borrowed */
    size_t node_count;
    size_t *first; /* the edges of node i are edges[first[i]] up to edges[first[i + 1]] */
    struct wait_edge *edges;
    size_t edge_count;
};

/* One step of a cycle: this thread waits, by this holder of its wait, for the next step's thread. */
struct wait_link {
    size_t thread;
    size_t holder;
};

struct wait_cycle {
    struct wait_link *links; /* the smallest thread first */
    size_t count;
};

struct wait_cycles {
    struct wait_cycle *items; /* by their first thread */
    size_t count;
};

/* Whether the thread waits until every holder has acted (a lock) and not only one of them. */
bool wait_needs_all(const struct waiting *waiting);

void wait_graph_build(const struct explanation *explanation, enum graph_kind kind,
                      struct wait_graph *graph);
void wait_graph_release(struct wait_graph *graph);
bool wait_graph_has_edge(const struct wait_graph *graph, size_t thread);

/*
 * A shortest cycle of each strongly connected part. Where the whole part are threads that wait for
 * the write lock of the same object, which all hold for reading, the cycle is all of them.
 */
void wait_graph_cycles(const struct wait_graph *graph, struct wait_cycles *cycles);
void wait_cycles_release(struct wait_cycles *cycles);

/*
 * stuck: one for each thread; those that are true at the call can never go on. Sets it for every
 * other that can then never go on either: one that waits without limit for such threads alone, or
 * for a lock that one of them holds.
 */
void wait_spread(const struct explanation *explanation, bool *stuck);

#endif
