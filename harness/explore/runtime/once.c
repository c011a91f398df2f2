/*
 * pthread_once(), call_once() and C++'s guarded statics. Who runs an initialiser is kept here, by the address of the
 * control; others wait until it has returned, or has left by an exception or a cancellation and the next may
 * try. A thread that comes back to the initialiser it is in waits for itself.
 */
#include "explore/runtime/sync.h"

#include <sys/single_threaded.h>
#include <threads.h>

REAL_FUNCTION(pthread_once)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(pthread_once)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

struct running {
    uint64_t address;
};
static struct table running = {.slot_size = sizeof(struct running)};

static bool ready(const struct fiber *who, const struct request *request)
{
    (void)who;
    return !table_find(&running, request->object);
}

/* The end of an initialiser: a point of its own, because what it did comes before all that others do after theirs. */
static void passed(struct fiber *self, const void *control, size_t size, uint64_t pc)
{
    if (!self)
        return;
    runtime_pass(self, WIRE_ONCE, (uint64_t)control, (uint32_t)size, pc);
    table_drop(&running, (uint64_t)control);
    runtime_changed();
}

/* A call under way. The routine has no argument to know it by, so the thread's innermost is kept. */
struct call {
    pthread_once_t *control;
    void (*routine)(void);
    uint64_t pc;
    struct fiber *self;
    struct call *outer;
    bool returned;
};
static __thread struct call *innermost;

/* The initialiser has returned, or is being unwound: within the runtime again, as pthread_once() began. */
static void initialised(struct call **call)
{
    struct call *own = *call;
    innermost = own;
    own->self = runtime_enter();
#ifdef RACELAB_TSAN
    /* glibc makes the control new when its initialiser is left; ThreadSanitizer's own does not. */
    if (!own->returned) {
        __tsan_release(own->control);
        __atomic_store_n(own->control, PTHREAD_ONCE_INIT, __ATOMIC_RELEASE);
    }
#endif
    passed(own->self, own->control, sizeof *own->control, own->pc);
}

/* Called by the real pthread_once(), in the one thread that is to run it. */
static void initialise(void)
{
    struct call *call __attribute__((cleanup(initialised))) = innermost;
    table_get(&running, (uint64_t)call->control);
#ifdef RACELAB_TSAN
    __tsan_acquire(call->control); /* of one that was left before */
#endif
    innermost = call->outer;
    runtime_leave(call->self);
    call->self = NULL;
    call->routine();
    call->returned = true;
}

static void end_call(struct call *call)
{
    innermost = call->outer;
    if (call->self)
        runtime_leave(call->self);
}

int once_run(pthread_once_t *control, void (*routine)(void), uint64_t pc)
{
    struct fiber *self = enter();
    if (!self)
        return SEEN_AT(pc, REAL(pthread_once)(control, routine));
    struct call call
        __attribute__((cleanup(end_call))) = {control, routine, pc, self, innermost, false};
    struct request request = sync_request(WIRE_ONCE, control, sizeof *control, pc);
    request.ready = ready;
    if (runtime_point(self, &request) == GRANT_REAL)
        return SEEN_AT(pc, REAL(pthread_once)(control, routine));
    innermost = &call;
    return SEEN_AT(pc, REAL(pthread_once)(control, initialise));
}

EXPORTED int pthread_once(pthread_once_t *control, void (*routine)(void))
{
    return once_run(control, routine, CALLER);
}

/* In glibc a once_flag is the control of a pthread_once(). */
EXPORTED void call_once(once_flag *flag, void (*routine)(void))
{
    once_run((pthread_once_t *)flag, routine, CALLER);
}

/*
 * Guarded statics of C++ (Itanium C++ ABI, 3.3.3): acquire says 1 to the thread that is to initialise, and is
 * followed by release, or by abort where the initialiser threw. The C++ runtime may be loaded late, or not at all.
 * ThreadSanitizer has these functions itself and not as interceptors: the linker wraps them.
 */
#ifdef RACELAB_TSAN
#define GUARD(name)      __wrap_##name
#define REAL_GUARD(name) __real_##name
/* Where the program is linked without --wrap, nobody calls the wrappers. */
__attribute__((weak)) int __real___cxa_guard_acquire(uint64_t *);  // NOLINT(*-reserved-identifier)
__attribute__((weak)) void __real___cxa_guard_release(uint64_t *); // NOLINT(*-reserved-identifier)
__attribute__((weak)) void __real___cxa_guard_abort(uint64_t *);   // NOLINT(*-reserved-identifier)
#else
#define GUARD(name)      name
#define REAL_GUARD(name) (*(__typeof__(name) *)cxx_function(#name))

static void *cxx_function(const char *name)
{
    static const char *const libraries[] = {"libstdc++.so.6", "libc++abi.so.1"};
    void *found = dlsym(RTLD_NEXT, name);
    for (unsigned i = 0; !found && i < sizeof libraries / sizeof *libraries; i++) {
        void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);
        found = library ? dlsym(library, name) : NULL;
    }
    if (!found) /* then whose code calls it? */
        __builtin_trap();
    return found;
}
#endif

int GUARD(__cxa_guard_acquire)(uint64_t *guard);  // NOLINT(*-reserved-identifier)
void GUARD(__cxa_guard_release)(uint64_t *guard); // NOLINT(*-reserved-identifier)
void GUARD(__cxa_guard_abort)(uint64_t *guard);   // NOLINT(*-reserved-identifier)

/* libstdc++ throws where a lone thread comes back to the initialiser it is in, and waits where there are others. */
static bool guard_ready(const struct fiber *who, const struct request *request)
{
    return __libc_single_threaded || ready(who, request);
}

EXPORTED int GUARD(__cxa_guard_acquire)(uint64_t *guard)
{
    struct fiber *self CONTROLLED = runtime_enter();
    if (self) {
        struct request request = sync_request(WIRE_ONCE, guard, sizeof *guard, CALLER);
        request.ready = guard_ready;
        if (runtime_point(self, &request) == GRANT_REAL)
            return SEEN_AT(CALLER, REAL_GUARD(__cxa_guard_acquire)(guard));
    }
    int initialises = SEEN_AT(CALLER, REAL_GUARD(__cxa_guard_acquire)(guard));
    if (self && initialises)
        table_get(&running, (uint64_t)guard);
    return initialises;
}

EXPORTED void GUARD(__cxa_guard_release)(uint64_t *guard)
{
    struct fiber *self CONTROLLED = runtime_enter();
    passed(self, guard, sizeof *guard, CALLER);
    REAL_GUARD(__cxa_guard_release)(guard);
}

EXPORTED void GUARD(__cxa_guard_abort)(uint64_t *guard)
{
    struct fiber *self CONTROLLED = runtime_enter();
    passed(self, guard, sizeof *guard, CALLER);
    REAL_GUARD(__cxa_guard_abort)(guard);
}
