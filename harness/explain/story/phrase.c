#include "explain/story/phrase.h"

#include <string.h>

void phrase_verb(struct teller *teller, const struct stuck_thread *thread, bool plural)
{
    const struct waiting *waiting = &thread->waiting;
    if (thread->stopped)
        tell(teller, plural ? "are stopped" : "is stopped");
    else if (thread->ready || waiting->what == FOR_NOTHING)
        tell(teller, plural ? "run" : "runs");
    else if (waiting->what == FOR_UNKNOWN)
        tell(teller, plural ? "are asleep" : "is asleep");
    else if (waiting->what == FOR_TIME)
        tell(teller, plural ? "sleep" : "sleeps");
    else if (!waiting->certain)
        tell(teller, plural ? "seem to wait" : "seems to wait");
    else
        tell(teller, plural ? "wait" : "waits");
}

void phrase_channel(struct teller *teller, const struct waiting *waiting)
{
    const char *name = waiting->name;
    bool common = name && (strncmp(name, "a ", 2) == 0 || strncmp(name, "an ", 3) == 0);
    if (name)
        tell(teller, common ? "%s" : "`%s`", name);
    if (waiting->fd >= 0)
        tell(teller, name ? " (fd %d)" : "fd %d", waiting->fd);
    else if (!name)
        tell(teller, "a descriptor");
}

bool phrase_is_pipe(const struct waiting *waiting)
{
    return waiting->name && strstr(waiting->name, "pipe");
}

static void tell_input(struct teller *teller, const struct waiting *waiting)
{
    if (waiting->call && strncmp(waiting->call, "accept", strlen("accept")) == 0)
        tell(teller, " for a connection on ");
    else if (phrase_is_pipe(waiting) || (waiting->name && strstr(waiting->name, "socket")))
        tell(teller, " for data or end-of-file from ");
    else
        tell(teller, " for data from ");
    phrase_channel(teller, waiting);
}

static void tell_room(struct teller *teller, const struct waiting *waiting)
{
    tell(teller, " for room in ");
    phrase_channel(teller, waiting);
    if (waiting->count < 0 || waiting->needed <= 0)
        return;
    if (waiting->count >= waiting->needed)
        tell(teller, ", which is full (%ld bytes)", waiting->needed);
    else
        tell(teller, ", which holds %ld of %ld bytes", waiting->count, waiting->needed);
}

/* " for thread 2 to end". */
static void tell_end_of(struct teller *teller, size_t thread)
{
    const struct stuck_thread *waiter = &teller->explanation->threads[thread];
    const struct waiting *waiting = &waiter->waiting;
    const struct holder *one = waiting->holder_count == 1 ? &waiting->holders[0] : NULL;
    bool child = waiting->what == FOR_CHILD;
    tell(teller, " for ");
    if (one && one->thread == thread)
        tell(teller, "itself");
    else if (one && child && one->process != NO_INDEX)
        tell_process(teller, one->process);
    else if (one && one->thread != NO_INDEX)
        tell_label(teller, one->thread);
    else if (one && one->who)
        tell(teller, "%s", one->who);
    else
        tell(teller, child ? "a child process" : "a thread");
    tell(teller, " to end");
}

static void tell_file_lock(struct teller *teller, const struct waiting *waiting)
{
    tell(teller, waiting->name || waiting->fd >= 0 ? " for the file lock on " : " for a file lock");
    if (waiting->name || waiting->fd >= 0)
        phrase_channel(teller, waiting);
}

void phrase_object(struct teller *teller, size_t thread)
{
    const struct stuck_thread *waiter = &teller->explanation->threads[thread];
    const struct waiting *waiting = &waiter->waiting;
    if (waiter->ready || waiter->stopped)
        return;
    switch (waiting->what) {
    case FOR_MUTEX:
        tell(teller, " for ");
        tell_object(teller, waiter);
        break;
    case FOR_READ_LOCK:
    case FOR_WRITE_LOCK:
        tell(teller, " for the %s of ", wait_for_word(waiting->what));
        tell_object(teller, waiter);
        break;
    case FOR_CONDITION:
    case FOR_SEMAPHORE:
    case FOR_BARRIER:
    case FOR_FUTEX:
        tell(teller, " for ");
        tell_object_kind(teller, waiter);
        break;
    case FOR_ONCE:
        tell(teller, " for the initialiser of ");
        tell_object(teller, waiter);
        break;
    case FOR_JOIN:
    case FOR_CHILD:
        tell_end_of(teller, thread);
        break;
    case FOR_DATA:
        tell_input(teller, waiting);
        break;
    case FOR_ROOM:
        tell_room(teller, waiting);
        break;
    case FOR_DESCRIPTORS:
        if (waiting->fd >= 0)
            tell(teller, " for fd %d to become ready", waiting->fd);
        else
            tell(teller, " for a descriptor to become ready");
        break;
    case FOR_FILE_LOCK:
        tell_file_lock(teller, waiting);
        break;
    case FOR_SIGNAL:
        tell(teller, " for a signal");
        break;
    case FOR_UNKNOWN:
    case FOR_NOTHING:
    case FOR_TIME:
        break;
    }
}

bool phrase_is_lock(enum wait_for what)
{
    return what == FOR_MUTEX || what == FOR_READ_LOCK || what == FOR_WRITE_LOCK ||
           what == FOR_FILE_LOCK;
}

const char *phrase_missing(const struct waiting *waiting)
{
    switch (waiting->what) {
    case FOR_CONDITION:
        return "signal it";
    case FOR_SEMAPHORE:
        return "post it";
    case FOR_BARRIER:
        return "come";
    case FOR_FUTEX:
        return "wake it";
    case FOR_SIGNAL:
        return "send it";
    default:
        return NULL;
    }
}

void phrase_note(struct teller *teller, const struct stuck_thread *thread)
{
    if (thread->waiting.note)
        tell(teller, " (%s)", thread->waiting.note);
}
