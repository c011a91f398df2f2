/*
 * Signals that the program sends to itself. A thread that waits for its turn has all signals blocked, so that
 * one that is sent to it stays pending; it is then chosen as any other thread that can go on, and its handler runs in
 * its own turn, at its point, as a part of it.
 */
#include "explore/runtime/calls.h"
#include "explore/runtime/sys.h"
#include "explore/runtime/world.h"

#include <signal.h>
#include <unistd.h>

REAL_FUNCTION(pthread_kill)
REAL_FUNCTION(raise)
REAL_FUNCTION(kill)
REAL_PLAIN_FUNCTION(pthread_sigqueue)
REAL_FUNCTION(sigwait)
REAL_FUNCTION(sigwaitinfo)
REAL_FUNCTION(sigtimedwait)
REAL_FUNCTION(sigsuspend)
REAL_FUNCTION(pause)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(pthread_kill)
    REAL_RESOLVE(raise)
    REAL_RESOLVE(kill)
    REAL_PLAIN_RESOLVE(pthread_sigqueue)
    REAL_RESOLVE(sigwait)
    REAL_RESOLVE(sigwaitinfo)
    REAL_RESOLVE(sigtimedwait)
    REAL_RESOLVE(sigsuspend)
    REAL_RESOLVE(pause)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

/* What was sent to a thread that waits: to be told by others that look whether it can go on. */
static struct {
    uint64_t pending;
    uint32_t handlers; /* how many were sent that a handler is to see */
} states[WIRE_THREADS];

static uint64_t bit(int signal)
{
    return UINT64_C(1) << (signal - 1);
}

/* The kernel's own form of the action: what is set by sigaction() may be another's wrapper. */
struct kernel_action {
    uint64_t handler, flags, restorer, mask;
};

static bool does_nothing(int signal)
{
    struct kernel_action action = {0};
    if (SYS4(SYS_rt_sigaction, signal, 0, &action, sizeof action.mask) != 0)
        return true;
    return action.handler == (uint64_t)SIG_IGN ||
           (action.handler == (uint64_t)SIG_DFL &&
            (signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH || signal == SIGCONT));
}

static bool is_parked(const struct fiber *fiber)
{
    return fiber->state == FIBER_PARKED && fiber->request->op != WIRE_START;
}

static bool is_blocked(const struct fiber *fiber, int signal)
{
    return (fiber->mask & bit(signal)) != 0;
}

/* The signal is pending for a thread that waits. It is to wake up where it would be woken by it. */
static void notice(struct fiber *target, int signal)
{
    if (signal <= 0 || signal > 64 || fiber_ended(target))
        return;
    states[target->index].pending |= bit(signal);
    if (!is_parked(target) || is_blocked(target, signal) || does_nothing(signal))
        return;
    states[target->index].handlers++;
    fiber_interrupt(target, signal);
}

static void announce(struct fiber *self, const struct fiber *target, uint64_t pc)
{
    runtime_pass(self, WIRE_SIGNAL_SEND, target ? target->index : WIRE_NO_THREAD, 0, pc);
}

/* A handler that runs within the real call does so under control: outside of this function. */
EXPORTED int raise(int signal)
{
    struct fiber *self = enter();
    if (self) {
        announce(self, self, CALLER);
        runtime_leave(self);
    }
    return SEEN_AT(CALLER, REAL(raise)(signal));
}

static struct fiber *enter_to(pthread_t thread, uint64_t pc)
{
    struct fiber *self = enter();
    if (!self)
        return NULL;
    struct fiber *target = fiber_of(thread);
    announce(self, target, pc);
    if (target != self)
        return self;
    runtime_leave(self);
    return NULL;
}

EXPORTED int pthread_kill(pthread_t thread, int signal)
{
    struct fiber *self CONTROLLED = enter_to(thread, CALLER);
    int result = SEEN_AT(CALLER, REAL(pthread_kill)(thread, signal));
    if (self && result == 0 && fiber_of(thread))
        notice(fiber_of(thread), signal);
    return result;
}

