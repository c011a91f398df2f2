/*
 * Timers run by real time, which no schedule decides: what they do is not the same in every run.
 */
#include "explore/runtime/calls.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

REAL_PLAIN_FUNCTION(alarm)
REAL_PLAIN_FUNCTION(ualarm)
REAL_FUNCTION(setitimer)
REAL_PLAIN_FUNCTION(timer_settime)
REAL_FUNCTION(timerfd_settime)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_PLAIN_RESOLVE(alarm)
    REAL_PLAIN_RESOLVE(ualarm)
    REAL_RESOLVE(setitimer)
    REAL_PLAIN_RESOLVE(timer_settime)
    REAL_RESOLVE(timerfd_settime)
    resolved = true;
}

static void note(bool set, uint64_t pc)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    struct fiber *self = set ? runtime_enter() : NULL;
    if (!self)
        return;
    runtime_lost(WIRE_LOST_SIGNAL, pc);
    runtime_leave(self);
}

static bool is_set(const struct timespec *time)
{
    return time->tv_sec != 0 || time->tv_nsec != 0;
}

EXPORTED unsigned alarm(unsigned seconds)
{
    note(seconds != 0, CALLER);
    return REAL_PLAIN(alarm)(seconds);
}

EXPORTED useconds_t ualarm(useconds_t first, useconds_t interval)
{
    note(first != 0, CALLER);
    return REAL_PLAIN(ualarm)(first, interval);
}

EXPORTED int setitimer(__itimer_which_t which, const struct itimerval *restrict new,
                       struct itimerval *restrict old)
{
    bool set = new && (new->it_value.tv_sec != 0 || new->it_value.tv_usec != 0);
    note(set, CALLER);
    return SEEN_AT(CALLER, REAL(setitimer)(which, new, old));
}

EXPORTED int timer_settime(timer_t timer, int flags, const struct itimerspec *restrict new,
                           struct itimerspec *restrict old)
{
    note(new &&is_set(&new->it_value), CALLER);
    return REAL_PLAIN(timer_settime)(timer, flags, new, old);
}

EXPORTED int timerfd_settime(int fd, int flags, const struct itimerspec *new,
                             struct itimerspec *old)
{
    note(new &&is_set(&new->it_value), CALLER);
    return SEEN_AT(CALLER, REAL(timerfd_settime)(fd, flags, new, old));
}
