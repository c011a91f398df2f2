/*
 * Virtual time. It stands still but for what points take, and goes on at once where a thread waits for a time to
 * come: nothing is ever slept.
 */
#include "explore/runtime/clocks.h"

#include "explore/runtime/calls.h"
#include "explore/runtime/world.h"

#include <sys/time.h>
#include <sys/times.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

enum {
    CPU_POINT_NS = 100,  /* a point's processor time */
    CLOCK_PATIENCE = 16, /* readings in a row at one place, without a change by anybody */
    TAI_AHEAD = 37,      /* seconds, since 2017: IERS bulletin C */
};

REAL_FUNCTION(clock_gettime)
REAL_FUNCTION(gettimeofday)
REAL_FUNCTION(time)
REAL_PLAIN_FUNCTION(timespec_get)
REAL_PLAIN_FUNCTION(clock)
REAL_FUNCTION(times)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(clock_gettime)
    REAL_RESOLVE(gettimeofday)
    REAL_RESOLVE(time)
    REAL_PLAIN_RESOLVE(timespec_get)
    REAL_PLAIN_RESOLVE(clock)
    REAL_RESOLVE(times)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

uint64_t clock_base(clockid_t clock)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
        return RUNTIME_REALTIME_NS;
    case CLOCK_TAI:
        return RUNTIME_REALTIME_NS + TAI_AHEAD * SECOND;
    default:
        return RUNTIME_MONOTONIC_NS;
    }
}

uint64_t clock_deadline(clockid_t clock, const struct timespec *at)
{
    uint64_t base = clock_base(clock);
    if (at->tv_sec < 0)
        return 0;
    if ((uint64_t)at->tv_sec >= NO_DEADLINE / SECOND / 2)
        return NO_DEADLINE - 1;
    uint64_t when = (uint64_t)at->tv_sec * SECOND + (uint64_t)at->tv_nsec;
    return when > base ? when - base : 0;
}

uint64_t call_deadline_in(uint64_t seconds, uint64_t nanoseconds)
{
    uint64_t most = NO_DEADLINE - 1 - runtime_clock();
    if (seconds >= most / SECOND - 4)
        return NO_DEADLINE - 1;
    return runtime_clock() + seconds * SECOND + nanoseconds;
}

static struct repetition {
    uint64_t pc;
    uint64_t changes;
    unsigned count;
} repetitions[WIRE_THREADS];

void call_repeats(struct fiber *self, uint64_t pc, unsigned patience)
{
    struct repetition *last = &repetitions[fiber_index(self)];
    if (last->pc != pc || (patience > 1 && last->changes != world.changes))
        *last = (struct repetition){.pc = pc, .changes = world.changes};
    if (++last->count > patience)
        runtime_set_back(self);
}

/* The kernel's numbering of the processor-time clocks of threads and processes: complement of the id, then three
 * bits, of which one tells a thread's. include/linux/posix-timers.h */
static uint64_t processor_ns(const struct fiber *self, clockid_t clock)
{
    const struct fiber *fiber = NULL;
    if (clock == CLOCK_THREAD_CPUTIME_ID)
        fiber = self;
    else if (clock < 0 && (clock & 4))
        for (unsigned i = 0; i < fiber_count() && !fiber; i++)
            if (fiber_tid(fiber_at(i)) == (pid_t) ~((unsigned)clock >> 3 | 7u << 29))
                fiber = fiber_at(i);
    return (fiber ? fiber->shown->points : world.points) * CPU_POINT_NS;
}

static uint64_t now(const struct fiber *self, clockid_t clock)
{
    if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID || clock < 0)
        return processor_ns(self, clock);
    return clock_base(clock) + runtime_clock();
}

/* A thread that looks at the clock again and again may wait for a time: the others go first, and
 * where none can go on the clock runs faster. */
static uint64_t look(struct fiber *self, clockid_t clock, uint64_t pc)
{
    call_repeats(self, pc, CLOCK_PATIENCE);
    runtime_pass(self, WIRE_CLOCK, 0, 0, pc);
    return now(self, clock);
}

/* The real call has checked its arguments and told ThreadSanitizer what it writes. */
EXPORTED int clock_gettime(clockid_t clock, struct timespec *at)
{
    struct fiber *self CONTROLLED = enter();
    int result = SEEN_AT(CALLER, REAL(clock_gettime)(clock, at));
    if (!self || result != 0)
        return result;
    uint64_t ns = look(self, clock, CALLER);
    at->tv_sec = (time_t)(ns / SECOND);
    at->tv_nsec = (long)(ns % SECOND);
    return 0;
}

EXPORTED int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct fiber *self CONTROLLED = enter();
    int result = SEEN_AT(CALLER, REAL(gettimeofday)(at, zone));
    if (!self || result != 0)
        return result;
    uint64_t ns = look(self, CLOCK_REALTIME, CALLER);
    at->tv_sec = (time_t)(ns / SECOND);
    at->tv_usec = (suseconds_t)(ns % SECOND / 1000);
    return 0;
}

EXPORTED time_t time(time_t *at)
{
    struct fiber *self CONTROLLED = enter();
    time_t result = SEEN_AT(CALLER, REAL(time)(at));
    if (!self)
        return result;
    result = (time_t)(look(self, CLOCK_REALTIME, CALLER) / SECOND);
    if (at)
        *at = result;
    return result;
}

EXPORTED int timespec_get(struct timespec *at, int base)
{
    struct fiber *self CONTROLLED = enter();
    int result = REAL_PLAIN(timespec_get)(at, base);
    if (!self || result == 0)
        return result;
    uint64_t ns = look(self, CLOCK_REALTIME, CALLER);
    at->tv_sec = (time_t)(ns / SECOND);
    at->tv_nsec = (long)(ns % SECOND);
    return result;
}

EXPORTED clock_t clock(void)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return REAL_PLAIN(clock)();
    return (clock_t)(look(self, CLOCK_PROCESS_CPUTIME_ID, CALLER) / (SECOND / CLOCKS_PER_SEC));
}

EXPORTED clock_t times(struct tms *at)
{
    struct fiber *self CONTROLLED = enter();
    clock_t result = SEEN_AT(CALLER, REAL(times)(at));
    if (!self || result == (clock_t)-1)
        return result;
    const uint64_t tick = SECOND / 100; /* USER_HZ */
    uint64_t ns = look(self, CLOCK_MONOTONIC, CALLER);
    if (at)
        *at = (struct tms){.tms_utime =
                               (clock_t)(processor_ns(self, CLOCK_PROCESS_CPUTIME_ID) / tick),
                           .tms_cutime = at->tms_cutime,
                           .tms_cstime = at->tms_cstime};
    return (clock_t)(ns / tick);
}
