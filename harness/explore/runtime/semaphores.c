/*
 * Semaphores. Their value is read from glibc's object, so that a post from anywhere counts, be it from a signal
 * handler that interrupted the runtime and therefore made the real call alone.
 *
 * One that processes share, named or not, is modelled like any other while no other process can post to it: until
 * this one forks, and where sem_open() may have made it.
 */
#include "explore/runtime/sync.h"

#include <fcntl.h>
#include <stdarg.h>

REAL_FUNCTION(sem_init)
REAL_FUNCTION(sem_destroy)
REAL_FUNCTION(sem_wait)
REAL_FUNCTION(sem_trywait)
REAL_FUNCTION(sem_timedwait)
REAL_FUNCTION(sem_post)
REAL_FUNCTION(sem_open)
/* Not known to ThreadSanitizer. */
REAL_PLAIN_FUNCTION(sem_clockwait)
REAL_PLAIN_FUNCTION(sem_close)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(sem_init)
    REAL_RESOLVE(sem_destroy)
    REAL_RESOLVE(sem_wait)
    REAL_RESOLVE(sem_trywait)
    REAL_RESOLVE(sem_timedwait)
    REAL_RESOLVE(sem_post)
    REAL_RESOLVE(sem_open)
    REAL_PLAIN_RESOLVE(sem_clockwait)
    REAL_PLAIN_RESOLVE(sem_close)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

/* struct new_sem, see explain/waits/glibc.h; glibc uses none of the bytes from 16 on, and leaves them as they are. */
struct object {
    uint32_t value;
    uint32_t waiters;
    int32_t private; /* not 0: shared between processes */
    int32_t padding;
    uint64_t mark;
};
#define DESTROYED UINT64_C(0x64656164736d6170)

static const volatile struct object *object_of(const sem_t *semaphore)
{
    return (const volatile struct object *)semaphore;
}

static void set_mark(sem_t *semaphore, uint64_t mark)
{
    ((struct object *)semaphore)->mark = mark;
}

struct note {
    uint64_t address;
    uint32_t waiting; /* threads that found it at 0 */
    uint32_t opened;  /* it was there before: somebody else may have it */
};
static struct table notes = {.slot_size = sizeof(struct note)};

static void count_waiting(const sem_t *semaphore, int more)
{
    struct note *note = table_get(&notes, (uint64_t)semaphore);
    note->waiting += (uint32_t)more;
    if (note->waiting == 0 && !note->opened)
        table_drop(&notes, (uint64_t)semaphore);
}

static bool is_destroyed(const sem_t *semaphore)
{
    return object_of(semaphore)->mark == DESTROYED;
}

/* Others may post to it. */
static bool is_elsewhere(const sem_t *semaphore)
{
    const struct note *note = table_find(&notes, (uint64_t)semaphore);
    return object_of(semaphore)->private != 0 && (sync_has_forked() || (note && note->opened));
}

static bool ready(const struct fiber *who, const struct request *request)
{
    const sem_t *semaphore = (const sem_t *)request->object;
    (void)who;
    return object_of(semaphore)->value > 0 || is_destroyed(semaphore) || is_elsewhere(semaphore);
}

static void check(struct fiber *self, const sem_t *semaphore, uint64_t pc, const char *what)
{
    if (is_destroyed(semaphore))
        sync_after_destroy(self, pc, semaphore, what);
}

static int failed(int error)
{
    errno = error;
    return -1;
}

static int real_wait(sem_t *semaphore, const struct limit *limit)
{
    if (!limit)
        return REAL(sem_wait)(semaphore);
    if (limit->clock == CLOCK_REALTIME)
        return REAL(sem_timedwait)(semaphore, limit->at);
    return REAL_PLAIN(sem_clockwait)(semaphore, limit->clock, limit->at);
}

/* Comes back from outside even where the thread is cancelled there. */
static void come_back(struct fiber **away)
{
    runtime_outside_end(*away);
}

static int wait_outside(struct fiber *self, sem_t *semaphore, const struct limit *limit,
                        uint64_t pc)
{
    struct fiber *away __attribute__((cleanup(come_back))) = self;
    runtime_outside_begin(away, WIRE_LOST_SHARED, pc);
    return SEEN_AT(pc, real_wait(semaphore, limit));
}

/* After the point was passed. */
static int wait_granted(struct fiber *self, sem_t *semaphore, const struct limit *limit,
                        uint64_t pc)
{
    check(self, semaphore, pc, "a semaphore is waited for");
    if (object_of(semaphore)->value == 0)
        return wait_outside(self, semaphore, limit, pc);
    return SEEN_AT(pc, REAL(sem_wait)(semaphore));
}

