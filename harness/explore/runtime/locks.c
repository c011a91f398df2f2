/*
 * Mutexes. Who has one is read from glibc's own object, which is never out of date: normal, recursive, errorcheck,
 * adaptive, robust, priority-inheriting and -protected ones, of this process or shared.
 */
#include "explore/runtime/sync.h"

#include <limits.h>
#include <linux/futex.h>

REAL_FUNCTION(pthread_mutex_lock)
REAL_FUNCTION(pthread_mutex_trylock)
REAL_FUNCTION(pthread_mutex_timedlock)
REAL_FUNCTION(pthread_mutex_unlock)
REAL_FUNCTION(pthread_mutex_init)
REAL_FUNCTION(pthread_mutex_destroy)
/* ThreadSanitizer of clang 14 has no interceptor for this one. */
REAL_PLAIN_FUNCTION(pthread_mutex_clocklock)
REAL_PLAIN_FUNCTION(pthread_mutex_consistent)
REAL_PLAIN_FUNCTION(pthread_mutex_setprioceiling)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(pthread_mutex_lock)
    REAL_RESOLVE(pthread_mutex_trylock)
    REAL_RESOLVE(pthread_mutex_timedlock)
    REAL_RESOLVE(pthread_mutex_unlock)
    REAL_RESOLVE(pthread_mutex_init)
    REAL_RESOLVE(pthread_mutex_destroy)
    REAL_PLAIN_RESOLVE(pthread_mutex_clocklock)
    REAL_PLAIN_RESOLVE(pthread_mutex_consistent)
    REAL_PLAIN_RESOLVE(pthread_mutex_setprioceiling)
    resolved = true;
}

/* The constructors of other libraries may lock before this one's has run. */
static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

/* Bits of __kind, see explain/waits/glibc.c. */
enum {
    KIND_TYPES = 3,
    KIND_ROBUST = 16,
    KIND_INHERIT = 32,
    KIND_PROTECT = 64,
    KIND_SHARED = 128,
    KIND_ELISION = 256 | 512,
    KIND_KNOWN =
        KIND_TYPES | KIND_ROBUST | KIND_INHERIT | KIND_PROTECT | KIND_SHARED | KIND_ELISION,
    NOT_RECOVERABLE = INT_MAX - 1, /* in the place of the owner, sysdeps/nptl/pthreadP.h */
    PROTECTED_WORD = 0x7ffff,      /* a priority ceiling takes the upper bits of the word */
};

struct view {
    bool destroyed;
    bool known; /* of a kind that glibc has; the real call refuses others */
    bool locked;
    pid_t owner; /* 0: not known */
};

static struct view look(const pthread_mutex_t *mutex)
{
    int kind = mutex->__data.__kind;
    unsigned word = (unsigned)mutex->__data.__lock;
    struct view view = {.destroyed = kind == -1, .known = (kind & ~KIND_KNOWN) == 0};
    if (view.destroyed || !view.known)
        return view;
    if (kind & (KIND_ROBUST | KIND_INHERIT)) {
        /* FUTEX_OWNER_DIED leaves no id there: the next locker gets it. */
        view.owner = (pid_t)(word & FUTEX_TID_MASK);
        view.locked = view.owner != 0;
    } else {
        view.owner = mutex->__data.__owner;
        view.locked = (kind & KIND_PROTECT ? word & PROTECTED_WORD : word) != 0;
    }
    return view;
}

/* Of a mutex that its owner asks for again. glibc gives a recursive one, says EDEADLK for an errorcheck one,
 * and waits for ever with all others. */
static bool returns_to_owner(const pthread_mutex_t *mutex)
{
    int type = mutex->__data.__kind & KIND_TYPES;
    return type == PTHREAD_MUTEX_RECURSIVE_NP || type == PTHREAD_MUTEX_ERRORCHECK_NP;
}

/* Without an owner it is one that a thread outside has just taken, or is about to give back. */
static bool held_outside(const struct view *view)
{
    return view->locked && (view->owner == 0 || sync_outside(view->owner));
}

/* A robust one whose owner ends: whoever has the turn after it finds the mutex given back by the kernel. */
static bool dies(const pthread_mutex_t *mutex, const struct view *view)
{
    uint16_t index;
    return (mutex->__data.__kind & KIND_ROBUST) && sync_fiber(view->owner, &index) &&
           fiber_ended(fiber_at(index));
}

bool mutex_available(const struct fiber *who, const pthread_mutex_t *mutex)
{
    struct view view = look(mutex);
    if (view.destroyed || !view.known || !view.locked)
        return true;
    if (view.owner == fiber_tid(who))
        return returns_to_owner(mutex);
    return held_outside(&view) || dies(mutex, &view);
}

static bool ready(const struct fiber *who, const struct request *request)
{
    return mutex_available(who, (const pthread_mutex_t *)request->object);
}

static void check(struct fiber *self, const pthread_mutex_t *mutex, uint64_t pc, const char *what)
{
    if (look(mutex).destroyed)
        sync_after_destroy(self, pc, mutex, what);
}

/* As the program would have called it. */
static int real_lock(pthread_mutex_t *mutex, const struct limit *limit)
{
    if (!limit)
        return REAL(pthread_mutex_lock)(mutex);
    if (limit->clock == CLOCK_REALTIME)
        return REAL(pthread_mutex_timedlock)(mutex, limit->at);
    return REAL_PLAIN(pthread_mutex_clocklock)(mutex, limit->clock, limit->at);
}