EXPORTED int pthread_sigqueue(pthread_t thread, int signal, const union sigval value)
{
    struct fiber *self CONTROLLED = enter_to(thread, CALLER);
    int result = REAL_PLAIN(pthread_sigqueue)(thread, signal, value);
    if (self && result == 0 && fiber_of(thread))
        notice(fiber_of(thread), signal);
    return result;
}

static bool waits_for(const struct fiber *fiber, int signal)
{
    return is_parked(fiber) && fiber->request->op == WIRE_SIGNAL_WAIT &&
           (fiber->request->second & bit(signal));
}

/* Which thread takes a signal to the process: one that waits for it, else the first that has it not
 * blocked, as the kernel prefers the first thread. NULL: none. */
static struct fiber *taker(struct fiber *self, int signal)
{
    sigset_t own;
    struct fiber *found = NULL;
    SYS4(SYS_rt_sigprocmask, SIG_BLOCK, 0, &own, sizeof(uint64_t));
    for (unsigned i = fiber_count(); i-- > 0;) {
        struct fiber *fiber = fiber_at(i);
        if (waits_for(fiber, signal))
            return fiber;
        if (fiber == self ? !sigismember(&own, signal)
                          : is_parked(fiber) && !is_blocked(fiber, signal))
            found = fiber;
    }
    return found;
}

static void pending_for_all(int signal)
{
    for (unsigned i = 0; i < fiber_count(); i++)
        states[i].pending |= bit(signal);
}

EXPORTED int kill(pid_t pid, int signal)
{
    struct fiber *self CONTROLLED = enter();
    if (!self || pid != (pid_t)SYS0(SYS_getpid) || signal <= 0 || signal > 64)
        return SEEN_AT(CALLER, REAL(kill)(pid, signal));
    struct fiber *target = taker(self, signal);
    announce(self, target, CALLER);
    target = taker(self, signal);
    if (target && target != self && !waits_for(target, signal) && !does_nothing(signal)) {
        /* The handler sees SI_TKILL for SI_USER: the kernel lets no thread but the first forge that. */
        if (SYS3(SYS_tgkill, pid, target->tid, signal) == 0) {
            notice(target, signal);
            return 0;
        }
    }
    pending_for_all(signal);
    runtime_leave(self);
    self = NULL;
    return SEEN_AT(CALLER, REAL(kill)(pid, signal));
}

static uint64_t pending_now(void)
{
    uint64_t pending = 0;
    SYS2(SYS_rt_sigpending, &pending, sizeof pending);
    return pending;
}

static bool sent(const struct fiber *who, const struct request *request)
{
    return (states[who->index].pending & request->second) != 0;
}

/* Until one of the set is pending: then the real call takes it and does not wait. `outside`: another process or a
 * timer may send it. */
static enum grant wait_for(struct fiber *self, const sigset_t *set, uint64_t deadline, uint64_t pc)
{
    struct request request = call_request(WIRE_SIGNAL_WAIT, (uint64_t)set, pc);
    request.second = *(const uint64_t *)set;
    request.ready = sent;
    request.outside = deadline == NO_DEADLINE;
    request.deadline_ns = deadline;
    for (;;) {
        states[self->index].pending = pending_now();
        enum grant grant = call_point(self, &request);
        if (grant != GRANT_READY || (pending_now() & request.second))
            return grant;
    }
}

/* The real call waits, for somebody outside. */
#define OUTSIDE(self, pc, call)                                                                    \
    ({                                                                                             \
        runtime_outside_begin(self, WIRE_LOST_SIGNAL, pc);                                         \
        __typeof__(call) outside_result = (call);                                                  \
        int outside_errno = errno;                                                                 \
        runtime_outside_end(self);                                                                 \
        errno = outside_errno;                                                                     \
        outside_result;                                                                            \
    })

