/*
 * Read-write locks. What is held is read from glibc's object: no thread ever waits in it, so that its counts are
 * those of the holders. Beside it is kept how many of the readers are under control, and how many writers wait.
 *
 * glibc lets readers in behind a waiting writer, but for PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP. There a
 * writer has two points: it arrives, and, if it cannot have the lock at once, it waits and keeps new readers
 * out. With the others a writer that waits changes nothing for anybody, and has one point.
 */
#include "explore/runtime/sync.h"

#define RWLOCK pthread_rwlock_t *

REAL_FUNCTION(pthread_rwlock_rdlock)
REAL_FUNCTION(pthread_rwlock_tryrdlock)
REAL_FUNCTION(pthread_rwlock_timedrdlock)
REAL_FUNCTION(pthread_rwlock_wrlock)
REAL_FUNCTION(pthread_rwlock_trywrlock)
REAL_FUNCTION(pthread_rwlock_timedwrlock)
REAL_FUNCTION(pthread_rwlock_unlock)
REAL_FUNCTION(pthread_rwlock_init)
REAL_FUNCTION(pthread_rwlock_destroy)
/* Not known to ThreadSanitizer. */
REAL_PLAIN_FUNCTION(pthread_rwlock_clockrdlock)
REAL_PLAIN_FUNCTION(pthread_rwlock_clockwrlock)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(pthread_rwlock_rdlock)
    REAL_RESOLVE(pthread_rwlock_tryrdlock)
    REAL_RESOLVE(pthread_rwlock_timedrdlock)
    REAL_RESOLVE(pthread_rwlock_wrlock)
    REAL_RESOLVE(pthread_rwlock_trywrlock)
    REAL_RESOLVE(pthread_rwlock_timedwrlock)
    REAL_RESOLVE(pthread_rwlock_unlock)
    REAL_RESOLVE(pthread_rwlock_init)
    REAL_RESOLVE(pthread_rwlock_destroy)
    REAL_PLAIN_RESOLVE(pthread_rwlock_clockrdlock)
    REAL_PLAIN_RESOLVE(pthread_rwlock_clockwrlock)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

/* See explain/waits/glibc.c. */
enum { PHASE_WRITE = 1, READER_SHIFT = 3 };
/* In padding of the object, which pthread_rwlock_init() and every initialiser zero. */
#define DESTROYED UINT64_C(0x64656164726c6f63)

struct rwlock {
    uint64_t address;
    uint32_t readers; /* under control that have it */
    uint32_t waiting; /* writers that keep readers out */
};
static struct table known = {.slot_size = sizeof(struct rwlock)};

static struct rwlock note_of(const pthread_rwlock_t *lock)
{
    const struct rwlock *found = table_find(&known, (uint64_t)lock);
    return found ? *found : (struct rwlock){0};
}

static void set_note(const pthread_rwlock_t *lock, uint32_t readers, uint32_t waiting)
{
    if (readers == 0 && waiting == 0) {
        table_drop(&known, (uint64_t)lock);
        return;
    }
    struct rwlock *note = table_get(&known, (uint64_t)lock);
    note->readers = readers;
    note->waiting = waiting;
}

static void count_reader(const pthread_rwlock_t *lock)
{
    struct rwlock note = note_of(lock);
    set_note(lock, note.readers + 1, note.waiting);
}

static void count_waiting(const pthread_rwlock_t *lock, int more)
{
    struct rwlock note = note_of(lock);
    set_note(lock, note.readers, note.waiting + (uint32_t)more);
}

static bool destroyed(const pthread_rwlock_t *lock)
{
    return lock->__data.__pad2 == DESTROYED;
}

static uint32_t readers_of(const pthread_rwlock_t *lock)
{
    uint32_t word = lock->__data.__readers;
    return word & PHASE_WRITE ? 0 : word >> READER_SHIFT;
}

/* By a thread or process that is not under control. */
static bool written_outside(const pthread_rwlock_t *lock)
{
    pid_t writer = lock->__data.__cur_writer;
    return writer != 0 && sync_outside(writer);
}

static bool read_outside(const pthread_rwlock_t *lock)
{
    return readers_of(lock) > note_of(lock).readers;
}

