/*
 * Conditions, emulated. A wait is two points: it gives the mutex back and begins, and it ends, woken and with
 * the mutex. In between the thread is blocked at the condition until it is woken.
 *
 * A signal wakes one of those that are blocked when it is sent, and it is the strategy that says which: the
 * first of them to go on. So a signal is first a credit, put behind the last thread that had begun to wait, and
 * any of those before it may use it. Once as many credits as threads stand before some place, these are woken all,
 * and blocked no longer: none of them can be passed over, time out without result, or be late for a destroy.
 * Between two changes there are therefore fewer credits than threads before every place, and one thread can leave
 * (late, spuriously or cancelled) without a credit being lost.
 *
 * glibc's condition is never waited at but where the scheduler lets go. The other real calls are made all the same:
 * they set the clock, mark what is destroyed, wake threads that are not under control, and ThreadSanitizer
 * learns from them that the object's memory is used.
 */
#include "explore/runtime/sync.h"

#define COND  pthread_cond_t *
#define MUTEX pthread_mutex_t *

#if defined __x86_64__
#define CONDITION_VERSION "GLIBC_2.3.2"
#elif defined __aarch64__
#define CONDITION_VERSION "GLIBC_2.17"
#else
#error "The symbol version of pthread_cond_wait is not known for this processor."
#endif

/* Sanitizers look these functions up by that version; a plain reference finds it, too. */
#ifdef RACELAB_TSAN
#define CONDITION_FUNCTION(name)
#else
#define CONDITION_FUNCTION(name) __asm__(".symver " #name ", " #name "@@@" CONDITION_VERSION)
#endif

REAL_FUNCTION(pthread_cond_wait)
REAL_FUNCTION(pthread_cond_clockwait)
REAL_FUNCTION(pthread_cond_signal)
REAL_FUNCTION(pthread_cond_broadcast)
REAL_FUNCTION(pthread_cond_init)
REAL_FUNCTION(pthread_cond_destroy)
/* Of the mutex that stands in for the program's where the wait is for real. */
REAL_FUNCTION(pthread_mutex_lock)
REAL_FUNCTION(pthread_mutex_unlock)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE_VERSION(pthread_cond_wait, CONDITION_VERSION)
    REAL_RESOLVE(pthread_cond_clockwait)
    REAL_RESOLVE_VERSION(pthread_cond_signal, CONDITION_VERSION)
    REAL_RESOLVE_VERSION(pthread_cond_broadcast, CONDITION_VERSION)
    REAL_RESOLVE_VERSION(pthread_cond_init, CONDITION_VERSION)
    REAL_RESOLVE_VERSION(pthread_cond_destroy, CONDITION_VERSION)
    REAL_RESOLVE(pthread_mutex_lock)
    REAL_RESOLVE(pthread_mutex_unlock)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

/* Bits of __wrefs: sysdeps/nptl/internaltypes.h, nptl/pthread_cond_destroy.c. */
enum { WREFS_SHARED = 1, WREFS_MONOTONIC = 2, WREFS_DESTROYED = 4 };

/* A thread in a wait, on its own stack. */
struct waiter {
    struct waiter *before, *after;
    const pthread_cond_t *condition;
    unsigned credits; /* put right behind it */
    bool woken;       /* not blocked any more, nor in the list */
};

/* Of a condition at which threads are blocked, in the order in which they began to wait. */
struct queue {
    uint64_t address;
    struct waiter *first, *last;
};
static struct table queues = {.slot_size = sizeof(struct queue)};

static void begin(struct waiter *waiter)
{
    struct queue *queue = table_get(&queues, (uint64_t)waiter->condition);
    waiter->before = queue->last;
    if (queue->last)
        queue->last->after = waiter;
    else
        queue->first = waiter;
    queue->last = waiter;
}

/* Its credits go to the one before it, who may use them, too. */
static void take_out(struct waiter *waiter)
{
    struct queue *queue = table_find(&queues, (uint64_t)waiter->condition);
    if (waiter->before) {
        waiter->before->after = waiter->after;
        waiter->before->credits += waiter->credits;
    } else {
        queue->first = waiter->after;
    }
    if (waiter->after)
        waiter->after->before = waiter->before;
    else
        queue->last = waiter->before;
    waiter->before = waiter->after = NULL;
    waiter->credits = 0;
    if (!queue->first)
        table_drop(&queues, queue->address);
}