EXPORTED int sigwait(const sigset_t *restrict set, int *restrict signal)
{
    struct fiber *self CONTROLLED = enter();
    if (self && wait_for(self, set, NO_DEADLINE, CALLER) == GRANT_OUTSIDE)
        return OUTSIDE(self, CALLER, SEEN_AT(CALLER, REAL(sigwait)(set, signal)));
    return SEEN_AT(CALLER, REAL(sigwait)(set, signal));
}

EXPORTED int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    struct fiber *self CONTROLLED = enter();
    if (self && wait_for(self, set, NO_DEADLINE, CALLER) == GRANT_OUTSIDE)
        return OUTSIDE(self, CALLER, SEEN_AT(CALLER, REAL(sigwaitinfo)(set, info)));
    return SEEN_AT(CALLER, REAL(sigwaitinfo)(set, info));
}

EXPORTED int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                          const struct timespec *restrict time)
{
    static const struct timespec none;
    struct fiber *self CONTROLLED = enter();
    if (!self || (time && (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= 1000000000)))
        return SEEN_AT(CALLER, REAL(sigtimedwait)(set, info, time));
    uint64_t deadline =
        time ? call_deadline_in((uint64_t)time->tv_sec, (uint64_t)time->tv_nsec) : NO_DEADLINE;
    enum grant grant = wait_for(self, set, deadline, CALLER);
    if (grant == GRANT_OUTSIDE)
        return OUTSIDE(self, CALLER, SEEN_AT(CALLER, REAL(sigtimedwait)(set, info, time)));
    if (grant == GRANT_LATE)
        call_repeats(self, CALLER, 1);
    if (grant != GRANT_REAL)
        time = &none;
    return SEEN_AT(CALLER, REAL(sigtimedwait)(set, info, time));
}

static bool handled(const struct fiber *who, const struct request *request)
{
    return states[who->index].handlers != (uint32_t)request->second;
}

/* Until a handler has run. */
static enum grant wait_for_handler(struct fiber *self, uint64_t pc)
{
    struct request request = call_request(WIRE_SIGNAL_WAIT, 0, pc);
    request.second = states[self->index].handlers;
    request.ready = handled;
    request.outside = true;
    return call_point(self, &request);
}

EXPORTED int pause(void)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(pause)());
    enum grant grant = wait_for_handler(self, CALLER);
    if (grant == GRANT_OUTSIDE)
        return OUTSIDE(self, CALLER, SEEN_AT(CALLER, REAL(pause)()));
    if (grant == GRANT_REAL)
        return SEEN_AT(CALLER, REAL(pause)());
    errno = EINTR;
    return -1;
}

#ifdef RACELAB_TSAN
REAL_FUNCTION(close)

/* A call that does nothing. */
void signals_deliver(void)
{
    int saved = errno;
    REAL(close)(-1);
    errno = saved;
}
#else
void signals_deliver(void)
{
}
#endif

/* A handler that runs as soon as the mask lets it does so under control. */
static void set_mask(struct fiber *self, const uint64_t *mask, uint64_t *before)
{
    self->depth = 0;
    SYS4(SYS_rt_sigprocmask, SIG_SETMASK, mask, before, sizeof *mask);
    signals_deliver();
    self->depth = 1;
}

EXPORTED int sigsuspend(const sigset_t *mask)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(sigsuspend)(mask));
    uint64_t before;
    enum grant grant = GRANT_READY;
    bool pending = pending_now() & ~*(const uint64_t *)mask;
    set_mask(self, (const uint64_t *)mask, &before);
    if (!pending)
        grant = wait_for_handler(self, CALLER);
    set_mask(self, &before, NULL);
    if (grant == GRANT_OUTSIDE)
        return OUTSIDE(self, CALLER, SEEN_AT(CALLER, REAL(sigsuspend)(mask)));
    if (grant == GRANT_REAL)
        return SEEN_AT(CALLER, REAL(sigsuspend)(mask));
    errno = EINTR;
    return -1;
}