static bool writers_first(const pthread_rwlock_t *lock)
{
    return lock->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

/* The real call says EDEADLK to the writer itself, whatever it asks for. */
static bool read_ready(const struct fiber *who, const struct request *request)
{
    const pthread_rwlock_t *lock = (const pthread_rwlock_t *)request->object;
    pid_t writer = lock->__data.__cur_writer;
    if (destroyed(lock) || (writer != 0 && writer == fiber_tid(who)))
        return true;
    if (writer != 0)
        return written_outside(lock);
    return !writers_first(lock) || note_of(lock).waiting == 0;
}

static bool write_ready(const struct fiber *who, const struct request *request)
{
    const pthread_rwlock_t *lock = (const pthread_rwlock_t *)request->object;
    pid_t writer = lock->__data.__cur_writer;
    if (destroyed(lock) || (writer != 0 && writer == fiber_tid(who)))
        return true;
    if (writer != 0)
        return written_outside(lock);
    return readers_of(lock) == 0 || read_outside(lock);
}

static void check(struct fiber *self, const pthread_rwlock_t *lock, uint64_t pc, const char *what)
{
    if (destroyed(lock))
        sync_after_destroy(self, pc, lock, what);
}

static int real_read(RWLOCK lock, const struct limit *limit, bool now)
{
    if (!limit)
        return REAL(pthread_rwlock_rdlock)(lock);
    if (limit->clock == CLOCK_REALTIME || (now && limit_valid(limit)))
        return REAL(pthread_rwlock_timedrdlock)(lock, limit->at);
    return REAL_PLAIN(pthread_rwlock_clockrdlock)(lock, limit->clock, limit->at);
}

static int real_write(RWLOCK lock, const struct limit *limit, bool now)
{
    if (!limit)
        return REAL(pthread_rwlock_wrlock)(lock);
    if (limit->clock == CLOCK_REALTIME || (now && limit_valid(limit)))
        return REAL(pthread_rwlock_timedwrlock)(lock, limit->at);
    return REAL_PLAIN(pthread_rwlock_clockwrlock)(lock, limit->clock, limit->at);
}

static void go_outside(struct fiber *self, const pthread_rwlock_t *lock, uint64_t pc)
{
    runtime_outside_begin(self, lock->__data.__shared ? WIRE_LOST_SHARED : WIRE_LOST_BLOCKED, pc);
}

static int read_lock(RWLOCK lock, const struct limit *limit, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(pc, real_read(lock, limit, false));
    struct request request = sync_request(WIRE_READ_LOCK, lock, sizeof *lock, pc);
    request.ready = read_ready;
    limit_request(limit, &request);
    enum grant grant = runtime_point(self, &request);
    if (grant == GRANT_REAL)
        return SEEN_AT(pc, real_read(lock, limit, false));
    if (grant == GRANT_LATE)
        return ETIMEDOUT;
    check(self, lock, pc, "a read-write lock is locked");
    bool outside = written_outside(lock);
    if (outside)
        go_outside(self, lock, pc);
    int result = SEEN_AT(pc, real_read(lock, limit, !outside));
    if (outside)
        runtime_outside_end(self);
    if (result == 0)
        count_reader(lock);
    return result;
}

static int write_lock(RWLOCK lock, const struct limit *limit, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(pc, real_write(lock, limit, false));
    struct request request = sync_request(WIRE_WRITE_LOCK, lock, sizeof *lock, pc);
    struct request arrival = request;
    request.ready = write_ready;
    limit_request(limit, &request);
    bool arrives = writers_first(lock) && request.ready;
    enum grant grant = runtime_point(self, arrives ? &arrival : &request);
    if (arrives && grant == GRANT_READY && !write_ready(self, &request)) {
        count_waiting(lock, 1);
        grant = runtime_point(self, &request);
        if (grant != GRANT_REAL)
            count_waiting(lock, -1);
    }
    if (grant == GRANT_REAL)
        return SEEN_AT(pc, real_write(lock, limit, false));
    if (grant == GRANT_LATE)
        return ETIMEDOUT;
    check(self, lock, pc, "a read-write lock is locked");
    bool outside = written_outside(lock) || read_outside(lock);
    if (outside)
        go_outside(self, lock, pc);
    int result = SEEN_AT(pc, real_write(lock, limit, !outside));
    if (outside)
        runtime_outside_end(self);
    return result;
}

EXPORTED int pthread_rwlock_rdlock(RWLOCK lock)
{
    return read_lock(lock, NULL, CALLER);
}

EXPORTED int pthread_rwlock_timedrdlock(RWLOCK lock, const struct timespec *at)
{
    return read_lock(lock, &(struct limit){CLOCK_REALTIME, at}, CALLER);
}

EXPORTED int pthread_rwlock_clockrdlock(RWLOCK lock, clockid_t clock, const struct timespec *at)
{
    return limit_clock(clock) ? read_lock(lock, &(struct limit){clock, at}, CALLER) : EINVAL;
}

EXPORTED int pthread_rwlock_wrlock(RWLOCK lock)
{
    return write_lock(lock, NULL, CALLER);
}

EXPORTED int pthread_rwlock_timedwrlock(RWLOCK lock, const struct timespec *at)
{
    return write_lock(lock, &(struct limit){CLOCK_REALTIME, at}, CALLER);
}

EXPORTED int pthread_rwlock_clockwrlock(RWLOCK lock, clockid_t clock, const struct timespec *at)
{
    return limit_clock(clock) ? write_lock(lock, &(struct limit){clock, at}, CALLER) : EINVAL;
}

EXPORTED int pthread_rwlock_tryrdlock(RWLOCK lock)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(pthread_rwlock_tryrdlock)(lock));
    runtime_pass(self, WIRE_TRY_READ_LOCK, (uint64_t)lock, sizeof *lock, CALLER);
    check(self, lock, CALLER, "a read-write lock is locked");
    /* Of the writers that wait, the object knows nothing. */
    bool kept_out = writers_first(lock) && note_of(lock).waiting > 0;
    int result = kept_out ? EBUSY : SEEN_AT(CALLER, REAL(pthread_rwlock_tryrdlock)(lock));
    if (result == 0)
        count_reader(lock);
    else
        runtime_mark(self, WIRE_FAILED);
    return result;
}

