/*
 * Waiting for a thread's end.
 */
#include "explore/runtime/world.h"
#include "explore/runtime/clocks.h"
#include "explore/runtime/sync.h"

#include <errno.h>
#include <stddef.h>
#include <threads.h>

REAL_FUNCTION(pthread_join)
REAL_FUNCTION(pthread_tryjoin_np)
REAL_FUNCTION(pthread_timedjoin_np)
REAL_PLAIN_FUNCTION(pthread_clockjoin_np)

static __attribute__((constructor)) void resolve(void)
{
    REAL_RESOLVE(pthread_join)
    REAL_RESOLVE(pthread_tryjoin_np)
    REAL_RESOLVE(pthread_timedjoin_np)
    REAL_PLAIN_RESOLVE(pthread_clockjoin_np)
}

static bool ready(const struct fiber *who, const struct request *request)
{
    (void)who;
    return fiber_ended(request->data);
}

/* Its stack must be free before the program goes on, and the real call must not wait. */
static int join_ended(struct fiber *target, pthread_t thread, void **value, uint64_t pc)
{
    turn_wait_gone(target->tid);
    int result = SEEN_AT(pc, REAL(pthread_join)(thread, value));
    if (result == 0)
        target->has_handle = false;
    return result;
}

/* What the C library cannot find out, because no thread really waits: 0, or an error of pthread_join(). */
static int misuse(const struct fiber *self, const struct fiber *target)
{
    if (self->joiner == target)
        return EDEADLK;
    return target->joiner ? EINVAL : 0;
}

/* -1: the real call is to be made. */
static int join(struct fiber *self, pthread_t thread, void **value, uint64_t deadline, uint64_t pc)
{
    struct fiber *target = fiber_of(thread);
    struct request request = {.op = WIRE_JOIN,
                              .object = target ? target->index : WIRE_NO_THREAD,
                              .pc = pc,
                              .deadline_ns = deadline,
                              .ready = ready,
                              .data = target,
                              .cancellable = true};
    if (!target || target->detached || target == self)
        return -1;
    int result = misuse(self, target);
    if (result != 0)
        return result;
    target->joiner = self;
    enum grant grant = runtime_point(self, &request);
    target->joiner = NULL;
    switch (grant) {
    case GRANT_READY:
        return join_ended(target, thread, value, pc);
    case GRANT_LATE:
        return ETIMEDOUT;
    case GRANT_CANCELLED:
        runtime_leave(self);
        pthread_testcancel();
        self->depth = 1;
        return -1;
    default:
        return -1;
    }
}

/* A thread that is not under control is waited for in the kernel. */
static bool is_free(pthread_t thread)
{
    return !fiber_of(thread);
}

static int join_in_turn(pthread_t thread, void **value, uint64_t pc)
{
    struct fiber *self = runtime_enter();
    if (!self)
        return REAL(pthread_join)(thread, value);
    int result = join(self, thread, value, NO_DEADLINE, pc);
    bool free = result == -1 && is_free(thread);
    if (free)
        runtime_outside_begin(self, WIRE_LOST_THREADS, pc);
    if (result == -1)
        result = SEEN_AT(pc, REAL(pthread_join)(thread, value));
    if (free)
        runtime_outside_end(self);
    runtime_leave(self);
    return result;
}

EXPORTED int pthread_join(pthread_t thread, void **value)
{
    return join_in_turn(thread, value, CALLER);
}

EXPORTED int thrd_join(thrd_t thread, int *result)
{
    void *value = NULL;
    if (join_in_turn(thread, &value, CALLER) != 0)
        return thrd_error;
    if (result)
        *result = (int)(intptr_t)value;
    return thrd_success;
}

EXPORTED int pthread_tryjoin_np(pthread_t thread, void **value)
{
    struct fiber *self = runtime_enter();
    if (!self)
        return REAL(pthread_tryjoin_np)(thread, value);
    struct fiber *target = fiber_of(thread);
    int result = EBUSY;
    runtime_pass(self, WIRE_JOIN, target ? target->index : WIRE_NO_THREAD, 0, CALLER);
    if (!target || target->detached || target == self)
        result = REAL(pthread_tryjoin_np)(thread, value);
    else if (fiber_ended(target))
        result = join_ended(target, thread, value, CALLER);
    if (result == EBUSY)
        runtime_mark(self, WIRE_FAILED);
    runtime_leave(self);
    return result;
}

EXPORTED int pthread_timedjoin_np(pthread_t thread, void **value, const struct timespec *until)
{
    struct fiber *self = runtime_enter();
    if (!self)
        return REAL(pthread_timedjoin_np)(thread, value, until);
    uint64_t deadline = until ? clock_deadline(CLOCK_REALTIME, until) : NO_DEADLINE;
    int result = join(self, thread, value, deadline, CALLER);
    if (result == -1)
        result = REAL(pthread_timedjoin_np)(thread, value, until);
    runtime_leave(self);
    return result;
}

EXPORTED int pthread_clockjoin_np(pthread_t thread, void **value, clockid_t clock,
                                  const struct timespec *until)
{
    struct fiber *self = runtime_enter();
    if (!self)
        return REAL_PLAIN(pthread_clockjoin_np)(thread, value, clock, until);
    uint64_t deadline = until ? clock_deadline(clock, until) : NO_DEADLINE;
    int result = join(self, thread, value, deadline, CALLER);
    if (result == -1)
        result = REAL_PLAIN(pthread_clockjoin_np)(thread, value, clock, until);
    runtime_leave(self);
    return result;
}
