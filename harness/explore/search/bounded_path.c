#include "explore/search/bounded_path.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

bool path_may_block(enum wire_op op)
{
    switch (op) {
    case WIRE_JOIN:
    case WIRE_LOCK:
    case WIRE_SPIN_LOCK:
    case WIRE_READ_LOCK:
    case WIRE_WRITE_LOCK:
    case WIRE_WAKE:
    case WIRE_SEM_WAIT:
    case WIRE_BARRIER_LEAVE:
    case WIRE_ONCE:
    case WIRE_SLEEP:
    case WIRE_RECEIVE:
    case WIRE_SEND:
    case WIRE_POLL:
    case WIRE_FUTEX_WAIT:
    case WIRE_SIGNAL_WAIT:
    case WIRE_OUTSIDE:
        return true;
    default:
        return false;
    }
}

/* A thread that ends by its time limit or repeats itself could not have gone on by itself. */
static bool left_for_nothing(const struct path *path, size_t at)
{
    const struct wire_step *step = &path->nodes[at].step;
    if (at == 0)
        return true;
    const struct wire_step *before = &path->nodes[at - 1].step;
    if (before->op == WIRE_YIELD || before->op == WIRE_SLEEP)
        return true;
    if (before->thread != step->thread)
        return (step->flags & WIRE_PREEMPTED) == 0;
    return (step->flags & (WIRE_LATE | WIRE_SET_BACK)) != 0;
}

static void make_room(struct path *path, size_t count)
{
    if (count <= path->room)
        return;
    size_t room = path->room ? path->room : 256;
    while (room < count)
        room *= 2;
    struct path_node *nodes = xcalloc(room, sizeof *nodes);
    if (path->count)
        memcpy(nodes, path->nodes, path->count * sizeof *nodes);
    free(path->nodes);
    path->nodes = nodes;
    path->room = room;
}

/* Nodes from `at` on, of which the first `kept` keep what is to be done there. */
static void describe(struct path *path, size_t at, size_t kept)
{
    for (size_t i = at; i < path->count; i++) {
        struct path_node *node = &path->nodes[i];
        const struct wire_step *step = &node->step;
        const struct path_node *before = i ? node - 1 : NULL;
        bool same = before && before->step.thread == step->thread;
        if (i >= at + kept) {
            node->free = left_for_nothing(path, i);
            node->choice = (step->enabled & (step->enabled - 1)) != 0;
            node->backtrack = node->done = step->thread < PATH_THREADS ? PATH_BIT(step->thread) : 0;
        }
        bool preempted = before && !before->free && i >= 2 &&
                         path->nodes[i - 2].step.thread != before->step.thread;
        node->cost = before ? before->cost + preempted : 0;
        node->block = same && !node->free ? before->block : i;
    }
}

static void link_steps(struct path *path)
{
    size_t next[WIRE_THREADS];
    uint32_t count[WIRE_THREADS] = {0};
    for (size_t i = 0; i < WIRE_THREADS; i++)
        next[i] = PATH_NOWHERE;
    for (size_t i = 0; i < path->count; i++)
        path->nodes[i].nth = ++count[path->nodes[i].step.thread];
    for (size_t i = path->count; i-- > 0;) {
        struct path_node *node = &path->nodes[i];
        node->after = next[node->step.thread];
        next[node->step.thread] = i;
    }
}

void path_replace(struct path *path, size_t at, const struct path_run *run)
{
    size_t kept = at < path->count ? 1 : 0;
    make_room(path, at + run->count);
    path->count = at + run->count;
    for (size_t i = 0; i < run->count; i++) {
        struct path_node *node = &path->nodes[at + i];
        if (i >= kept)
            *node = (struct path_node){0};
        node->step = run->steps[i];
        node->quiet = run->quiet[i];
        node->done |= PATH_BIT(run->steps[i].thread);
    }
    memcpy(path->pending, run->pending, sizeof path->pending);
    path->threads = run->threads;
    path->cut = run->cut;
    path->cut_by = run->cut_by;
    describe(path, at, kept);
    link_steps(path);
}

static const struct wire_step *pending_of(const struct path *path, uint16_t thread)
{
    if (thread >= PATH_THREADS || path->pending[thread].op == WIRE_NONE)
        return NULL;
    return &path->pending[thread];
}

const struct wire_step *path_next(const struct path *path, size_t at)
{
    const struct path_node *node = &path->nodes[at];
    if (node->after != PATH_NOWHERE)
        return &path->nodes[node->after].step;
    return pending_of(path, node->step.thread);
}

const struct wire_step *path_next_of(const struct path *path, size_t at, uint16_t thread,
                                     size_t *step)
{
    for (size_t i = at; i < path->count; i++) {
        if (path->nodes[i].step.thread != thread)
            continue;
        *step = i;
        return &path->nodes[i].step;
    }
    *step = path->count;
    return pending_of(path, thread);
}

void path_release(struct path *path)
{
    free(path->nodes);
    *path = (struct path){0};
}
