/*
 * Sleeping and yielding. A sleep is no wait for anything: a thread that sleeps can go on at any time, and the clock then
 * stands where the sleep ends. So a sleep that stands in for an order keeps none.
 */
#include "explore/runtime/calls.h"
#include "explore/runtime/clocks.h"

#include <sched.h>
#include <threads.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

REAL_FUNCTION(nanosleep)
REAL_FUNCTION(usleep)
REAL_FUNCTION(sleep)
REAL_PLAIN_FUNCTION(clock_nanosleep)
REAL_PLAIN_FUNCTION(sched_yield)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(nanosleep)
    REAL_RESOLVE(usleep)
    REAL_RESOLVE(sleep)
    REAL_PLAIN_RESOLVE(clock_nanosleep)
    REAL_PLAIN_RESOLVE(sched_yield)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

/* The first time at a place it is left to the strategy; a thread that comes back to it waits for another. */
static bool sleep_until(struct fiber *self, uint64_t deadline, uint64_t pc)
{
    struct request request = call_request(WIRE_SLEEP, 0, pc);
    request.cancellable = true;
    call_repeats(self, pc, 1);
    if (call_point(self, &request) == GRANT_REAL)
        return false;
    runtime_clock_to(deadline);
    return true;
}

static bool is_valid(const struct timespec *time)
{
    return time && time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < (long)SECOND;
}

static bool sleep_for(struct fiber *self, const struct timespec *time, uint64_t pc)
{
    return is_valid(time) &&
           sleep_until(self, call_deadline_in((uint64_t)time->tv_sec, (uint64_t)time->tv_nsec), pc);
}

EXPORTED int nanosleep(const struct timespec *time, struct timespec *left)
{
    struct fiber *self CONTROLLED = enter();
    if (self && sleep_for(self, time, CALLER))
        return 0;
    return SEEN_AT(CALLER, REAL(nanosleep)(time, left));
}

EXPORTED int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                             struct timespec *left)
{
    struct fiber *self CONTROLLED = enter();
    struct timespec now;
    /* Whether there is such a clock; a thread's own processor time is none to sleep by. */
    if (!self || clock == CLOCK_THREAD_CPUTIME_ID || clock_getres(clock, &now) != 0)
        return REAL_PLAIN(clock_nanosleep)(clock, flags, time, left);
    if (!(flags & TIMER_ABSTIME) && sleep_for(self, time, CALLER))
        return 0;
    if ((flags & TIMER_ABSTIME) && is_valid(time) &&
        sleep_until(self, clock_deadline(clock, time), CALLER))
        return 0;
    return REAL_PLAIN(clock_nanosleep)(clock, flags, time, left);
}

EXPORTED int usleep(useconds_t microseconds)
{
    struct fiber *self CONTROLLED = enter();
    if (self && sleep_until(self, call_deadline_in(0, UINT64_C(1000) * microseconds), CALLER))
        return 0;
    return SEEN_AT(CALLER, REAL(usleep)(microseconds));
}

EXPORTED unsigned sleep(unsigned seconds)
{
    struct fiber *self CONTROLLED = enter();
    if (self && sleep_until(self, call_deadline_in(seconds, 0), CALLER))
        return 0;
    return SEEN_AT(CALLER, REAL(sleep)(seconds));
}

/* glibc calls its own clock_nanosleep() here, not by a name that can be interposed. */
EXPORTED int thrd_sleep(const struct timespec *time, struct timespec *left)
{
    struct fiber *self CONTROLLED = enter();
    if (self && sleep_for(self, time, CALLER))
        return 0;
    int result = REAL_PLAIN(clock_nanosleep)(CLOCK_REALTIME, 0, time, left);
    return result == 0 ? 0 : result == EINTR ? -1 : -2;
}

static int yield(uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (!self)
        return REAL_PLAIN(sched_yield)();
    runtime_set_back(self);
    runtime_pass(self, WIRE_YIELD, 0, 0, pc);
    return 0;
}

/* <pthread.h> makes pthread_yield() this, too. */
EXPORTED int sched_yield(void)
{
    return yield(CALLER);
}

EXPORTED void thrd_yield(void)
{
    yield(CALLER);
}
