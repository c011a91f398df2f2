#include "explain/story/group.h"

#include <stdlib.h>
#include <string.h>

#include "explain/story/objects_told.h"
#include "explain/story/phrase.h"
#include "model/memory.h"

enum { EACH_VALUE = 3 }; /* threads of one group whose different values are all told */

static bool same_holders(const struct stuck_thread *left, const struct stuck_thread *right)
{
    const struct waiting *l = &left->waiting, *r = &right->waiting;
    if (l->holder_count != r->holder_count)
        return false;
    for (size_t i = 0; i < l->holder_count; i++) {
        const struct holder *a = &l->holders[i], *b = &r->holders[i];
        if (a->thread != b->thread || a->process != b->process || a->fd != b->fd ||
            !same_text(a->who, b->who))
            return false;
        if (left->process != right->process &&
            (a->process == left->process || a->process == right->process))
            return false;
    }
    return true;
}

static bool same_object(const struct teller *teller, const struct stuck_thread *left,
                        const struct stuck_thread *right)
{
    const struct waiting *l = &left->waiting, *r = &right->waiting;
    if (l->object != r->object || l->fd != r->fd || !same_text(l->name, r->name))
        return false;
    if (left->process == right->process || !told_kind(l->what))
        return true;
    const struct told_object *object = told_object_of(teller->objects, teller->object_count, left);
    return object && object == told_object_of(teller->objects, teller->object_count, right);
}

static bool same_wait(const struct teller *teller, const struct stuck_thread *left,
                      const struct stuck_thread *right)
{
    const struct waiting *l = &left->waiting, *r = &right->waiting;
    return l->what == r->what && l->limited == r->limited && l->certain == r->certain &&
           left->stopped == right->stopped && left->ready == right->ready &&
           same_place(stuck_thread_place(left), stuck_thread_place(right)) &&
           same_text(l->predicate, r->predicate) && same_text(l->note, r->note) &&
           same_object(teller, left, right) && same_holders(left, right);
}

void groups_make(struct teller *teller, const bool *chosen, struct wait_groups *groups)
{
    const struct stuck_thread *threads = teller->explanation->threads;
    *groups = (struct wait_groups){0};
    for (size_t i = 0; i < teller->explanation->thread_count; i++) {
        if (!chosen[i])
            continue;
        size_t at = 0;
        while (at < groups->count &&
               !same_wait(teller, &threads[groups->items[at].threads[0]], &threads[i]))
            at++;
        if (at == groups->count)
            xappend((void **)&groups->items, &groups->count, sizeof *groups->items);
        struct wait_group *group = &groups->items[at];
        *(size_t *)xappend((void **)&group->threads, &group->count, sizeof *group->threads) = i;
    }
}

void groups_release(struct wait_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        free(groups->items[i].threads);
    free(groups->items);
    *groups = (struct wait_groups){0};
}

/* A cause before a circumstance, a circumstance before what is only seen to wait. */
static int telling(const struct stuck_thread *thread)
{
    const struct waiting *waiting = &thread->waiting;
    const struct holder *holder = waiting->holder_count > 0 ? &waiting->holders[0] : NULL;
    if (!waiting->certain || waiting->what == FOR_UNKNOWN || waiting->what == FOR_NOTHING)
        return 0;
    if (holder && (holder->who || holder->process == thread->process))
        return 4;
    if (waiting->predicate || waiting->history)
        return 3;
    return waiting->count >= 0 ? 2 : 1;
}

void groups_rank(const struct teller *teller, struct wait_groups *groups)
{
    const struct stuck_thread *threads = teller->explanation->threads;
    struct wait_group *ranked = xcalloc(groups->count + 1, sizeof *ranked);
    size_t count = 0;
    for (int rank = 4; rank >= 0; rank--) {
        for (size_t i = 0; i < groups->count; i++) {
            if (telling(&threads[groups->items[i].threads[0]]) == rank)
                ranked[count++] = groups->items[i];
        }
    }
    free(groups->items);
    groups->items = ranked;
}

