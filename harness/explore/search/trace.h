/*
 * One recorded run, arranged by what its steps touched: which objects threads share, which critical sections the steps
 * lie in, and which steps the threads' beginnings and ends order. Pure.
 */
#ifndef RACELAB_EXPLORE_TRACE_H
#define RACELAB_EXPLORE_TRACE_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

enum { TRACE_HELD_MOST = 6 };

/* From a lock's taking to its giving. */
struct trace_section {
    uint64_t object;
    uint32_t step;
    uint32_t acquired, released; /* the thread's own counts; UINT32_MAX: it was not released */
};

struct trace_held {
    uint8_t count;
    uint32_t sections[TRACE_HELD_MOST]; /* outermost first */
};

struct trace_life {
    uint16_t parent;
    uint32_t created; /* own count of the parent at the call */
    uint16_t joined_by;
    uint32_t joined;
};

struct trace {
    const struct wire_step *steps;
    size_t count;
    /* Objects for which the order of threads can matter: used by two threads while both lived, not by reads alone.
     * Memory counts by eight bytes. The steps on object N are those from first[N] to first[N + 1] of on_object. */
    size_t objects;
    uint32_t *first;
    uint32_t *on_object;
    uint32_t *object_of; /* by step; TRACE_NONE: on none of them */
    bool *alone;         /* by step: no other thread lived */
    struct trace_section *sections;
    size_t section_count;
    struct trace_held *held; /* by step: before it */
    struct trace_life *lives;
};

#define TRACE_NONE UINT32_MAX

/* `steps` must outlive it. */
struct trace *trace_new(const struct wire_step *steps, size_t count);
void trace_free(struct trace *trace);

/* Where to hold a thread so that a step has not begun, and when it is over: with its critical section, where that
 * excludes the other step's. */
struct trace_span {
    uint32_t step;    /* the first that belongs to it */
    uint32_t before;  /* the thread's own count then */
    uint32_t past;    /* and when it is over */
    uint32_t section; /* TRACE_NONE: none excludes them */
};

/* The spans of two steps of different threads. */
void trace_spans(const struct trace *trace, uint32_t a, uint32_t b, struct trace_span *span_a,
                 struct trace_span *span_b);

/* Whether step a comes before step b in every run, because a thread was not made yet or was waited for. */
bool trace_ordered(const struct trace *trace, uint32_t a, uint32_t b);

/* Whether another order of the two could be made and could matter. a before b, of different threads. */
bool trace_reversible(const struct trace *trace, uint32_t a, uint32_t b);

#endif
