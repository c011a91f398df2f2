/*
 * Spin locks. A thread that would spin waits at its point instead. Who holds one is not written in it, so
 * that is kept beside it: to tell a holder under control from another.
 */
#include "explore/runtime/sync.h"

REAL_FUNCTION(pthread_spin_init)
REAL_FUNCTION(pthread_spin_destroy)
REAL_FUNCTION(pthread_spin_lock)
REAL_FUNCTION(pthread_spin_trylock)
REAL_FUNCTION(pthread_spin_unlock)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(pthread_spin_init)
    REAL_RESOLVE(pthread_spin_destroy)
    REAL_RESOLVE(pthread_spin_lock)
    REAL_RESOLVE(pthread_spin_trylock)
    REAL_RESOLVE(pthread_spin_unlock)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

/* glibc's own values: sysdeps/x86_64/nptl/pthread_spin_unlock.S, nptl/pthread_spin_unlock.c. Neither spins for ever
 * on the mark of a destroyed one, should a thread that is not under control meet it. */
#if defined __x86_64__
enum { FREE = 1, DESTROYED = 0x5ead10c };
#else
enum { FREE = 0, DESTROYED = 0x5ead10c };
#endif

struct spin {
    uint64_t address;
    uint64_t holder; /* index */
};
static struct table held = {.slot_size = sizeof(struct spin)};

static void take(const struct fiber *self, pthread_spinlock_t *lock)
{
    struct spin *spin = table_get(&held, (uint64_t)lock);
    spin->holder = fiber_index(self);
}

static bool ready(const struct fiber *who, const struct request *request)
{
    (void)who;
    return *(const volatile int *)request->object == FREE ||
           *(const volatile int *)request->object == DESTROYED ||
           !table_find(&held, request->object);
}

static void check(struct fiber *self, const pthread_spinlock_t *lock, uint64_t pc, const char *what)
{
    if (*lock == DESTROYED)
        sync_after_destroy(self, pc, (const void *)lock, what);
}

EXPORTED int pthread_spin_lock(pthread_spinlock_t *lock)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(pthread_spin_lock)(lock));
    struct request request = sync_request(WIRE_SPIN_LOCK, (void *)lock, sizeof *lock, CALLER);
    request.ready = ready;
    if (runtime_point(self, &request) == GRANT_REAL)
        return SEEN_AT(CALLER, REAL(pthread_spin_lock)(lock));
    check(self, lock, CALLER, "a spin lock is locked");
    bool outside = *lock != FREE;
    if (outside)
        runtime_outside_begin(self, WIRE_LOST_SPIN, CALLER);
    int result = SEEN_AT(CALLER, REAL(pthread_spin_lock)(lock));
    if (outside)
        runtime_outside_end(self);
    take(self, lock);
    return result;
}

EXPORTED int pthread_spin_trylock(pthread_spinlock_t *lock)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_SPIN_TRY_LOCK, (uint64_t)lock, sizeof *lock, CALLER);
        check(self, lock, CALLER, "a spin lock is locked");
    }
    int result = SEEN_AT(CALLER, REAL(pthread_spin_trylock)(lock));
    if (self && result == 0)
        take(self, lock);
    else if (self)
        runtime_mark(self, WIRE_FAILED);
    return result;
}

EXPORTED int pthread_spin_unlock(pthread_spinlock_t *lock)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_SPIN_UNLOCK, (uint64_t)lock, sizeof *lock, CALLER);
        check(self, lock, CALLER, "a spin lock is unlocked");
        table_drop(&held, (uint64_t)lock);
    }
    return SEEN_AT(CALLER, REAL(pthread_spin_unlock)(lock));
}

EXPORTED int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_INIT, (uint64_t)lock, sizeof *lock, CALLER);
        table_drop(&held, (uint64_t)lock);
    }
    return SEEN_AT(CALLER, REAL(pthread_spin_init)(lock, shared));
}

EXPORTED int pthread_spin_destroy(pthread_spinlock_t *lock)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(pthread_spin_destroy)(lock));
    runtime_pass(self, WIRE_DESTROY, (uint64_t)lock, sizeof *lock, CALLER);
    check(self, lock, CALLER, "a spin lock is destroyed");
    const struct spin *spin = table_find(&held, (uint64_t)lock);
    if (spin && *lock != FREE)
        sync_while_held(self, CALLER, (void *)lock, "a spin lock is destroyed",
                        (uint16_t)spin->holder);
    int result = SEEN_AT(CALLER, REAL(pthread_spin_destroy)(lock));
    *lock = DESTROYED;
    return result;
}
