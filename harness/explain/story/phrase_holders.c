#include "explain/story/phrase.h"

#include <string.h>

enum { LISTED = 3 }; /* holders that are named before "and N more" */

/* Only a lock for writing waits for readers. */
bool phrase_reads(const struct teller *teller, const struct stuck_thread *thread,
                  const struct holder *holder)
{
    const struct waiting *waiting = &thread->waiting;
    if (waiting->what != FOR_WRITE_LOCK)
        return false;
    if (holder->thread < teller->explanation->thread_count) {
        const struct stuck_thread *owner = &teller->explanation->threads[holder->thread];
        for (size_t i = 0; i < owner->held_count; i++) {
            if (owner->held[i].object == waiting->object)
                return owner->held[i].shared;
        }
    }
    return waiting->count > 0;
}

void phrase_held(struct teller *teller, const struct stuck_thread *thread,
                 const struct holder *holder)
{
    enum wait_for what = thread->waiting.what;
    if (what == FOR_FILE_LOCK) {
        tell(teller, "the file lock on ");
        phrase_channel(teller, &thread->waiting);
        return;
    }
    if (what != FOR_MUTEX)
        tell(teller,
             phrase_reads(teller, thread, holder) ? "the read lock of " : "the write lock of ");
    tell_object(teller, thread);
}

static void tell_holder(struct teller *teller, const struct holder *holder)
{
    if (holder->thread != NO_INDEX)
        tell_label(teller, holder->thread);
    else if (holder->process != NO_INDEX)
        tell_process(teller, holder->process);
    else
        tell(teller, "%s", holder->who ? holder->who : "a thread");
}

static void tell_separator(struct teller *teller, size_t index, size_t count)
{
    bool last = index + 1 == (count > LISTED ? LISTED : count);
    if (index > 0)
        tell(teller, count <= LISTED && last ? " and " : ", ");
}

static bool has_ended(const struct holder *holder)
{
    static const char ending[] = "has ended";
    size_t length = holder->who ? strlen(holder->who) : 0;
    return holder->thread == NO_INDEX && holder->process == NO_INDEX && length >= strlen(ending) &&
           strcmp(holder->who + length - strlen(ending), ending) == 0;
}

/* ", whose owner, a thread that has ended, never unlocked it" */
static void tell_stranger(struct teller *teller, const struct waiting *waiting,
                          const struct holder *holder)
{
    tell(teller, ", whose %s", waiting->what == FOR_WRITE_LOCK ? "holder" : "owner");
    if (!has_ended(holder)) {
        tell(teller, " is %s", holder->who ? holder->who : "not known");
        if (waiting->what != FOR_FILE_LOCK)
            tell_taken(teller, &holder->taken);
        return;
    }
    tell(teller, ", %s,", holder->who);
    if (holder->taken.line > 0 || holder->taken.function) {
        tell(teller, " took it ");
        tell_place(teller, &holder->taken);
        tell(teller, " and");
    }
    tell(teller, " never unlocked it");
}

static void tell_lock_holders(struct teller *teller, const struct stuck_thread *thread, bool taken)
{
    const struct waiting *waiting = &thread->waiting;
    size_t count = waiting->holder_count;
    if (count == 0) {
        if (waiting->what == FOR_WRITE_LOCK && waiting->count > 0)
            tell(teller, ", which %ld thread%s for reading", waiting->count,
                 waiting->count == 1 ? " holds" : "s hold");
        else if (!waiting->note)
            tell(teller, "; its owner is not known");
        return;
    }
    const struct holder *first = &waiting->holders[0];
    if (count == 1 && first->thread == NO_INDEX && first->process == NO_INDEX) {
        tell_stranger(teller, waiting, first);
        return;
    }
    tell(teller, first->queued ? ", behind " : ", which ");
    for (size_t i = 0; i < count && i < LISTED; i++) {
        tell_separator(teller, i, count);
        tell_holder(teller, &waiting->holders[i]);
    }
    if (count > LISTED)
        tell(teller, " and %zu more", count - LISTED);
    if (first->queued) {
        tell(teller, ", because the lock prefers writers");
        return;
    }
    tell(teller, count == 1 ? " holds" : " hold");
    if (phrase_reads(teller, thread, first))
        tell(teller, " for reading");
    if (count == 1 && taken)
        tell_taken(teller, &first->taken);
}

/* The far end of what the thread reads from or writes to. */
static const char *far_end(const struct waiting *waiting)
{
    if (!phrase_is_pipe(waiting))
        return "other end";
    return waiting->what == FOR_DATA ? "write end" : "read end";
}

static void tell_ends(struct teller *teller, const struct stuck_thread *thread)
{
    const struct waiting *waiting = &thread->waiting;
    size_t count = waiting->holder_count;
    if (count == 0)
        return;
    tell(teller, "; its %s is still open in ", far_end(waiting));
    for (size_t i = 0; i < count && i < LISTED; i++) {
        const struct holder *holder = &waiting->holders[i];
        tell_separator(teller, i, count);
        if (holder->process == thread->process)
            tell(teller, "this process itself");
        else if (holder->process != NO_INDEX)
            tell_process(teller, holder->process);
        else
            tell_holder(teller, holder);
        if (holder->fd >= 0)
            tell(teller, " (fd %d)", holder->fd);
    }
    if (count > LISTED)
        tell(teller, " and %zu more places", count - LISTED);
}

void phrase_end(struct teller *teller, const struct stuck_thread *thread,
                const struct holder *holder)
{
    const struct waiting *waiting = &thread->waiting;
    bool filled = waiting->what == FOR_ROOM && waiting->count >= 0 && waiting->needed > 0;
    tell(teller, "%s whose %s ", filled ? " and" : ",", far_end(waiting));
    if (holder->process != NO_INDEX)
        tell_process(teller, holder->process);
    else
        tell_holder(teller, holder);
    tell(teller, " has open");
    if (holder->fd >= 0)
        tell(teller, " (fd %d)", holder->fd);
}

void phrase_holders(struct teller *teller, size_t thread, bool taken)
{
    const struct stuck_thread *waiter = &teller->explanation->threads[thread];
    const struct waiting *waiting = &waiter->waiting;
    const struct holder *first = waiting->holder_count > 0 ? &waiting->holders[0] : NULL;
    if (phrase_is_lock(waiting->what)) {
        tell_lock_holders(teller, waiter, taken);
    } else if (waiting->what == FOR_DATA || waiting->what == FOR_ROOM) {
        tell_ends(teller, waiter);
    } else if (waiting->what == FOR_ONCE && first) {
        tell(teller, ", which ");
        tell_holder(teller, first);
        tell(teller, " runs");
    } else if (waiting->what == FOR_SEMAPHORE && waiting->count >= 0) {
        tell(teller, ", whose value is %ld", waiting->count);
    } else if (waiting->what == FOR_BARRIER && waiting->count >= 0 && waiting->needed > 0) {
        tell(teller, ", where %ld of %ld %s arrived", waiting->count, waiting->needed,
             waiting->count == 1 ? "has" : "have");
    }
}