EXPORTED int pthread_rwlock_trywrlock(RWLOCK lock)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_TRY_WRITE_LOCK, (uint64_t)lock, sizeof *lock, CALLER);
        check(self, lock, CALLER, "a read-write lock is locked");
    }
    int result = SEEN_AT(CALLER, REAL(pthread_rwlock_trywrlock)(lock));
    if (self && result != 0)
        runtime_mark(self, WIRE_FAILED);
    return result;
}

EXPORTED int pthread_rwlock_unlock(RWLOCK lock)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(pthread_rwlock_unlock)(lock));
    runtime_pass(self, WIRE_RWLOCK_UNLOCK, (uint64_t)lock, sizeof *lock, CALLER);
    check(self, lock, CALLER, "a read-write lock is unlocked");
    struct rwlock note = note_of(lock);
    if (lock->__data.__cur_writer == 0 && note.readers > 0)
        set_note(lock, note.readers - 1, note.waiting);
    return SEEN_AT(CALLER, REAL(pthread_rwlock_unlock)(lock));
}

EXPORTED int pthread_rwlock_init(RWLOCK lock, const pthread_rwlockattr_t *attributes)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_INIT, (uint64_t)lock, sizeof *lock, CALLER);
        set_note(lock, 0, note_of(lock).waiting);
    }
    return SEEN_AT(CALLER, REAL(pthread_rwlock_init)(lock, attributes));
}

EXPORTED int pthread_rwlock_destroy(RWLOCK lock)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(pthread_rwlock_destroy)(lock));
    runtime_pass(self, WIRE_DESTROY, (uint64_t)lock, sizeof *lock, CALLER);
    check(self, lock, CALLER, "a read-write lock is destroyed");
    uint16_t holder;
    if (sync_fiber(lock->__data.__cur_writer, &holder))
        sync_while_held(self, CALLER, lock, "a read-write lock is destroyed", holder);
    if (readers_of(lock) > 0)
        sync_while_used(self, CALLER, lock, "a read-write lock is destroyed", readers_of(lock),
                        "reader holds it", "readers hold it");
    int result = SEEN_AT(CALLER, REAL(pthread_rwlock_destroy)(lock));
    lock->__data.__pad2 = DESTROYED;
    return result;
}