static void wake(struct waiter *waiter)
{
    waiter->credits = 0;
    take_out(waiter);
    waiter->woken = true;
}

/* Wakes those before the last place that has as many credits before it as threads. */
static void settle(const pthread_cond_t *condition)
{
    const struct queue *queue = table_find(&queues, (uint64_t)condition);
    unsigned threads = 0;
    unsigned credits = 0;
    unsigned woken = 0;
    for (const struct waiter *each = queue ? queue->first : NULL; each; each = each->after) {
        threads++;
        credits += each->credits;
        if (credits >= threads)
            woken = threads;
    }
    for (struct waiter *each = queue ? queue->first : NULL; woken > 0; woken--) {
        struct waiter *next = each->after;
        wake(each);
        each = next;
    }
}

static struct waiter *credit_for(struct waiter *waiter)
{
    while (waiter && waiter->credits == 0)
        waiter = waiter->after;
    return waiter;
}

/* The thread goes on: with a credit, or, where it is to wake without one, blocked no longer. True where it was woken. */
static bool leave(struct waiter *waiter, bool may_use)
{
    if (waiter->woken)
        return true;
    struct waiter *credit = may_use ? credit_for(waiter) : NULL;
    if (credit)
        credit->credits--;
    take_out(waiter);
    settle(waiter->condition);
    return credit != NULL;
}

static bool wake_ready(const struct fiber *who, const struct request *request)
{
    struct waiter *waiter = request->data;
    return (waiter->woken || credit_for(waiter)) &&
           mutex_available(who, (const pthread_mutex_t *)request->second);
}

static unsigned blocked_at(const pthread_cond_t *condition)
{
    const struct queue *queue = table_find(&queues, (uint64_t)condition);
    unsigned count = 0;
    for (const struct waiter *each = queue ? queue->first : NULL; each; each = each->after)
        count++;
    return count;
}

static void check(struct fiber *self, const pthread_cond_t *condition, uint64_t pc,
                  const char *what)
{
    if (condition->__data.__wrefs & WREFS_DESTROYED)
        sync_after_destroy(self, pc, condition, what);
}

static int real_wait(COND condition, MUTEX mutex, const struct limit *limit)
{
    return limit ? REAL(pthread_cond_clockwait)(condition, mutex, limit->clock, limit->at)
                 : REAL(pthread_cond_wait)(condition, mutex);
}

/* The scheduler has let go. The program's mutex was given back already, and whoever has it is to be seen with it: so
 * another stands in for it. */
static int wait_for_real(COND condition, MUTEX mutex, const struct limit *limit, uint64_t pc)
{
    pthread_mutex_t stand_in = PTHREAD_MUTEX_INITIALIZER;
    REAL(pthread_mutex_lock)(&stand_in);
    int result = SEEN_AT(pc, real_wait(condition, &stand_in, limit));
    REAL(pthread_mutex_unlock)(&stand_in);
    int relock = SEEN_AT(pc, REAL(pthread_mutex_lock)(mutex));
    return relock != 0 ? relock : result;
}

/* Between processes: nothing is known of who waits and who signals. */
static int wait_outside(struct fiber *self, COND condition, MUTEX mutex, const struct limit *limit,
                        uint64_t pc)
{
    runtime_outside_begin(self, WIRE_LOST_SHARED, pc);
    int result = SEEN_AT(pc, real_wait(condition, mutex, limit));
    runtime_outside_end(self);
    return result;
}

/* From the second point on: blocked at the condition, then back with the mutex. */
static int wait_woken(struct fiber **self, struct waiter *waiter, MUTEX mutex,
                      const struct limit *limit, uint64_t pc)
{
    COND condition = (COND)waiter->condition;
    struct request request = sync_request(WIRE_WAKE, condition, sizeof *condition, pc);
    request.second = (uint64_t)mutex;
    request.ready = wake_ready;
    request.data = waiter;
    request.cancellable = true;
    limit_request(limit, &request);
    enum grant grant = runtime_point(*self, &request);
    if (grant == GRANT_REAL)
        return waiter->woken || credit_for(waiter) ? SEEN_AT(pc, REAL(pthread_mutex_lock)(mutex))
                                                   : wait_for_real(condition, mutex, limit, pc);
    bool woken = leave(waiter, grant == GRANT_READY);
    int result = mutex_take_back(*self, mutex, pc);
    if (grant == GRANT_CANCELLED) {
        runtime_leave(*self);
        *self = NULL;
        pthread_testcancel();
    }
    if (result != 0)
        return result;
    return grant == GRANT_LATE && limit && !woken ? ETIMEDOUT : 0;
}