/* One that will not wait: the clock does not matter, but that ThreadSanitizer sees the lock does. */
static int real_lock_now(pthread_mutex_t *mutex, const struct limit *limit)
{
    if (limit && limit_valid(limit))
        return REAL(pthread_mutex_timedlock)(mutex, limit->at);
    return real_lock(mutex, limit);
}

/* After the point was passed. */
static int lock_granted(struct fiber *self, pthread_mutex_t *mutex, const struct limit *limit,
                        uint64_t pc)
{
    check(self, mutex, pc, "a mutex is locked");
    struct view view = look(mutex);
    if (!held_outside(&view))
        return SEEN_AT(pc, real_lock_now(mutex, limit));
    bool shared = mutex->__data.__kind & KIND_SHARED;
    runtime_outside_begin(self, shared ? WIRE_LOST_SHARED : WIRE_LOST_BLOCKED, pc);
    int result = SEEN_AT(pc, real_lock(mutex, limit));
    runtime_outside_end(self);
    return result;
}

int mutex_lock(pthread_mutex_t *mutex, const struct limit *limit, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(pc, real_lock(mutex, limit));
    struct request request = sync_request(WIRE_LOCK, mutex, sizeof *mutex, pc);
    request.ready = ready;
    limit_request(limit, &request);
    switch (runtime_point(self, &request)) {
    case GRANT_REAL:
        return SEEN_AT(pc, real_lock(mutex, limit));
    case GRANT_LATE:
        return ETIMEDOUT;
    default:
        return lock_granted(self, mutex, limit, pc);
    }
}

int mutex_take_back(struct fiber *self, pthread_mutex_t *mutex, uint64_t pc)
{
    if (!mutex_available(self, mutex)) {
        struct request request = sync_request(WIRE_LOCK, mutex, sizeof *mutex, pc);
        request.ready = ready;
        if (runtime_point(self, &request) == GRANT_REAL)
            return SEEN_AT(pc, REAL(pthread_mutex_lock)(mutex));
    }
    return lock_granted(self, mutex, NULL, pc);
}

int mutex_trylock(pthread_mutex_t *mutex, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_TRY_LOCK, (uint64_t)mutex, sizeof *mutex, pc);
        check(self, mutex, pc, "a mutex is locked");
    }
    int result = SEEN_AT(pc, REAL(pthread_mutex_trylock)(mutex));
    if (self && result != 0 && result != EOWNERDEAD)
        runtime_mark(self, WIRE_FAILED);
    return result;
}

int mutex_give(struct fiber *self, pthread_mutex_t *mutex, uint64_t pc)
{
    check(self, mutex, pc, "a mutex is unlocked");
    return SEEN_AT(pc, REAL(pthread_mutex_unlock)(mutex));
}

int mutex_unlock(pthread_mutex_t *mutex, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(pc, REAL(pthread_mutex_unlock)(mutex));
    runtime_pass(self, WIRE_UNLOCK, (uint64_t)mutex, sizeof *mutex, pc);
    return mutex_give(self, mutex, pc);
}

int mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (self)
        runtime_pass(self, WIRE_INIT, (uint64_t)mutex, sizeof *mutex, pc);
    return SEEN_AT(pc, REAL(pthread_mutex_init)(mutex, attributes));
}

int mutex_destroy(pthread_mutex_t *mutex, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(pc, REAL(pthread_mutex_destroy)(mutex));
    runtime_pass(self, WIRE_DESTROY, (uint64_t)mutex, sizeof *mutex, pc);
    check(self, mutex, pc, "a mutex is destroyed");
    struct view view = look(mutex);
    uint16_t holder;
    bool robust = mutex->__data.__kind & KIND_ROBUST;
    /* A mutex that nobody has made consistent can only be destroyed; glibc's trylock leaves its own id in one. */
    if (mutex->__data.__owner != NOT_RECOVERABLE && view.locked &&
        sync_fiber(view.owner, &holder) && (robust || holder != fiber_index(self)))
        sync_while_held(self, pc, mutex, "a mutex is destroyed", holder);
    return SEEN_AT(pc, REAL(pthread_mutex_destroy)(mutex));
}

EXPORTED int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return mutex_lock(mutex, NULL, CALLER);
}

EXPORTED int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *at)
{
    return mutex_lock(mutex, &(struct limit){CLOCK_REALTIME, at}, CALLER);
}

EXPORTED int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
                                     const struct timespec *at)
{
    return limit_clock(clock) ? mutex_lock(mutex, &(struct limit){clock, at}, CALLER) : EINVAL;
}

EXPORTED int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    return mutex_trylock(mutex, CALLER);
}

EXPORTED int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    return mutex_unlock(mutex, CALLER);
}

EXPORTED int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    return mutex_init(mutex, attributes, CALLER);
}

EXPORTED int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return mutex_destroy(mutex, CALLER);
}

/* Of the mutex that the caller holds: no point. */
EXPORTED int pthread_mutex_consistent(pthread_mutex_t *mutex)
{
    struct fiber *self CONTROLLED = enter();
    if (self)
        check(self, mutex, CALLER, "a mutex is made consistent");
    return REAL_PLAIN(pthread_mutex_consistent)(mutex);
}

/* Locks it and unlocks it again. */
EXPORTED int pthread_mutex_setprioceiling(pthread_mutex_t *mutex, int ceiling, int *old)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        struct request request = sync_request(WIRE_LOCK, mutex, sizeof *mutex, CALLER);
        request.ready = ready;
        runtime_point(self, &request);
        check(self, mutex, CALLER, "a mutex is locked");
    }
    return REAL_PLAIN(pthread_mutex_setprioceiling)(mutex, ceiling, old);
}
