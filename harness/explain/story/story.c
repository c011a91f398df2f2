#include "explain/story/story.h"

#include <stdlib.h>

#include "explain/story/busy.h"
#include "explain/story/cycle_story.h"
#include "explain/story/graph.h"
#include "explain/story/group.h"
#include "model/memory.h"

/* What one reader takes in: the rest is counted. */
enum { CYCLES = 5, ROOTS = 6, FOLLOWERS = 4, GOING = 3 };

/* One flag for each thread. */
struct roles {
    bool *in_cycle;
    bool *chosen; /* for the sentence under way */
};

static void say(struct explanation *explanation, struct teller *teller)
{
    explanation_say(explanation, teller_end(teller));
}

static void tell_cycles(struct explanation *explanation, struct teller *teller,
                        const struct wait_cycles *cycles, bool part, bool *in_cycle)
{
    for (size_t i = 0; i < cycles->count; i++) {
        const struct wait_cycle *cycle = &cycles->items[i];
        for (size_t k = 0; k < cycle->count; k++)
            in_cycle[cycle->links[k].thread] = true;
        if (i >= CYCLES)
            continue;
        cycle_tell(teller, cycle, part);
        say(explanation, teller);
    }
    if (cycles->count > CYCLES) {
        size_t more = cycles->count - CYCLES;
        tell(teller, "%zu more cycle%s of this kind", more, more == 1 ? "" : "s");
        say(explanation, teller);
    }
}

/* Threads of the groups from `from` on. */
static size_t threads_from(const struct wait_groups *groups, size_t from)
{
    size_t count = 0;
    for (size_t i = from; i < groups->count; i++)
        count += groups->items[i].count;
    return count;
}

static void tell_roots(struct explanation *explanation, struct teller *teller, const bool *chosen)
{
    struct wait_groups groups;
    groups_make(teller, chosen, &groups);
    groups_rank(teller, &groups);
    bool said_left = false;
    for (size_t i = 0; i < groups.count && i < ROOTS; i++) {
        said_left = group_tell(teller, &groups.items[i], !said_left) || said_left;
        say(explanation, teller);
    }
    size_t more = threads_from(&groups, ROOTS);
    if (more > 0) {
        tell(teller, "%zu more thread%s elsewhere", more, more == 1 ? " waits" : "s wait");
        say(explanation, teller);
    }
    groups_release(&groups);
}

/* One sentence for all that wait only because others do. */
static void tell_followers(struct explanation *explanation, struct teller *teller,
                           const struct roles *roles)
{
    struct wait_groups groups;
    groups_make(teller, roles->chosen, &groups);
    for (size_t i = 0; i < groups.count && i < FOLLOWERS; i++) {
        tell(teller, "%s", i > 0 ? "; " : "");
        group_tell_follower(teller, &groups.items[i], roles->in_cycle);
    }
    size_t more = threads_from(&groups, FOLLOWERS);
    if (more > 0)
        tell(teller, "; %zu more thread%s for these in turn", more,
             more == 1 ? " waits" : "s wait");
    if (groups.count > 0)
        say(explanation, teller);
    groups_release(&groups);
}

static void tell_ended(struct explanation *explanation, struct teller *teller,
                       const struct roles *roles)
{
    struct wait_graph graph;
    struct wait_cycles cycles;
    wait_graph_build(explanation, GRAPH_WAITS, &graph);
    wait_graph_cycles(&graph, &cycles);
    explanation->stuck = cycles.count > 0 ? STUCK_DEADLOCK : STUCK_HANG;
    tell_cycles(explanation, teller, &cycles, false, roles->in_cycle);
    for (size_t i = 0; i < explanation->thread_count; i++)
        roles->chosen[i] = !roles->in_cycle[i] && !wait_graph_has_edge(&graph, i);
    tell_roots(explanation, teller, roles->chosen);
    for (size_t i = 0; i < explanation->thread_count; i++)
        roles->chosen[i] = !roles->in_cycle[i] && wait_graph_has_edge(&graph, i);
    tell_followers(explanation, teller, roles);
    for (size_t i = 0; i < explanation->thread_count; i++)
        explanation->threads[i].stuck = true;
    wait_cycles_release(&cycles);
    wait_graph_release(&graph);
}