int condition_wait(COND condition, MUTEX mutex, const struct limit *limit, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return SEEN_AT(pc, real_wait(condition, mutex, limit));
    if (limit && !limit_valid(limit))
        return EINVAL;
    struct request request = sync_request(WIRE_WAIT, condition, sizeof *condition, pc);
    request.second = (uint64_t)mutex;
    if (runtime_point(self, &request) == GRANT_REAL)
        return SEEN_AT(pc, real_wait(condition, mutex, limit));
    check(self, condition, pc, "a condition is waited at");
    if ((condition->__data.__wrefs & WREFS_SHARED) && sync_has_forked())
        return wait_outside(self, condition, mutex, limit, pc);
    int result = mutex_give(self, mutex, pc);
    if (result != 0)
        return result;
    struct waiter waiter = {.condition = condition};
    begin(&waiter);
    return wait_woken(&self, &waiter, mutex, limit, pc);
}

int condition_signal(COND condition, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_SIGNAL, (uint64_t)condition, sizeof *condition, pc);
        check(self, condition, pc, "a condition is signalled");
        struct queue *queue = table_find(&queues, (uint64_t)condition);
        if (queue)
            queue->last->credits++;
        settle(condition);
    }
    return SEEN_AT(pc, REAL(pthread_cond_signal)(condition));
}

int condition_broadcast(COND condition, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_BROADCAST, (uint64_t)condition, sizeof *condition, pc);
        check(self, condition, pc, "a condition is broadcast");
        const struct queue *queue;
        while ((queue = table_find(&queues, (uint64_t)condition)) != NULL)
            wake(queue->first);
    }
    return SEEN_AT(pc, REAL(pthread_cond_broadcast)(condition));
}

int condition_init(COND condition, const pthread_condattr_t *attributes, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_INIT, (uint64_t)condition, sizeof *condition, pc);
        unsigned blocked = blocked_at(condition);
        if (blocked > 0)
            sync_while_used(self, pc, condition, "a condition is made anew", blocked,
                            "thread waits at it", "threads wait at it");
    }
    return SEEN_AT(pc, REAL(pthread_cond_init)(condition, attributes));
}

int condition_destroy(COND condition, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_DESTROY, (uint64_t)condition, sizeof *condition, pc);
        check(self, condition, pc, "a condition is destroyed");
        unsigned blocked = blocked_at(condition);
        if (blocked > 0)
            sync_while_used(self, pc, condition, "a condition is destroyed", blocked,
                            "thread waits at it", "threads wait at it");
    }
    return SEEN_AT(pc, REAL(pthread_cond_destroy)(condition));
}

EXPORTED int pthread_cond_wait(COND condition, MUTEX mutex)
{
    return condition_wait(condition, mutex, NULL, CALLER);
}
CONDITION_FUNCTION(pthread_cond_wait);

EXPORTED int pthread_cond_timedwait(COND condition, MUTEX mutex, const struct timespec *at)
{
    bool monotonic = condition->__data.__wrefs & WREFS_MONOTONIC;
    struct limit limit = {monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME, at};
    return condition_wait(condition, mutex, &limit, CALLER);
}
CONDITION_FUNCTION(pthread_cond_timedwait);

EXPORTED int pthread_cond_clockwait(COND condition, MUTEX mutex, clockid_t clock,
                                    const struct timespec *at)
{
    return limit_clock(clock) ? condition_wait(condition, mutex, &(struct limit){clock, at}, CALLER)
                              : EINVAL;
}

EXPORTED int pthread_cond_signal(COND condition)
{
    return condition_signal(condition, CALLER);
}
CONDITION_FUNCTION(pthread_cond_signal);

EXPORTED int pthread_cond_broadcast(COND condition)
{
    return condition_broadcast(condition, CALLER);
}
CONDITION_FUNCTION(pthread_cond_broadcast);

EXPORTED int pthread_cond_init(COND condition, const pthread_condattr_t *attributes)
{
    return condition_init(condition, attributes, CALLER);
}
CONDITION_FUNCTION(pthread_cond_init);

EXPORTED int pthread_cond_destroy(COND condition)
{
    return condition_destroy(condition, CALLER);
}
CONDITION_FUNCTION(pthread_cond_destroy);
