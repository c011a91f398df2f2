/*
 * What need not be tried: sleep sets (Godefroid, 1996), where preemptions have a price.
 *
 * At a step, thread q was tried with all that follows, and now p is. Where p and those after it do nothing that conflicts with q's
 * next steps e, and then q does e, the schedule is equal to one that began with e, which was among those tried,
 * unless that one has more preemptions than this and was left out. Never more has it where
 *
 * - q is the thread that went before and p preempts it: that preemption is spared in turn for the one that may come
 *   behind e. So q sleeps until something conflicts with its next step.
 * - leaving for p and for q costs the same, and q does not go on from e to what does conflict: where it
 *   is left after e here, it could be left after e there. So q may go on, but must not be left before it has come to a
 *   step that conflicts.
 *
 * Whether a thread can be left for nothing depends on its next step: the next steps of those that were left because they could not
 * go on count among what q's steps may conflict with.
 */
#include "explore/search/bounded_path.h"

/* A step that releases threads that were set back whatever they are about to do. */
static bool changes(const struct wire_step *step)
{
    return (wire_effect(step->op) & (WIRE_WRITES | WIRE_RELEASES)) != 0;
}

/* Whether the thread of node `at` - 1 was left there for nothing; then `next` is what it stood before. */
static const struct wire_step *left_behind(const struct path *path, size_t at)
{
    const struct path_node *node = &path->nodes[at];
    if (at == 0 || !node->free || node[-1].step.thread == node->step.thread)
        return NULL;
    return path_next(path, at - 1);
}

static bool bears_on(const struct wire_step *left, const struct wire_step *step)
{
    return wire_conflict(left, step) || (!path_may_block(left->op) && changes(step));
}

/* Whether what happened in [from, to), or who was left on the way, conflicts with this. */
static bool conflicts(const struct path *path, size_t from, size_t to, const struct wire_step *step)
{
    for (size_t i = from; i < to; i++) {
        const struct path_node *node = &path->nodes[i];
        if (!node->quiet && wire_conflict(&node->step, step))
            return true;
        const struct wire_step *left =
            i + 1 <= to && i + 1 < path->count ? left_behind(path, i + 1) : NULL;
        if (left && left->thread != step->thread && bears_on(left, step))
            return true;
    }
    return false;
}

static void limit_to(struct path *path, size_t limit)
{
    if (limit < path->limit)
        path->limit = limit;
}

/* The thread that was preempted at `from` sleeps until something conflicts with its next step. */
static void sleep_preempted(struct path *path, size_t from, uint16_t thread)
{
    size_t wakes;
    const struct wire_step *next = path_next_of(path, from, thread, &wakes);
    if (!next)
        return;
    for (size_t i = from; i < wakes; i++) {
        if (conflicts(path, i, i + 1, next))
            return;
        if (i + 1 < path->count)
            path->nodes[i + 1].forbidden |= PATH_BIT(thread);
    }
    if (wakes < path->count)
        limit_to(path, wakes + 1);
}

/* The thread that could have gone instead at the same price must not be left before a step that conflicts. */
static void sleep_equal(struct path *path, size_t from, uint16_t thread)
{
    size_t begin;
    if (!path_next_of(path, from, thread, &begin))
        return;
    for (size_t i = begin; i < path->count; i++) {
        struct path_node *node = &path->nodes[i];
        bool left = node->step.thread != thread;
        if (left && node->free) {
            const struct wire_step *next = path_next(path, i - 1);
            if (next && conflicts(path, from, begin, next))
                return;
        }
        if (i > begin)
            node->forbidden |= ~PATH_BIT(thread);
        if (left) {
            limit_to(path, i + 1);
            return;
        }
        if (!node->quiet && conflicts(path, from, begin, &node->step))
            return;
    }
}

void sleep_find(struct path *path)
{
    path->limit = path->count;
    for (size_t i = 0; i < path->count; i++)
        path->nodes[i].forbidden = 0;
    for (size_t i = 0; i < path->count; i++) {
        const struct path_node *node = &path->nodes[i];
        uint64_t others = node->done & ~PATH_BIT(node->step.thread);
        for (uint16_t thread = 0; others >> thread; thread++) {
            if (!(others & PATH_BIT(thread)))
                continue;
            bool before = i && node[-1].step.thread == thread;
            if (before && !node->free)
                sleep_preempted(path, i, thread);
            else
                sleep_equal(path, i, thread);
            if (thread == PATH_THREADS - 1)
                break;
        }
    }
}
