#include "judge/remedy.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/*
 * The headlines of ThreadSanitizer (compiler-rt, tsan_report.cpp), Helgrind and DRD (Valgrind 3.19) for
 * what a program does wrong with the interface of threads and locks. The first row that has its words in
 * the headline, in any case of letters, counts.
 */
static const struct headline {
    const char *words;
    const char *hint;
    const char *lesson;
} headlines[] = {
    {"heap-use-after-free",
     "the memory is freed while another thread still uses it: let the last user free it, told by a "
     "join or a count of references",
     "lifetime/free_while_in_use"},
    {"signal-unsafe",
     "a signal handler may call only async-signal-safe functions: set a volatile sig_atomic_t or "
     "write to a pipe there, and do the rest outside",
     "lifetime/malloc_in_signal_handler"},
    {"in signal handler",
     "a signal handler must leave errno as it was: save it first and restore it last",
     "lifetime/malloc_in_signal_handler"},
    {"spoils errno",
     "a signal handler must leave errno as it was: save it first and restore it last",
     "lifetime/malloc_in_signal_handler"},
    {"currently held by thread",
     "only the thread that locked a mutex may unlock it: unlock it where it was locked, or use a "
     "semaphore to pass a turn from thread to thread",
     "misuse/unlock_by_other_thread"},
    {"wrong thread",
     "it is unlocked twice, or by a thread that did not lock it: let each path unlock once, in "
     "the thread that locked",
     "misuse/double_unlock"},
    {"not-locked lock",
     "it is unlocked twice, or was never locked on this path: unlock once for each lock",
     "misuse/double_unlock"},
    {"not locked by calling thread",
     "this thread does not hold it: it is unlocked twice, or another thread locked it",
     "misuse/double_unlock"},
    {"reader-writer lock not locked",
     "this path unlocks a lock that it has not taken: give the clean-up a label of its own",
     "misuse/rwlock_unlock_unlocked"},
    {"unlocked an invalid lock",
     "this is no lock, or not one yet: initialise it before any thread can come here",
     "misuse/lock_never_initialised"},
    {"exiting thread still holds",
     "a thread ends with a lock held, and nobody can give it back: unlock on every way out, also "
     "by "
     "pthread_exit() and cancellation (pthread_cleanup_push)",
     "deadlock/thread_exits_holding_lock"},
    {"mutex still locked",
     "the mutex goes with the lock held: unlock it first, when nobody else can take it any more",
     "misuse/destroy_locked"},
    {"locked mutex",
     "the mutex is destroyed while it is locked: unlock it first, when nobody else can take it any "
     "more",
     "misuse/destroy_locked"},
    {"re-lock",
     "this thread holds it already: split the function into one that locks and one that "
     "expects the lock, or use a recursive mutex",
     "deadlock/self_deadlock"},
    {"recursi",
     "this thread holds it already: split the function into one that locks and one that "
     "expects the lock, or use a recursive mutex",
     "deadlock/self_deadlock"},
    {"double lock",
     "this thread holds it already: split the function into one that locks and one "
     "that expects the lock, or use a recursive mutex",
     "deadlock/self_deadlock"},
    {"invalid mutex",
     "it is used before it is initialised or after it was destroyed: initialise it before the "
     "first "
     "thread is made, and destroy it after the last is joined",
     "misuse/lock_after_destroy"},
    {"is not a mutex",
     "the object is no mutex, or not one yet: use the functions of its own type, and "
     "initialise it first",
     "misuse/mutex_calls_on_rwlock"},
    {"rwlock_t* argument",
     "a reader-writer lock is given to the functions of a mutex: use "
     "pthread_rwlock_*()",
     "misuse/mutex_calls_on_rwlock"},
    {"mutex_t* argument",
     "a mutex is given to the functions of a reader-writer lock: use "
     "pthread_mutex_*()",
     "misuse/mutex_calls_on_rwlock"},
    {"different mutex",
     "all who wait on a condition variable at one time must do so with the same "
     "mutex",
     "waiting/cond_two_mutexes"},
    {"association of condition variable",
     "all who wait on a condition variable at one time must do so with the same mutex",
     "waiting/cond_two_mutexes"},
    {"un-held mutex", "lock the mutex before the wait, and check the predicate under it",
     "misuse/wait_without_mutex"},
    {"associated lock is not held",
     "right only if the change that is signalled was made under the mutex: change the predicate "
     "under "
     "it, and better signal under it, too",
     "false_alarm/signal_after_unlock"},
    {"associated mutex",
     "right only if the change that is signalled was made under the mutex: change the predicate "
     "under "
     "it, and better signal under it, too",
     "false_alarm/signal_after_unlock"},
    {"condition variable being waited upon",
     "join those who wait, or wake them and let them leave, before the condition variable goes",
     "waiting/cond_destroyed_while_waiting"},
    {"condition variable that is being waited",
     "join those who wait, or wake them and let them leave, before the condition variable goes",
     "waiting/cond_destroyed_while_waiting"},
    {"destroyed while being waited upon",
     "join those who wait, or wake them and let them leave, before the condition variable goes",
     "waiting/cond_destroyed_while_waiting"},
    {"reinitialization of barrier",
     "a barrier may be initialised anew only when nobody is in it: join its threads first",
     "waiting/barrier_reinitialised_in_use"},
    {"barrier reinitialization",
     "a barrier may be initialised anew only when nobody is in it: join its threads first",
     "waiting/barrier_reinitialised_in_use"},
    {"barrier",
     "nobody may be in or on the way to a barrier that is destroyed: join its threads first",
     "waiting/barrier_destroyed_early"},
    {"reinitialization",
     "it is initialised a second time while it may be in use: initialise it once, "
     "by its owner",
     "misuse/double_init"},
    {"initialized twice",
     "it is initialised a second time while it may be in use: initialise it "
     "once, by its owner",
     "misuse/double_init"},
    {"pthread_join failed", "join each joinable thread once, and a detached one never",
     "lifetime/double_join"},
    {"pthread_mutex_destroy failed", "the mutex is destroyed while it is locked: unlock it first",
     "misuse/destroy_locked"},
    {"failed", "the call fails, and the program goes on as if it had not: look at what it returns",
     "misuse/errorcheck_result_ignored"},
    {"semaphore", "a semaphore is used before it is initialised or after it was destroyed",
     "waiting/semaphore_destroyed_while_waiting"},
};
#define HEADLINES (sizeof(headlines) / sizeof(*headlines))

