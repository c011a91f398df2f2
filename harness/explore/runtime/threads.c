/*
 * Threads: made, joined, ended.
 */
#include "explore/runtime/world.h"
#include "explore/runtime/sync.h"
#include "explore/runtime/sys.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <threads.h>

REAL_FUNCTION(pthread_create)
REAL_FUNCTION(pthread_detach)

REAL_FUNCTION(pthread_setname_np)

static __attribute__((constructor)) void resolve(void)
{
    REAL_RESOLVE(pthread_create)
    REAL_RESOLVE(pthread_detach)
    REAL_RESOLVE(pthread_setname_np)
}

static pthread_key_t end_key;
static bool has_key;

static void end_thread(struct fiber *self)
{
    struct request request = {.op = WIRE_END,
                              .object = self->index,
                              .pc = self->shown->start,
                              .deadline_ns = NO_DEADLINE};
    if (!runtime_enter())
        return;
    if (runtime_point(self, &request) == GRANT_REAL)
        return;
    turn_block_signals(self);
    own_fiber = NULL;
    if (!turn_enter(self))
        return;
    fiber_end(self);
    world.dying = self->tid;
    if (world.live_count > 0)
        turn_give_up(self);
}

/* The value counts the rounds that are left: the last one is this thread's end, when all other destructors have run. */
static void destroy(void *value)
{
    uintptr_t left = (uintptr_t)value;
    struct fiber *self = own_fiber;
    if (!self)
        return;
    self->depth = 0; /* an unwinding may have left a function of the runtime's */
    if (left > 1)
        pthread_setspecific(end_key, (void *)(left - 1));
    else
        end_thread(self);
}

static void watch_end(void)
{
    pthread_setspecific(end_key, (void *)(uintptr_t)PTHREAD_DESTRUCTOR_ITERATIONS);
}

void threads_begin(struct fiber *first)
{
    if (!has_key && pthread_key_create(&end_key, destroy) != 0)
        world_no_memory();
    has_key = true;
    first->handle = pthread_self();
    first->has_handle = true;
    first->state = FIBER_RUNS;
    fiber_adopt(first);
    end_stack(first);
    watch_end();
}

/* Signals are blocked here: the creator did that, so that no handler runs before the thread's first turn. */
static void *start(void *argument)
{
    struct fiber *self = argument;
    fiber_adopt(self);
    self->depth = 1;
    turn_await(self);
    watch_end();
    end_stack(self);
    SYS4(SYS_rt_sigprocmask, SIG_SETMASK, &self->mask, 0, sizeof self->mask);
    self->depth = 0;
    if (self->c11) {
        thrd_start_t function = (thrd_start_t)(void *)self->function;
        return (void *)(intptr_t)function(self->argument);
    }
    return self->function(self->argument);
}

static uint64_t mask_of(const pthread_attr_t *attributes, uint64_t own)
{
    sigset_t mask;
    if (!attributes || pthread_attr_getsigmask_np(attributes, &mask) != 0)
        return own;
    return *(const uint64_t *)&mask;
}

static int create(struct fiber *self, pthread_t *thread, const pthread_attr_t *attributes,
                  void *(*function)(void *), void *argument, bool c11, uint64_t pc)
{
    int detach_state = PTHREAD_CREATE_JOINABLE;
    struct request request = {
        .op = WIRE_CREATE, .object = world.count, .pc = pc, .deadline_ns = NO_DEADLINE};
    if (runtime_point(self, &request) == GRANT_REAL)
        return SEEN_AT(pc, REAL(pthread_create)(thread, attributes, function, argument));
    struct fiber *fiber = fiber_new(self, (uint64_t)function, pc);
    if (!fiber)
        return SEEN_AT(pc, REAL(pthread_create)(thread, attributes, function, argument));
    if (attributes)
        pthread_attr_getdetachstate(attributes, &detach_state);
    fiber->detached = detach_state == PTHREAD_CREATE_DETACHED;
    fiber->c11 = c11;
    fiber->function = function;
    fiber->argument = argument;
    turn_block_signals(self);
    fiber->mask = mask_of(attributes, self->mask);
    int result = SEEN_AT(pc, REAL(pthread_create)(thread, attributes, start, fiber));
    turn_unblock_signals(self);
    if (result != 0) {
        fiber_drop(fiber);
        runtime_mark(self, WIRE_FAILED);
        return result;
    }
    fiber->handle = *thread;
    fiber->has_handle = true;
    return 0;
}

EXPORTED int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                            void *(*function)(void *), void *argument)
{
    start_early();
    struct fiber *self = runtime_enter();
    if (!self)
        return REAL(pthread_create)(thread, attributes, function, argument);
    int result = create(self, thread, attributes, function, argument, false, CALLER);
    runtime_leave(self);
    return result;
}

EXPORTED int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
    static __typeof__(thrd_create) *real;
    start_early();
    struct fiber *self = runtime_enter();
    if (!self) {
        if (!real)
            real = (__typeof__(thrd_create) *)dlsym(RTLD_NEXT, "thrd_create");
        return real(thread, function, argument);
    }
    int result =
        create(self, thread, NULL, (void *(*)(void *))(void *)function, argument, true, CALLER);
    runtime_leave(self);
    return result == 0 ? thrd_success : result == ENOMEM ? thrd_nomem : thrd_error;
}

static int detach(pthread_t thread, uint64_t pc)
{
    struct fiber *self = runtime_enter();
    if (!self)
        return REAL(pthread_detach)(thread);
    struct fiber *fiber = fiber_of(thread);
    int result = SEEN_AT(pc, REAL(pthread_detach)(thread));
    if (result == 0 && fiber) {
        fiber->detached = true;
        if (fiber_ended(fiber))
            fiber->has_handle = false;
    }
    runtime_leave(self);
    return result;
}

EXPORTED int pthread_detach(pthread_t thread)
{
    return detach(thread, CALLER);
}

EXPORTED int thrd_detach(thrd_t thread)
{
    return detach(thread, CALLER) == 0 ? thrd_success : thrd_error;
}

EXPORTED int pthread_setname_np(pthread_t thread, const char *name)
{
    int result = REAL(pthread_setname_np)(thread, name);
    struct fiber *self = result == 0 ? runtime_enter() : NULL;
    if (!self)
        return result;
    struct fiber *fiber = fiber_of(thread);
    for (unsigned i = 0; fiber && i < sizeof fiber->shown->name; i++) {
        fiber->shown->name[i] = *name;
        name += *name != '\0';
    }
    runtime_leave(self);
    return result;
}
