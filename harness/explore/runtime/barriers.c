/*
 * Barriers, emulated: an arrival is a point and going on is another. The last to arrive lets all others go, and then
 * none of them is blocked: the barrier may be destroyed, or used for the next round, while they still leave.
 *
 * The count is read from glibc's object, which pthread_barrier_init() has filled and nobody waits in.
 */
#include "explore/runtime/sync.h"

#define BARRIER pthread_barrier_t *

REAL_FUNCTION(pthread_barrier_init)
REAL_FUNCTION(pthread_barrier_destroy)
REAL_FUNCTION(pthread_barrier_wait)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(pthread_barrier_init)
    REAL_RESOLVE(pthread_barrier_destroy)
    REAL_RESOLVE(pthread_barrier_wait)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

/* struct pthread_barrier of sysdeps/nptl/internaltypes.h; it ends at 20. */
struct object {
    uint32_t in;
    uint32_t current_round;
    uint32_t count;
    int32_t shared;
    uint32_t out;
    uint32_t padding;
    uint64_t mark;
};
#define DESTROYED UINT64_C(0x6465616462617272)

static struct object *object_of(const pthread_barrier_t *barrier)
{
    return (struct object *)barrier;
}

/* A thread at a barrier, on its own stack. */
struct visitor {
    struct visitor *next;
    bool passed;
};

struct round {
    uint64_t address;
    struct visitor *arrived;
    uint64_t count;
};
static struct table rounds = {.slot_size = sizeof(struct round)};

static unsigned arrived_at(const pthread_barrier_t *barrier)
{
    const struct round *round = table_find(&rounds, (uint64_t)barrier);
    return round ? (unsigned)round->count : 0;
}

/* True for the one that completes the round. */
static bool arrive(const pthread_barrier_t *barrier, struct visitor *visitor)
{
    struct round *round = table_get(&rounds, (uint64_t)barrier);
    visitor->next = round->arrived;
    round->arrived = visitor;
    if (++round->count < object_of(barrier)->count)
        return false;
    for (struct visitor *each = round->arrived; each; each = each->next)
        each->passed = true;
    table_drop(&rounds, (uint64_t)barrier);
    return true;
}

static bool ready(const struct fiber *who, const struct request *request)
{
    (void)who;
    return ((const struct visitor *)request->data)->passed;
}

static void check(struct fiber *self, const pthread_barrier_t *barrier, uint64_t pc,
                  const char *what)
{
    if (object_of(barrier)->mark == DESTROYED)
        sync_after_destroy(self, pc, barrier, what);
}

/* What ThreadSanitizer's interceptor does before and after the real call. */
static void seen_arriving(BARRIER barrier, uint64_t pc)
{
#ifdef RACELAB_TSAN
    __tsan_release(barrier);
    __tsan_read1_pc(barrier, (void *)pc);
#else
    (void)barrier;
    (void)pc;
#endif
}

static void seen_leaving(BARRIER barrier, uint64_t pc)
{
#ifdef RACELAB_TSAN
    __tsan_read1_pc(barrier, (void *)pc);
    __tsan_acquire(barrier);
#else
    (void)barrier;
    (void)pc;
#endif
}

EXPORTED int pthread_barrier_wait(BARRIER barrier)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(pthread_barrier_wait)(barrier));
    struct request request = sync_request(WIRE_BARRIER_ARRIVE, barrier, sizeof *barrier, CALLER);
    if (runtime_point(self, &request) == GRANT_REAL)
        return SEEN_AT(CALLER, REAL(pthread_barrier_wait)(barrier));
    check(self, barrier, CALLER, "a barrier is waited at");
    /* One that was never initialised: let it have what it gets without us. */
    if (object_of(barrier)->count == 0)
        return SEEN_AT(CALLER, REAL(pthread_barrier_wait)(barrier));
    if (object_of(barrier)->shared && sync_has_forked()) {
        runtime_outside_begin(self, WIRE_LOST_SHARED, CALLER);
        int outside = SEEN_AT(CALLER, REAL(pthread_barrier_wait)(barrier));
        runtime_outside_end(self);
        return outside;
    }
    seen_arriving(barrier, CALLER);
    struct visitor visitor = {.passed = false};
    bool last = arrive(barrier, &visitor);
    request.op = WIRE_BARRIER_LEAVE;
    request.ready = ready;
    request.data = &visitor;
    if (runtime_point(self, &request) == GRANT_REAL && !visitor.passed)
        return SEEN_AT(CALLER, REAL(pthread_barrier_wait)(barrier));
    seen_leaving(barrier, CALLER);
    return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

EXPORTED int pthread_barrier_init(BARRIER barrier, const pthread_barrierattr_t *attributes,
                                  unsigned count)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_INIT, (uint64_t)barrier, sizeof *barrier, CALLER);
        unsigned arrived = arrived_at(barrier);
        if (arrived > 0)
            sync_while_used(self, CALLER, barrier, "a barrier is made anew", arrived,
                            "thread waits at it", "threads wait at it");
    }
    int result = SEEN_AT(CALLER, REAL(pthread_barrier_init)(barrier, attributes, count));
    if (result == 0)
        object_of(barrier)->mark = 0;
    return result;
}

EXPORTED int pthread_barrier_destroy(BARRIER barrier)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(pthread_barrier_destroy)(barrier));
    runtime_pass(self, WIRE_DESTROY, (uint64_t)barrier, sizeof *barrier, CALLER);
    check(self, barrier, CALLER, "a barrier is destroyed");
    unsigned arrived = arrived_at(barrier);
    if (arrived > 0)
        sync_while_used(self, CALLER, barrier, "a barrier is destroyed", arrived,
                        "thread waits at it", "threads wait at it");
    int result = SEEN_AT(CALLER, REAL(pthread_barrier_destroy)(barrier));
    object_of(barrier)->mark = DESTROYED;
    return result;
}