void remedy_misuse_lessons(void (*visit)(const char *lesson, void *user), void *user)
{
    for (size_t i = 0; i < HEADLINES; i++)
        visit(headlines[i].lesson, user);
}

/* Helgrind reports locks that are held when the whole process ends as well. */
static bool ends_the_process(const struct finding *finding)
{
    static const char *const functions[] = {"exit", "_exit", "_Exit", "quick_exit", "exit_group"};
    for (size_t i = 0; i < finding->site_count; i++) {
        const struct stack *stack = &finding->sites[i].stack;
        for (size_t f = 0; f < stack->count; f++) {
            for (size_t k = 0; k < sizeof(functions) / sizeof(*functions); k++) {
                const char *function = stack->frames[f].function;
                if (function && strcmp(function, functions[k]) == 0)
                    return true;
            }
        }
    }
    return false;
}

struct remedy remedy_for_misuse(const struct finding *finding)
{
    if (finding->message && strcasestr(finding->message, "exiting thread still holds") &&
        ends_the_process(finding))
        return (struct remedy){
            .text = xstrdup(
                "the locks go with the process that ends here: that is harmless unless a "
                "destructor, an atexit function or another thread on its way out wants them"),
        };
    for (size_t i = 0; finding->message && i < HEADLINES; i++) {
        if (strcasestr(finding->message, headlines[i].words))
            return (struct remedy){.text = xstrdup(headlines[i].hint),
                                   .lesson = headlines[i].lesson};
    }
    return (struct remedy){
        .text = xstrdup("look up in the function's manual page what it asks of its caller"),
    };
}
