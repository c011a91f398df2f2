#include "judge/remedy.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum shape { SELF, LOCK_CYCLE, JOIN_CYCLE, LOST_OWNER, LIVELOCK, MIXED_CYCLE, SHAPES };

static const struct advice {
    const char *hint;
    const char *lesson;
} by_shape[SHAPES] = {
    [SELF] = {"the thread waits for a lock that it holds itself: split the function into one that "
              "locks and one that expects the lock, or use a recursive mutex",
              "deadlock/self_deadlock"},
    [LOCK_CYCLE] = {"take these locks in one order everywhere; where that cannot be, take the "
                    "second by trylock, and give the first back when it fails",
                    "deadlock/lock_order_deadlock"},
    [JOIN_CYCLE] = {"do not join a thread while holding a lock that it needs to end: unlock before "
                    "the join",
                    "deadlock/join_while_holding_lock"},
    [LOST_OWNER] =
        {"nobody is left to give the lock back: unlock on every way out of the function, "
         "also by an early return, pthread_exit() and cancellation",
         "deadlock/lock_leaked_on_early_return"},
    [LIVELOCK] =
        {"the threads undo each other's work: let one of them wait instead of trying again, "
         "or take the locks in one order",
         "deadlock/trylock_livelock"},
    [MIXED_CYCLE] =
        {"break the cycle where a thread waits while it keeps what the others wait for: "
         "give that back before the wait",
         "deadlock/nested_monitor"},
};

/* Without a cycle: by what is waited for, the most telling first. */
static const struct awaited {
    enum wait_for what;
    const char *hint;
    const char *lesson;
} awaited[] = {
    {FOR_CONDITION,
     "let the waker change the predicate under the mutex before it signals, and let the waiter "
     "check "
     "it under the same mutex in a while loop before it waits; where several wait, broadcast",
     "waiting/lost_wakeup"},
    {FOR_SEMAPHORE,
     "a permit is not given back, or never was there: post on every path, the error paths too, and "
     "check the initial value",
     "waiting/semaphore_post_missing"},
    {FOR_BARRIER,
     "the barrier expects more threads than come to it: check its count, and that no thread leaves "
     "before it",
     "waiting/barrier_count_too_big"},
    {FOR_ONCE,
     "the initialiser needs, directly or not, what it initialises: take that call out of it",
     "deadlock/recursive_once"},
    {FOR_ROOM,
     "the pipe is full, and its reader waits, too: read while writing, with poll() or in a thread "
     "of "
     "its own",
     "process/pipes_full_both_ways"},
    {FOR_DATA,
     "the end of data comes when every write end is closed: close those that this process does not "
     "need, after fork() in both; or let one of the two sides speak first",
     "process/pipe_write_end_kept_open"},
    {FOR_DESCRIPTORS,
     "nobody is left to write to these descriptors: close the write ends that are not needed, so "
     "that "
     "their end is seen",
     "process/pipe_write_end_kept_open"},
    {FOR_FILE_LOCK, "lock the files in one order in every process", "process/flocks_crossed"},
    {FOR_SIGNAL,
     "the signal came before the wait began: block it first, and wait with sigsuspend() or "
     "sigwait()",
     "process/child_waits_for_signal_lost"},
    {FOR_WRITE_LOCK, "the lock's holder never gives it back: unlock on every way out",
     "deadlock/lock_leaked_on_early_return"},
    {FOR_READ_LOCK, "the lock's holder never gives it back: unlock on every way out",
     "deadlock/lock_leaked_on_early_return"},
    {FOR_MUTEX, "the lock's holder never gives it back: unlock on every way out",
     "deadlock/lock_leaked_on_early_return"},
    {FOR_CHILD, "the child never ends: see what it waits for, and drain its output before waiting",
     "process/queue_joined_before_drained"},
    {FOR_JOIN, "the thread that is joined never ends: tell it to, and wake it, before the join",
     "waiting/shutdown_wakes_one"},
};
#define AWAITED (sizeof(awaited) / sizeof(*awaited))

void remedy_hang_lessons(void (*visit)(const char *lesson, void *user), void *user)
{
    for (size_t i = 0; i < SHAPES; i++)
        visit(by_shape[i].lesson, user);
    for (size_t i = 0; i < AWAITED; i++)
        visit(awaited[i].lesson, user);
}

static struct remedy advise(const char *hint, const char *lesson)
{
    return (struct remedy){.text = xstrdup(hint), .lesson = lesson};
}

static bool is_lock(enum wait_for what)
{
    return what == FOR_MUTEX || what == FOR_READ_LOCK || what == FOR_WRITE_LOCK;
}

/* What the stuck threads wait for. */
struct waits {
    size_t of[WAIT_FOR_COUNT];
    size_t locks;
    bool self;       /* one waits for a lock that it holds itself */
    bool lost_owner; /* one waits for a lock whose owner is no thread of the tree */
    bool held_join;  /* one that joins is waited for by one that needs a lock */
};

static void read_waits(const struct explanation *explanation, struct waits *waits)
{
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *thread = &explanation->threads[i];
        if (!thread->stuck)
            continue;
        const struct waiting *waiting = &thread->waiting;
        waits->of[waiting->what]++;
        waits->locks += is_lock(waiting->what);
        for (size_t h = 0; is_lock(waiting->what) && h < waiting->holder_count; h++) {
            const struct holder *holder = &waiting->holders[h];
            if (holder->thread == NO_INDEX) {
                waits->lost_owner = waits->lost_owner || holder->process == NO_INDEX;
                continue;
            }
            waits->self = waits->self || holder->thread == i;
            waits->held_join =
                waits->held_join || (holder->thread < explanation->thread_count &&
                                     explanation->threads[holder->thread].waiting.what == FOR_JOIN);
        }
    }
}

struct remedy remedy_for_hang(const struct explanation *explanation)
{
    struct waits waits = {0};
    enum stuck stuck = explanation ? explanation->stuck : STUCK_NOT;
    if (explanation)
        read_waits(explanation, &waits);
    enum shape shape = SHAPES;
    if (stuck == STUCK_BUSY)
        shape = LIVELOCK;
    else if (waits.self)
        shape = SELF;
    else if (waits.lost_owner)
        shape = LOST_OWNER;
    else if (waits.held_join)
        shape = JOIN_CYCLE;
    else if ((stuck == STUCK_DEADLOCK || stuck == STUCK_PART) && waits.locks > 1)
        shape = LOCK_CYCLE;
    if (shape != SHAPES)
        return advise(by_shape[shape].hint, by_shape[shape].lesson);
    for (size_t i = 0; i < AWAITED; i++) {
        if (waits.of[awaited[i].what] > 0 && !(is_lock(awaited[i].what) && stuck == STUCK_DEADLOCK))
            return advise(awaited[i].hint, awaited[i].lesson);
    }
    if (stuck == STUCK_DEADLOCK || stuck == STUCK_PART)
        return advise(by_shape[MIXED_CYCLE].hint, by_shape[MIXED_CYCLE].lesson);
    return advise(
        "see where each thread stands: what one of them waits for must be done by a thread "
        "that does not wait",
        NULL);
}