static bool is_going(const struct stuck_thread *thread)
{
    return thread->ready || thread->waiting.limited || thread->waiting.what == FOR_TIME ||
           thread->waiting.what == FOR_NOTHING;
}

/* Who is not part of the deadlock; where none of them runs or sleeps, those who may be woken. */
static void tell_going(struct explanation *explanation, struct teller *teller, const bool *stuck,
                       bool *chosen)
{
    bool any = false;
    for (size_t i = 0; i < explanation->thread_count; i++) {
        chosen[i] = !stuck[i] && is_going(&explanation->threads[i]);
        any = any || chosen[i];
    }
    for (size_t i = 0; !any && i < explanation->thread_count; i++)
        chosen[i] = !stuck[i];
    struct wait_groups groups;
    groups_make(teller, chosen, &groups);
    if (groups.count > 0)
        tell(teller, any ? "still going on: " : "not part of it: ");
    for (size_t i = 0; i < groups.count && i < GOING; i++) {
        tell(teller, i == 0 ? "" : i + 1 == groups.count ? " and " : ", ");
        group_tell_aside(teller, &groups.items[i]);
    }
    size_t more = threads_from(&groups, GOING);
    if (more > 0)
        tell(teller, " and %zu more", more);
    if (groups.count > 0)
        say(explanation, teller);
    groups_release(&groups);
}

static void tell_part(struct explanation *explanation, struct teller *teller,
                      const struct wait_cycles *cycles, const struct roles *roles)
{
    explanation->stuck = STUCK_PART;
    tell_cycles(explanation, teller, cycles, true, roles->in_cycle);
    bool *stuck = xcalloc(explanation->thread_count, sizeof *stuck);
    for (size_t i = 0; i < explanation->thread_count; i++)
        stuck[i] = roles->in_cycle[i];
    wait_spread(explanation, stuck);
    for (size_t i = 0; i < explanation->thread_count; i++)
        roles->chosen[i] = stuck[i] && !roles->in_cycle[i];
    tell_followers(explanation, teller, roles);
    tell_going(explanation, teller, stuck, roles->chosen);
    for (size_t i = 0; i < explanation->thread_count; i++)
        explanation->threads[i].stuck = stuck[i];
    free(stuck);
}

static void tell_unfinished(struct explanation *explanation, struct teller *teller,
                            const struct roles *roles)
{
    struct wait_graph graph;
    struct wait_cycles cycles;
    wait_graph_build(explanation, GRAPH_LOCKS, &graph);
    wait_graph_cycles(&graph, &cycles);
    explanation->stuck = STUCK_NOT;
    if (cycles.count > 0) {
        tell_part(explanation, teller, &cycles, roles);
    } else if (busy_only(explanation)) {
        explanation->stuck = STUCK_BUSY;
        for (size_t i = 0; i < explanation->thread_count; i++)
            explanation->threads[i].stuck = true;
        busy_tell(teller);
        say(explanation, teller);
    }
    wait_cycles_release(&cycles);
    wait_graph_release(&graph);
}

void story_tell(struct explanation *explanation, bool ended)
{
    struct teller teller;
    struct roles roles = {
        .in_cycle = xcalloc(explanation->thread_count + 1, sizeof *roles.in_cycle),
        .chosen = xcalloc(explanation->thread_count + 1, sizeof *roles.chosen),
    };
    teller_init(&teller, explanation);
    if (ended)
        tell_ended(explanation, &teller, &roles);
    else
        tell_unfinished(explanation, &teller, &roles);
    teller_release(&teller);
    free(roles.in_cycle);
    free(roles.chosen);
}
