/*
 * Futexes that the program uses by syscall() itself: its own locks, and the waiting of C++'s atomics. Waiting is
 * kept here, no thread waits in the kernel. A call of any other number is passed on as it is.
 */
#include "explore/runtime/calls.h"

#include "explore/runtime/clocks.h"
#include "explore/runtime/sys.h"

#include <linux/futex.h>
#include <stdarg.h>
#include <unistd.h>

REAL_PLAIN_FUNCTION(syscall)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_PLAIN_RESOLVE(syscall)
    resolved = true;
}

/* A thread that waits; on its own stack. The order of the list is that of arrival, in which the kernel wakes. */
struct waiter {
    uint64_t word;
    uint32_t bits;
    bool woken;
    struct waiter *next;
};
static struct waiter *waiters;

static bool ready(const struct fiber *who, const struct request *request)
{
    const struct waiter *waiter = request->data;
    (void)who;
    return waiter->woken;
}

static void append(struct waiter *waiter)
{
    struct waiter **end = &waiters;
    while (*end)
        end = &(*end)->next;
    *end = waiter;
}

static void drop(struct waiter *waiter)
{
    struct waiter **at = &waiters;
    while (*at && *at != waiter)
        at = &(*at)->next;
    if (*at)
        *at = waiter->next;
}

static void drop_own(struct waiter **waiter)
{
    drop(*waiter);
}

struct futex {
    long word, operation, value, time, second, third;
};

static uint64_t deadline_of(const struct futex *futex, int command)
{
    const struct timespec *time = (const struct timespec *)futex->time;
    if (!time)
        return NO_DEADLINE;
    if (command == FUTEX_WAIT)
        return call_deadline_in((uint64_t)time->tv_sec, (uint64_t)time->tv_nsec);
    return clock_deadline(
        futex->operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, time);
}

/* What the kernel refuses it is to refuse itself. */
static bool can_wait(const struct futex *futex, int command)
{
    const struct timespec *time = (const struct timespec *)futex->time;
    return futex->word != 0 && futex->word % 4 == 0 &&
           (command == FUTEX_WAIT || (uint32_t)futex->third != 0) &&
           (!time || (time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < 1000000000));
}

static long real(const struct futex *futex)
{
    return REAL_PLAIN(syscall)(SYS_futex, futex->word, futex->operation, futex->value, futex->time,
                               futex->second, futex->third);
}

static long failed(struct fiber *self, int error)
{
    runtime_mark(self, WIRE_FAILED);
    errno = error;
    return -1;
}

/* Two points: where it looks at the word and begins to wait, at once; and where it goes on. In between
 * a wake-up is for this thread; before it, it is lost on it. */
static long wait(struct fiber *self, const struct futex *futex, int command, uint64_t pc)
{
    struct request request = call_request(WIRE_FUTEX_WAIT, (uint64_t)futex->word, pc);
    request.size = sizeof(uint32_t);
    request.deadline_ns = deadline_of(futex, command);
    if (runtime_point(self, &request) == GRANT_REAL)
        return real(futex);
    if (*(volatile uint32_t *)futex->word != (uint32_t)futex->value) {
        call_repeats(self, pc, 1);
        return failed(self, EAGAIN);
    }
    struct waiter waiter = {.word = (uint64_t)futex->word,
                            .bits = command == FUTEX_WAIT ? FUTEX_BITSET_MATCH_ANY
                                                          : (uint32_t)futex->third};
    struct waiter *own __attribute__((cleanup(drop_own))) = &waiter;
    append(own);
    request.ready = ready;
    request.data = own;
    switch (runtime_point(self, &request)) {
    case GRANT_LATE:
        return failed(self, ETIMEDOUT);
    case GRANT_REAL:
        return real(futex);
    default:
        return 0;
    }
}

static long wake(uint64_t word, uint32_t bits, long most)
{
    long woken = 0;
    for (struct waiter *waiter = waiters; waiter && woken < most; waiter = waiter->next)
        if (waiter->word == word && !waiter->woken && (waiter->bits & bits)) {
            waiter->woken = true;
            woken++;
        }
    return woken;
}

/* Threads that are not under control may wait in the kernel. */
static long wake_in_order(struct fiber *self, const struct futex *futex, uint32_t bits, uint64_t pc)
{
    struct futex rest = *futex;
    runtime_pass(self, WIRE_FUTEX_WAKE, (uint64_t)futex->word, sizeof(uint32_t), pc);
    long most = (int)futex->value > 0 ? (int)futex->value : 1;
    long woken = wake((uint64_t)futex->word, bits, most);
    if (woken == most)
        return woken;
    rest.value = most - woken;
    long more = real(&rest);
    return more > 0 ? woken + more : woken > 0 ? woken : more;
}

/* Threads that are to be moved to another word are woken: users of futexes look at the word again. */
static long move(struct fiber *self, const struct futex *futex, uint64_t pc)
{
    runtime_pass(self, WIRE_FUTEX_WAKE, (uint64_t)futex->word, sizeof(uint32_t), pc);
    long result = real(futex);
    if (result < 0)
        return result;
    result += wake((uint64_t)futex->word, FUTEX_BITSET_MATCH_ANY, INT32_MAX);
    if ((futex->operation & FUTEX_CMD_MASK) == FUTEX_WAKE_OP)
        result += wake((uint64_t)futex->second, FUTEX_BITSET_MATCH_ANY, INT32_MAX);
    return result;
}

static long in_order(struct fiber *self, const struct futex *futex, uint64_t pc)
{
    int command = (int)(futex->operation & FUTEX_CMD_MASK);
    switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        return can_wait(futex, command) ? wait(self, futex, command, pc) : real(futex);
    case FUTEX_WAKE:
        return wake_in_order(self, futex, FUTEX_BITSET_MATCH_ANY, pc);
    case FUTEX_WAKE_BITSET:
        return wake_in_order(self, futex, (uint32_t)futex->third, pc);
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_WAKE_OP:
        return move(self, futex, pc);
    default:
        break;
    }
    runtime_outside_begin(self, WIRE_LOST_BLOCKED, pc);
    long result = real(futex);
    int saved = errno;
    runtime_outside_end(self);
    errno = saved;
    return result;
}

EXPORTED long syscall(long number, ...)
{
    va_list list;
    long a[6];
    va_start(list, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(list, long);
    va_end(list);
    if (__builtin_expect(!resolved, 0))
        resolve();
    struct fiber *self CONTROLLED = number == SYS_futex ? runtime_enter() : NULL;
    if (!self)
        return REAL_PLAIN(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    const struct futex futex = {a[0], a[1], a[2], a[3], a[4], a[5]};
    return in_order(self, &futex, CALLER);
}
