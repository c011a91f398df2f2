#include "explore/search/overlap.h"

#include "explore/search/order.h"
#include "explore/search/trace.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* Turns of two threads: a, b, a, b. */
enum { TURNS = 4 };

static bool is_access(const struct wire_step *step)
{
    return step->op >= WIRE_READ && step->op <= WIRE_ATOMIC_UPDATE;
}

static bool is_write(const struct wire_step *step)
{
    return is_access(step) && (wire_effect(step->op) & WIRE_WRITES) != 0;
}

/* Whether the two take turns at the objects that both use. `used` has room for each object. */
static bool take_turns(const struct trace *trace, unsigned one, unsigned other, unsigned char *used)
{
    memset(used, 0, trace->objects);
    for (size_t i = 0; i < trace->count; i++) {
        const struct wire_step *step = &trace->steps[i];
        if (trace->object_of[i] != TRACE_NONE && is_access(step))
            used[trace->object_of[i]] |=
                (unsigned char)((step->thread == one) | (step->thread == other) << 1);
    }
    unsigned turns = 0;
    unsigned last = WIRE_NO_THREAD;
    for (size_t i = 0; i < trace->count && turns < TURNS; i++) {
        const struct wire_step *step = &trace->steps[i];
        bool counts = trace->object_of[i] != TRACE_NONE && is_access(step) &&
                      used[trace->object_of[i]] == 3 &&
                      (step->thread == one || step->thread == other);
        if (counts && step->thread != last) {
            last = step->thread;
            turns++;
        }
    }
    return turns == TURNS;
}

/* The next write of this thread at or after `at`; count: there is none. */
static size_t next_write(const struct trace *trace, unsigned thread, size_t at)
{
    while (at < trace->count && !(trace->steps[at].thread == thread && is_write(&trace->steps[at])))
        at++;
    return at;
}

/* For each write of the one, the first of the other that does not come before it: were that one ordered behind it, all
 * that follow would be, too. */
static bool write_unordered(const struct trace *trace, const struct order *order, unsigned one,
                            unsigned other)
{
    size_t second = next_write(trace, other, 0);
    for (size_t first = next_write(trace, one, 0); first < trace->count;
         first = next_write(trace, one, first + 1)) {
        while (second < trace->count && order_before(order, second, first))
            second = next_write(trace, other, second + 1);
        if (second == trace->count)
            return false;
        if (!order_before(order, first, second))
            return true;
    }
    return false;
}

bool overlap_in(const struct wire_step *steps, size_t count)
{
    struct trace *trace = trace_new(steps, count);
    struct order *order = order_new(trace->steps, trace->count);
    unsigned char *used = xcalloc(trace->objects + 1, 1);
    unsigned threads = 0;
    for (size_t i = 0; i < trace->count; i++)
        threads = trace->steps[i].thread >= threads ? trace->steps[i].thread + 1u : threads;
    bool found = false;
    for (unsigned one = 0; one < threads && !found; one++) {
        for (unsigned other = one + 1; other < threads && !found; other++)
            found = take_turns(trace, one, other, used) ||
                    (one > 0 && write_unordered(trace, order, one, other));
    }
    free(used);
    order_free(order);
    trace_free(trace);
    return found;
}