static int wait_for(sem_t *semaphore, const struct limit *limit, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(pc, real_wait(semaphore, limit));
    if (limit && !limit_valid(limit))
        return failed(EINVAL);
    struct request request = sync_request(WIRE_SEM_WAIT, semaphore, sizeof *semaphore, pc);
    request.ready = ready;
    request.cancellable = true;
    limit_request(limit, &request);
    bool waits = !ready(self, &request);
    if (waits)
        count_waiting(semaphore, 1);
    enum grant grant = runtime_point(self, &request);
    if (waits && grant != GRANT_REAL)
        count_waiting(semaphore, -1);
    switch (grant) {
    case GRANT_REAL:
        return SEEN_AT(pc, real_wait(semaphore, limit));
    case GRANT_LATE:
        return failed(ETIMEDOUT);
    case GRANT_CANCELLED:
        runtime_leave(self);
        self = NULL;
        pthread_testcancel();
        return failed(EINTR);
    default:
        return wait_granted(self, semaphore, limit, pc);
    }
}

EXPORTED int sem_wait(sem_t *semaphore)
{
    return wait_for(semaphore, NULL, CALLER);
}

EXPORTED int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict at)
{
    return wait_for(semaphore, &(struct limit){CLOCK_REALTIME, at}, CALLER);
}

EXPORTED int sem_clockwait(sem_t *restrict semaphore, clockid_t clock,
                           const struct timespec *restrict at)
{
    return limit_clock(clock) ? wait_for(semaphore, &(struct limit){clock, at}, CALLER)
                              : failed(EINVAL);
}

EXPORTED int sem_trywait(sem_t *semaphore)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_SEM_TRY_WAIT, (uint64_t)semaphore, sizeof *semaphore, CALLER);
        check(self, semaphore, CALLER, "a semaphore is waited for");
    }
    int result = SEEN_AT(CALLER, REAL(sem_trywait)(semaphore));
    if (self && result != 0)
        runtime_mark(self, WIRE_FAILED);
    return result;
}

EXPORTED int sem_post(sem_t *semaphore)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_SEM_POST, (uint64_t)semaphore, sizeof *semaphore, CALLER);
        check(self, semaphore, CALLER, "a semaphore is posted to");
    }
    return SEEN_AT(CALLER, REAL(sem_post)(semaphore));
}

EXPORTED int sem_init(sem_t *semaphore, int shared, unsigned value)
{
    struct fiber *self CONTROLLED = enter();
    if (self)
        runtime_pass(self, WIRE_INIT, (uint64_t)semaphore, sizeof *semaphore, CALLER);
    int result = SEEN_AT(CALLER, REAL(sem_init)(semaphore, shared, value));
    if (result == 0)
        set_mark(semaphore, 0);
    return result;
}

EXPORTED int sem_destroy(sem_t *semaphore)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(CALLER, REAL(sem_destroy)(semaphore));
    runtime_pass(self, WIRE_DESTROY, (uint64_t)semaphore, sizeof *semaphore, CALLER);
    check(self, semaphore, CALLER, "a semaphore is destroyed");
    const struct note *note = table_find(&notes, (uint64_t)semaphore);
    if (note && note->waiting > 0 && object_of(semaphore)->value == 0)
        sync_while_used(self, CALLER, semaphore, "a semaphore is destroyed", note->waiting,
                        "thread waits for it", "threads wait for it");
    int result = SEEN_AT(CALLER, REAL(sem_destroy)(semaphore));
    set_mark(semaphore, DESTROYED);
    return result;
}

EXPORTED sem_t *sem_open(const char *name, int flags, ...)
{
    struct fiber *self CONTROLLED = enter();
    mode_t mode = 0;
    unsigned value = 0;
    if (flags & O_CREAT) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        value = va_arg(more, unsigned);
        va_end(more);
    }
    if (self)
        runtime_pass(self, WIRE_INIT, 0, 0, CALLER);
    sem_t *opened = SEEN_AT(CALLER, REAL(sem_open)(name, flags, mode, value));
    if (self && opened != SEM_FAILED && !(flags & O_CREAT) &&
        !table_find(&notes, (uint64_t)opened)) {
        struct note *note = table_get(&notes, (uint64_t)opened);
        note->opened = 1;
    }
    return opened;
}

/* The memory goes when it has been closed as often as it was opened. */
EXPORTED int sem_close(sem_t *semaphore)
{
    struct fiber *self CONTROLLED = enter();
    if (self)
        runtime_pass(self, WIRE_DESTROY, (uint64_t)semaphore, sizeof *semaphore, CALLER);
    return REAL_PLAIN(sem_close)(semaphore);
}
