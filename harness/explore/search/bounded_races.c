/*
 * Which other orders are to be tried: dynamic partial-order reduction (Flanagan and Godefroid, POPL 2005), with
 * the points that a bound on preemptions asks for beside (Coons, Musuvathi and McKinley, OOPSLA 2013).
 *
 * Two steps race where they conflict and nothing else orders them: the thread of the second could have gone
 * before the first. It is tried there. But there it may cost a preemption, while at the beginning of the block
 * that the first step is in, the same order may cost none: so it is tried there too. Without that, an order
 * that needs no preemption would be found only as one that needs one.
 *
 * What a thread would do next is known at every step of a run, not only where it does it: the steps that a thread stood
 * before while others went on count as well, and those that it stood before at the end.
 */
#include "explore/search/bounded_path.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum { GRAIN = 16, WIDE = 4096 }; /* bytes; a step on more than WIDE is compared with every other */
#define KEY_ALL         UINT64_MAX       /* every step: for those that are compared with all */
#define KEY_ANY         (UINT64_MAX - 1) /* those that every step is compared with */
#define KEY_DESCRIPTORS (UINT64_MAX - 2)

/* Steps by what they touch and their thread: chains, latest first. */
struct link {
    size_t step, before; /* index of another link, PATH_NOWHERE */
};

struct slot {
    uint64_t key;
    size_t thread; /* + 1; 0: empty */
    size_t last;   /* link */
};

struct races {
    struct path *path;
    size_t from;
    struct slot *slots;
    size_t slot_room, slot_count;
    struct link *links;
    size_t link_count;
    uint32_t *
        clocks; /* of each step: how many steps of each thread happened before it, itself included */
    const uint32_t *now[PATH_THREADS]; /* of each thread's last step */
    size_t last[PATH_THREADS];         /* that step; PATH_NOWHERE: none */
    size_t *steps[PATH_THREADS];       /* of each thread, in order */
    size_t step_count[PATH_THREADS];
    uint32_t *past, *joined; /* clocks that are being made */
    unsigned threads;
};

enum visit {
    VISIT_COMPARE, /* for races */
    VISIT_JOIN,    /* what happened before the step */
    VISIT_PAST,    /* the same, but for what comes of the step at `at` */
};