/* " (`queue.unfinished` is 1)", or of each thread where they differ. */
static void tell_values(struct teller *teller, const struct wait_group *group)
{
    const struct stuck_thread *threads = teller->explanation->threads;
    const char *first = threads[group->threads[0]].waiting.values;
    bool same = true, all = true;
    for (size_t i = 0; i < group->count; i++) {
        const char *values = threads[group->threads[i]].waiting.values;
        same = same && same_text(values, first);
        all = all && values;
    }
    if (!all || (!same && group->count > EACH_VALUE))
        return;
    tell(teller, " (");
    for (size_t i = 0; i < (same ? 1 : group->count); i++) {
        tell(teller, "%s", i > 0 ? "; " : "");
        if (!same) {
            tell_label(teller, group->threads[i]);
            tell(teller, ": ");
        }
        tell(teller, "%s", threads[group->threads[i]].waiting.values);
    }
    tell(teller, ")");
}

static const char *shared_history(const struct teller *teller, const struct wait_group *group)
{
    const struct stuck_thread *threads = teller->explanation->threads;
    const char *history = threads[group->threads[0]].waiting.history;
    for (size_t i = 1; i < group->count; i++) {
        if (!same_text(history, threads[group->threads[i]].waiting.history))
            return NULL;
    }
    return history;
}

static bool tell_missing(struct teller *teller, const struct wait_group *group)
{
    const struct waiting *waiting = &teller->explanation->threads[group->threads[0]].waiting;
    const char *missing = phrase_missing(waiting);
    if (!missing)
        return false;
    if (waiting->what == FOR_BARRIER)
        tell(teller, "; nobody else is left to %s", missing);
    else if (waiting->what != FOR_CONDITION)
        tell(teller, "; nobody is left to %s", missing);
    else if (group->count == teller->explanation->thread_count)
        tell(teller, "; no other thread is left to %s", missing);
    else
        tell(teller, "; every other thread waits, too, so that nobody is left to %s", missing);
    return true;
}

/* "threads 2 and 3 wait at 61" */
static void tell_subject(struct teller *teller, const struct wait_group *group)
{
    const struct stuck_thread *thread = &teller->explanation->threads[group->threads[0]];
    tell_labels(teller, group->threads, group->count);
    tell(teller, " ");
    phrase_verb(teller, thread, group->count > 1);
    tell(teller, " ");
    tell_place(teller, stuck_thread_place(thread));
}

bool group_tell(struct teller *teller, const struct wait_group *group, bool missing)
{
    const struct stuck_thread *thread = &teller->explanation->threads[group->threads[0]];
    const struct waiting *waiting = &thread->waiting;
    const struct place *place = stuck_thread_place(thread);
    tell_subject(teller, group);
    if (place && place->line > 0 && place->function && strcmp(place->function, "main") != 0)
        tell(teller, " in %s", place->function);
    phrase_object(teller, group->threads[0]);
    if (waiting->what == FOR_UNKNOWN && !thread->stopped && !thread->ready)
        tell(teller, " for an unknown reason");
    if (waiting->predicate)
        tell(teller, " while `%s`", waiting->predicate);
    tell_values(teller, group);
    phrase_holders(teller, group->threads[0], true);
    const char *history = shared_history(teller, group);
    if (history)
        tell(teller, "; it was %s", history);
    bool missed = missing && tell_missing(teller, group);
    phrase_note(teller, thread);
    return missed;
}

void group_tell_follower(struct teller *teller, const struct wait_group *group, const bool *told)
{
    const struct stuck_thread *thread = &teller->explanation->threads[group->threads[0]];
    const struct waiting *waiting = &thread->waiting;
    const struct holder *only = waiting->holder_count == 1 ? &waiting->holders[0] : NULL;
    tell_subject(teller, group);
    phrase_object(teller, group->threads[0]);
    if (only && (waiting->what == FOR_DATA || waiting->what == FOR_ROOM))
        phrase_end(teller, thread, only);
    else
        phrase_holders(teller, group->threads[0],
                       !only || only->thread == NO_INDEX || !told[only->thread]);
    phrase_note(teller, thread);
}

void group_tell_aside(struct teller *teller, const struct wait_group *group)
{
    const struct stuck_thread *thread = &teller->explanation->threads[group->threads[0]];
    tell_labels(teller, group->threads, group->count);
    tell(teller, " (");
    phrase_verb(teller, thread, group->count > 1);
    tell(teller, " ");
    tell_place(teller, stuck_thread_place(thread));
    phrase_object(teller, group->threads[0]);
    if (thread->waiting.limited && !thread->ready && thread->waiting.what != FOR_TIME)
        tell(teller, ", with a time limit");
    tell(teller, ")");
}
