/*
 * Cancellation. A thread that has been cancelled goes on at its next cancellation point, whether or not what it
 * waits for has come, and acts there: the C library's own cancellation is done by then, so that it unwinds as always. One that
 * can be cancelled at any time acts at its next point, of whatever kind.
 *
 * The states are those of the C library, which tells them to nobody but the thread itself.
 */
#include "explore/runtime/calls.h"
#include "explore/runtime/world.h"

/* By which the C library tells a thread that it is cancelled: nptl/pthreadP.h, SIGCANCEL. */
enum { CANCEL_SIGNAL = 32 };

REAL_PLAIN_FUNCTION(pthread_cancel)
REAL_PLAIN_FUNCTION(pthread_testcancel)
REAL_FUNCTION(pthread_setcancelstate)
REAL_FUNCTION(pthread_setcanceltype)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_PLAIN_RESOLVE(pthread_cancel)
    REAL_PLAIN_RESOLVE(pthread_testcancel)
    REAL_RESOLVE(pthread_setcancelstate)
    REAL_RESOLVE(pthread_setcanceltype)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

static struct state {
    bool pending;
    bool disabled;
    bool any_time;
} states[WIRE_THREADS];

static void show(struct fiber *fiber)
{
    const struct state *state = &states[fiber->index];
    fiber->cancelled = state->pending && !state->disabled;
}

/* From here on the thread is not cancelled any more: it is ending. */
static void act(struct fiber *self)
{
    states[self->index].pending = false;
    show(self);
    REAL_PLAIN(pthread_testcancel)();
}

void cancel_act(struct fiber *self)
{
    if (!self->cancelled)
        return;
    runtime_leave(self);
    act(self);
    self->depth = 1;
}

enum grant call_point(struct fiber *self, struct request *request)
{
    request->cancellable = true;
    enum grant grant = runtime_point(self, request);
    if (grant == GRANT_CANCELLED)
        cancel_act(self);
    return grant;
}

void call_outside_begin(struct fiber *self, enum wire_lost why, uint64_t pc)
{
    cancel_act(self);
    runtime_outside_begin(self, why, pc);
}

/* The runtime's own files call this as well, where they were granted a cancellation. */
EXPORTED void pthread_testcancel(void)
{
    struct fiber *own = own_fiber;
    if (!own || !own->cancelled) {
        struct fiber *self CONTROLLED = enter();
        if (self) {
            struct request request = call_request(WIRE_YIELD, 0, CALLER);
            call_repeats(self, CALLER, 1);
            call_point(self, &request);
            return;
        }
    } else {
        act(own);
        return;
    }
    REAL_PLAIN(pthread_testcancel)();
}

/* A parked thread is to notice, be it that the C library sends it its signal. */
static void notice(struct fiber *target)
{
    struct state *state = &states[target->index];
    state->pending = true;
    show(target);
    if (target->cancelled && state->any_time && target->state == FIBER_PARKED &&
        target->request->op != WIRE_START)
        fiber_interrupt(target, CANCEL_SIGNAL);
}

EXPORTED int pthread_cancel(pthread_t thread)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return REAL_PLAIN(pthread_cancel)(thread);
    struct fiber *target = fiber_of(thread);
    runtime_pass(self, WIRE_CANCEL, target ? target->index : WIRE_NO_THREAD, 0, CALLER);
    if (target && !fiber_ended(target))
        notice(target);
    return REAL_PLAIN(pthread_cancel)(thread);
}

EXPORTED int pthread_setcancelstate(int state, int *old)
{
    struct fiber *own = own_fiber;
    if (__builtin_expect(!resolved, 0))
        resolve();
    int result = SEEN_AT(CALLER, REAL(pthread_setcancelstate)(state, old));
    if (own && result == 0) {
        states[own->index].disabled = state == PTHREAD_CANCEL_DISABLE;
        show(own);
    }
    return result;
}

EXPORTED int pthread_setcanceltype(int type, int *old)
{
    struct fiber *own = own_fiber;
    if (__builtin_expect(!resolved, 0))
        resolve();
    int result = SEEN_AT(CALLER, REAL(pthread_setcanceltype)(type, old));
    if (own && result == 0)
        states[own->index].any_time = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    return result;
}