static size_t hash_of(uint64_t key, size_t thread)
{
    uint64_t h = (key + thread * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    return (size_t)(h ^ (h >> 32));
}

static struct slot *slot_of(struct races *races, uint64_t key, size_t thread)
{
    size_t at = hash_of(key, thread) & (races->slot_room - 1);
    for (;; at = (at + 1) & (races->slot_room - 1)) {
        struct slot *slot = &races->slots[at];
        if (!slot->thread || (slot->key == key && slot->thread == thread + 1))
            return slot;
    }
}

static void grow_slots(struct races *races)
{
    struct slot *old = races->slots;
    size_t room = races->slot_room;
    races->slot_room = room ? room * 2 : 1024;
    races->slots = xcalloc(races->slot_room, sizeof *races->slots);
    for (size_t i = 0; i < room; i++)
        if (old[i].thread)
            *slot_of(races, old[i].key, old[i].thread - 1) = old[i];
    free(old);
}

static void remember(struct races *races, uint64_t key, size_t thread, size_t step)
{
    if ((races->slot_count + 1) * 2 > races->slot_room)
        grow_slots(races);
    struct slot *slot = slot_of(races, key, thread);
    if (!slot->thread) {
        *slot = (struct slot){.key = key, .thread = thread + 1, .last = PATH_NOWHERE};
        races->slot_count++;
    }
    struct link *link = xappend((void **)&races->links, &races->link_count, sizeof *link);
    *link = (struct link){.step = step, .before = slot->last};
    slot->last = races->link_count - 1;
}

/* The keys of what a step touches: a range of memory or the like, the mutex of a wait. */
struct keys {
    uint64_t from, to; /* inclusive */
    uint64_t second;   /* 0: none */
    bool any;          /* whatever there is */
};

static struct keys keys_of(const struct wire_step *step)
{
    struct keys keys = {.from = step->object / GRAIN, .second = 0};
    keys.to = (step->object + (step->size ? step->size - 1 : 0)) / GRAIN;
    if (step->op >= WIRE_RECEIVE && step->op <= WIRE_CLOSE)
        keys.from = keys.to = KEY_DESCRIPTORS;
    else if (step->op == WIRE_WAIT || step->op == WIRE_WAKE)
        keys.second = step->second / GRAIN;
    keys.any = step->op == WIRE_EXIT || step->size > WIDE;
    return keys;
}

static void remember_step(struct races *races, size_t at)
{
    const struct wire_step *step = &races->path->nodes[at].step;
    struct keys keys = keys_of(step);
    remember(races, KEY_ALL, step->thread, at);
    if (keys.any) {
        remember(races, KEY_ANY, step->thread, at);
        return;
    }
    for (uint64_t key = keys.from; key <= keys.to; key++)
        remember(races, key, step->thread, at);
    if (keys.second && (keys.second < keys.from || keys.second > keys.to))
        remember(races, keys.second, step->thread, at);
}

/* The step at which a decision lets `at` happen: accesses at which nothing is decided go with the one before them. */
static size_t decision_before(const struct path *path, size_t at)
{
    while (at > 0 && !path->nodes[at].choice && path->nodes[at].quiet &&
           path->nodes[at - 1].step.thread == path->nodes[at].step.thread)
        at--;
    return at;
}

/* Whether step `at` happened before the one with this clock, or is it. */
static bool within(const struct races *races, size_t at, const uint32_t *clock)
{
    const struct path_node *node = &races->path->nodes[at];
    return clock && clock[node->step.thread] >= node->nth;
}

static const uint32_t *clock_of(const struct races *races, size_t at)
{
    return races->clocks + at * races->threads;
}

/* The thread's first step from `at` on, among those gone through so far; PATH_NOWHERE: there is none. */
static size_t first_from(const struct races *races, size_t at, unsigned thread)
{
    size_t low = 0;
    size_t high = races->step_count[thread];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (races->steps[thread][middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < races->step_count[thread] ? races->steps[thread][low] : PATH_NOWHERE;
}

static void join(const struct races *races, uint32_t *clock, const uint32_t *other)
{
    for (unsigned i = 0; other && i < races->threads; i++)
        if (other[i] > clock[i])
            clock[i] = other[i];
}

/*
 * Who can begin what leads to `step` without step `at` and all that comes of that: of the steps that must come before it, and
 * itself, those that need none of the others.
 */
static uint64_t beginners(struct races *races, size_t at, const struct wire_step *step)
{
    const uint32_t *past = races->past;
    size_t first[PATH_THREADS];
    uint64_t found = 0;
    for (unsigned i = 0; i < races->threads; i++) {
        first[i] = first_from(races, at, i);
        if (first[i] != PATH_NOWHERE &&
            (!within(races, first[i], past) || within(races, at, clock_of(races, first[i]))))
            first[i] = PATH_NOWHERE;
    }
    for (unsigned i = 0; i < races->threads; i++) {
        bool begins = first[i] != PATH_NOWHERE;
        for (unsigned j = 0; begins && j < races->threads; j++)
            if (j != i && first[j] != PATH_NOWHERE)
                begins = !within(races, first[j], clock_of(races, first[i]));
        if (begins)
            found |= PATH_BIT(i);
    }
    return found ? found : PATH_BIT(step->thread);
}

/* Lets the thread go at this step, and who would have to go before it; where none of them can, anybody. */
static void add(struct races *races, size_t at, const struct wire_step *step)
{
    struct path_node *node = &races->path->nodes[at];
    if (!node->choice)
        return;
    uint64_t wanted = beginners(races, at, step) | PATH_BIT(step->thread);
    uint64_t enabled = node->step.enabled;
    node->backtrack |= wanted & enabled ? wanted & enabled : enabled;
}

static void visit_all(struct races *races, const struct wire_step *step, enum visit visit,
                      size_t at);

/* `step`, which is not taken yet, races with that at `at`. */
static void race(struct races *races, size_t at, const struct wire_step *step)
{
    memset(races->past, 0, races->threads * sizeof *races->past);
    join(races, races->past, races->now[step->thread]);
    visit_all(races, step, VISIT_PAST, at);
    at = decision_before(races->path, at);
    add(races, at, step);
    size_t block = races->path->nodes[at].block;
    if (block != at)
        add(races, block, step);
}

/*
 * The second can never go right before the first: that gives back what the second waits for. It is tried there all the
 * same: a thread that stands before it is left for nothing. But the race is with what took it, earlier.
 */
static bool only_in_this_order(const struct wire_step *first, const struct wire_step *second)
{
    uint64_t given_back = first->op == WIRE_WAIT ? first->second : first->object;
    bool mutex = first->op == WIRE_WAIT || first->op == WIRE_UNLOCK;
    if (second->flags & WIRE_TIMED)
        return false;
    switch (second->op) {
    case WIRE_LOCK:
        return mutex && given_back == second->object;
    case WIRE_WAKE:
        return mutex && given_back == second->second;
    case WIRE_SPIN_LOCK:
        return first->op == WIRE_SPIN_UNLOCK;
    case WIRE_JOIN:
        return first->op == WIRE_END;
    default:
        return false;
    }
}

/*
 * A thread cannot begin before it is made. Nor can it be joined before it has ended: and to leave a thread right before
 * its end, so that who joins it has to wait and is left for nothing, costs as much as to leave that one later,
 * unless it costs nothing there.
 */
static bool makes_no_odds(const struct races *races, size_t at, const struct wire_step *step)
{
    const struct path_node *node = &races->path->nodes[at];
    if (step->op == WIRE_JOIN && !(step->flags & WIRE_TIMED))
        return node->step.op == WIRE_END && node->block != at;
    return step->op == WIRE_START && node->step.op == WIRE_CREATE;
}

/* The steps of one chain that race with what a thread does, or would do, next. */
static void compare_chain(struct races *races, size_t chain, const struct wire_step *step)
{
    uint16_t thread = step->thread;
    size_t last = races->last[thread];
    for (; chain != PATH_NOWHERE; chain = races->links[chain].before) {
        size_t at = races->links[chain].step;
        const struct path_node *node = &races->path->nodes[at];
        if (!wire_conflict(&node->step, step) || makes_no_odds(races, at, step))
            continue;
        if (last == PATH_NOWHERE || at > last) {
            /* It stood before this all the while; could it not go, then that waits for the step or for
             * what is behind it, unless it was merely set back. */
            if (node->step.enabled & PATH_BIT(thread) || !path_may_block(step->op))
                race(races, at, step);
            continue;
        }
        if (within(races, at, races->now[thread]))
            return;
        race(races, at, step);
        if (!only_in_this_order(&node->step, step))
            return;
    }
}

/* The order between a step and the last one of a chain that it conflicts with. */
static void join_chain(struct races *races, size_t chain, const struct wire_step *step)
{
    for (; chain != PATH_NOWHERE; chain = races->links[chain].before) {
        size_t at = races->links[chain].step;
        if (!wire_conflict(&races->path->nodes[at].step, step))
            continue;
        join(races, races->joined, clock_of(races, at));
        return;
    }
}

/* The last one behind `from` that must come before the step, and does not come of `from`. */
static void join_past(struct races *races, size_t chain, const struct wire_step *step, size_t from)
{
    for (; chain != PATH_NOWHERE; chain = races->links[chain].before) {
        size_t at = races->links[chain].step;
        if (at <= from)
            return;
        if (within(races, from, clock_of(races, at)) ||
            !wire_conflict(&races->path->nodes[at].step, step))
            continue;
        join(races, races->past, clock_of(races, at));
        return;
    }
}

static void visit_key(struct races *races, uint64_t key, const struct wire_step *step,
                      enum visit visit, size_t at)
{
    for (unsigned thread = 0; thread < races->threads; thread++) {
        const struct slot *slot = slot_of(races, key, thread);
        if (thread == step->thread || !slot->thread)
            continue;
        if (visit == VISIT_JOIN)
            join_chain(races, slot->last, step);
        else if (visit == VISIT_COMPARE)
            compare_chain(races, slot->last, step);
        else
            join_past(races, slot->last, step, at);
    }
}

static void visit_all(struct races *races, const struct wire_step *step, enum visit visit,
                      size_t at)
{
    struct keys keys = keys_of(step);
    if (keys.any) {
        visit_key(races, KEY_ALL, step, visit, at);
        return;
    }
    for (uint64_t key = keys.from; key <= keys.to; key++)
        visit_key(races, key, step, visit, at);
    if (keys.second)
        visit_key(races, keys.second, step, visit, at);
    visit_key(races, KEY_ANY, step, visit, at);
}

static void pass(struct races *races, size_t at)
{
    struct path_node *node = &races->path->nodes[at];
    uint16_t thread = node->step.thread;
    uint32_t *clock = races->clocks + at * races->threads;
    if (at >= races->from && !node->quiet)
        visit_all(races, &node->step, VISIT_COMPARE, at);
    join(races, clock, races->now[thread]);
    clock[thread] = node->nth;
    if (!node->quiet) {
        races->joined = clock;
        visit_all(races, &node->step, VISIT_JOIN, at);
        remember_step(races, at);
    }
    races->now[thread] = clock;
    races->last[thread] = at;
    *(size_t *)xappend((void **)&races->steps[thread], &races->step_count[thread], sizeof(size_t)) =
        at;
}

/*
 * What the threads stood before when the run ended. Where one of them ended the program, by an error or without a point, that comes
 * after its last step and conflicts with all that the others had done and would have done.
 */
static void pass_end(struct races *races)
{
    const struct path *path = races->path;
    for (unsigned thread = 0; thread < races->threads; thread++) {
        const struct wire_step *next = &path->pending[thread];
        if (next->op == WIRE_NONE || (path->cut && thread == path->cut_by))
            continue;
        visit_all(races, next, VISIT_COMPARE, path->count);
        if (path->cut && path->count && path->nodes[path->count - 1].step.thread == path->cut_by)
            race(races, path->count - 1, next);
    }
    if (path->cut && path->cut_by < races->threads) {
        struct wire_step end = {.thread = path->cut_by, .op = WIRE_EXIT};
        visit_all(races, &end, VISIT_COMPARE, path->count);
    }
}

void races_find(struct path *path, size_t from)
{
    struct races races = {.path = path, .from = from, .threads = path->threads};
    grow_slots(&races);
    races.clocks = xcalloc(path->count * path->threads + 1, sizeof *races.clocks);
    races.past = xcalloc(path->threads + 1, sizeof *races.past);
    for (unsigned i = 0; i < PATH_THREADS; i++)
        races.last[i] = PATH_NOWHERE;
    for (size_t i = 0; i < path->count; i++)
        pass(&races, i);
    pass_end(&races);
    free(races.slots);
    free(races.links);
    free(races.clocks);
    free(races.past);
    for (unsigned i = 0; i < PATH_THREADS; i++)
        free(races.steps[i]);
}
