#include "explain/story/cycle_story.h"

#include <stdlib.h>

#include "explain/story/phrase.h"
#include "model/memory.h"

enum { LONG = 8, BEGUN = 3 }; /* members that are all told; those told first of a longer cycle */

static const struct stuck_thread *thread_of(const struct teller *teller,
                                            const struct wait_link *link)
{
    return &teller->explanation->threads[link->thread];
}

static const struct holder *holder_of(const struct teller *teller, const struct wait_link *link)
{
    return &thread_of(teller, link)->waiting.holders[link->holder];
}

/* "thread 2 waits at 30 for `lock`, which it holds itself (taken at 27)" */
static void tell_self(struct teller *teller, const struct wait_link *link)
{
    const struct stuck_thread *thread = thread_of(teller, link);
    const struct holder *holder = holder_of(teller, link);
    enum wait_for what = thread->waiting.what;
    tell_label(teller, link->thread);
    tell(teller, " ");
    phrase_verb(teller, thread, false);
    tell(teller, " ");
    tell_place(teller, stuck_thread_place(thread));
    phrase_object(teller, link->thread);
    if (what == FOR_ONCE)
        tell(teller, ", which runs on the same thread");
    else if (what == FOR_READ_LOCK)
        tell(teller, ", whose write lock it holds itself");
    else if (what == FOR_WRITE_LOCK && phrase_reads(teller, thread, holder))
        tell(teller, ", whose read lock it holds itself");
    else if (phrase_is_lock(what))
        tell(teller, ", which it holds itself");
    if (phrase_is_lock(what))
        tell_taken(teller, &holder->taken);
    phrase_note(teller, thread);
}

/* "thread 'payer' holds `from` (taken at 21) and waits for `to` at 22" */
static void tell_member(struct teller *teller, const struct wait_link *before,
                        const struct wait_link *link)
{
    const struct stuck_thread *thread = thread_of(teller, link);
    const struct stuck_thread *follower = thread_of(teller, before);
    const struct holder *grip = holder_of(teller, before);
    const struct holder *holder = holder_of(teller, link);
    enum wait_for what = thread->waiting.what;
    bool held = grip->thread == link->thread && !grip->queued;
    tell_label(teller, link->thread);
    tell(teller, " ");
    if (held && phrase_is_lock(follower->waiting.what)) {
        tell(teller, "holds ");
        phrase_held(teller, follower, grip);
        tell_taken(teller, &grip->taken);
        tell(teller, " and ");
    } else if (held && follower->waiting.what == FOR_ONCE) {
        tell(teller, "runs the initialiser of ");
        tell_object(teller, follower);
        tell(teller, " and ");
    }
    phrase_verb(teller, thread, false);
    bool object_first = phrase_is_lock(what) || what == FOR_ONCE;
    if (object_first)
        phrase_object(teller, link->thread);
    tell(teller, " ");
    tell_place(teller, stuck_thread_place(thread));
    if (!object_first)
        phrase_object(teller, link->thread);
    if (holder->queued) {
        tell(teller, ", behind ");
        tell_label(teller, holder->thread);
        tell(teller, ", because the lock prefers writers");
    }
    if (object_first && holder->thread == NO_INDEX)
        phrase_holders(teller, link->thread, true);
    else if (what == FOR_DATA || what == FOR_ROOM)
        phrase_end(teller, thread, holder);
    phrase_note(teller, thread);
}

/* Whether all read what all want to write, from one place to one place. */
static bool is_upgrade(const struct teller *teller, const struct wait_cycle *cycle)
{
    const struct stuck_thread *first = thread_of(teller, &cycle->links[0]);
    const struct holder *grip = holder_of(teller, &cycle->links[0]);
    for (size_t i = 0; i < cycle->count; i++) {
        const struct stuck_thread *thread = thread_of(teller, &cycle->links[i]);
        const struct holder *holder = holder_of(teller, &cycle->links[i]);
        if (thread->waiting.what != FOR_WRITE_LOCK || thread->process != first->process ||
            thread->waiting.object != first->waiting.object || thread->waiting.object == 0 ||
            thread->waiting.certain != first->waiting.certain ||
            !phrase_reads(teller, thread, holder) || !same_place(&holder->taken, &grip->taken) ||
            !same_place(stuck_thread_place(thread), stuck_thread_place(first)))
            return false;
    }
    return true;
}

/* "threads 2 and 3 each hold the read lock of `table` (taken at 30) and wait for its write lock" */
static void tell_upgrade(struct teller *teller, const struct wait_cycle *cycle)
{
    const struct stuck_thread *first = thread_of(teller, &cycle->links[0]);
    const struct holder *grip = holder_of(teller, &cycle->links[0]);
    size_t *threads = xcalloc(cycle->count, sizeof *threads);
    for (size_t i = 0; i < cycle->count; i++)
        threads[i] = cycle->links[i].thread;
    tell_labels(teller, threads, cycle->count);
    free(threads);
    tell(teller, " each hold ");
    phrase_held(teller, first, grip);
    tell_taken(teller, &grip->taken);
    tell(teller, " and ");
    phrase_verb(teller, first, true);
    tell(teller, " for its write lock ");
    tell_place(teller, stuck_thread_place(first));
}

void cycle_tell(struct teller *teller, const struct wait_cycle *cycle, bool part)
{
    bool self = cycle->count == 1;
    tell(teller, part ? "deadlock of a part: " : self ? "self-deadlock: " : "deadlock: ");
    if (self) {
        tell_self(teller, &cycle->links[0]);
        return;
    }
    if (is_upgrade(teller, cycle)) {
        tell_upgrade(teller, cycle);
        return;
    }
    for (size_t i = 0; i < cycle->count; i++) {
        bool last = i + 1 == cycle->count;
        if (cycle->count > LONG && i == BEGUN)
            tell(teller, "; and so on through %zu more", cycle->count - BEGUN - 1);
        if (cycle->count > LONG && i >= BEGUN && !last)
            continue;
        if (i > 0)
            tell(teller, "; ");
        tell_member(teller, &cycle->links[i == 0 ? cycle->count - 1 : i - 1], &cycle->links[i]);
    }
}
