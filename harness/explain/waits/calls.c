#include "explain/waits/calls.h"

#include <string.h>
#include <sys/syscall.h>

/* Functions that wait by a futex. */
static const struct {
    const char *name;
    enum wait_for what;
    const char *called; /* what a program calls, where that is not `name` */
} waits[] = {
    {"pthread_mutex_lock", FOR_MUTEX, NULL},
    {"pthread_mutex_timedlock", FOR_MUTEX, NULL},
    {"pthread_mutex_clocklock", FOR_MUTEX, NULL},
    {"pthread_mutex_cond_lock", FOR_MUTEX, "pthread_cond_wait"},
    {"mtx_lock", FOR_MUTEX, NULL},
    {"mtx_timedlock", FOR_MUTEX, NULL},
    {"pthread_cond_wait", FOR_CONDITION, NULL},
    {"pthread_cond_timedwait", FOR_CONDITION, NULL},
    {"pthread_cond_clockwait", FOR_CONDITION, NULL},
    {"pthread_cond_destroy", FOR_CONDITION, NULL},
    {"pthread_cond_signal", FOR_CONDITION, NULL},
    {"pthread_cond_broadcast", FOR_CONDITION, NULL},
    {"cnd_wait", FOR_CONDITION, NULL},
    {"cnd_timedwait", FOR_CONDITION, NULL},
    {"pthread_rwlock_rdlock", FOR_READ_LOCK, NULL},
    {"pthread_rwlock_timedrdlock", FOR_READ_LOCK, NULL},
    {"pthread_rwlock_clockrdlock", FOR_READ_LOCK, NULL},
    {"pthread_rwlock_wrlock", FOR_WRITE_LOCK, NULL},
    {"pthread_rwlock_timedwrlock", FOR_WRITE_LOCK, NULL},
    {"pthread_rwlock_clockwrlock", FOR_WRITE_LOCK, NULL},
    {"sem_wait", FOR_SEMAPHORE, NULL},
    {"sem_timedwait", FOR_SEMAPHORE, NULL},
    {"sem_clockwait", FOR_SEMAPHORE, NULL},
    {"pthread_barrier_wait", FOR_BARRIER, NULL},
    {"pthread_barrier_destroy", FOR_BARRIER, NULL},
    {"pthread_join", FOR_JOIN, NULL},
    {"pthread_timedjoin_np", FOR_JOIN, NULL},
    {"pthread_clockjoin_np", FOR_JOIN, NULL},
    {"pthread_clockjoin_ex", FOR_JOIN, "pthread_join"},
    {"pthread_timedjoin_ex", FOR_JOIN, "pthread_join"},
    {"thrd_join", FOR_JOIN, NULL},
    {"pthread_once", FOR_ONCE, NULL},
    {"call_once", FOR_ONCE, NULL},
};

/* clang-format off */
#define SAME(name) {#name, SYS_##name}
/* clang-format on */

/* System calls that sleep; then the functions by which programs make them. The first name of a call
 * is its own. */
static const struct {
    const char *name;
    long call;
} calls[] = {
    SAME(futex),
    SAME(read),
    SAME(readv),
    SAME(write),
    SAME(writev),
    SAME(recvfrom),
    SAME(recvmsg),
    SAME(recvmmsg),
    SAME(sendto),
    SAME(sendmsg),
    SAME(sendmmsg),
    SAME(accept),
    SAME(accept4),
    SAME(connect),
    SAME(ppoll),
    {"pselect", SYS_pselect6},
    SAME(epoll_pwait),
    SAME(wait4),
    SAME(waitid),
    SAME(nanosleep),
    SAME(clock_nanosleep),
    SAME(restart_syscall),
    {"sigsuspend", SYS_rt_sigsuspend},
    {"sigtimedwait", SYS_rt_sigtimedwait},
    SAME(openat),
    SAME(flock),
    SAME(fcntl),
    SAME(mq_timedreceive),
    SAME(mq_timedsend),
    SAME(msgrcv),
    SAME(msgsnd),
    SAME(semop),
    SAME(semtimedop),
    SAME(clone),
    SAME(fsync),
    SAME(exit_group),
#ifdef SYS_poll
    SAME(poll),
    SAME(select),
    SAME(epoll_wait),
    SAME(pause),
    SAME(open),
    SAME(vfork),
    {"fopen", SYS_open},
#endif
#ifdef SYS_epoll_pwait2
    SAME(epoll_pwait2),
#endif
#ifdef SYS_futex_waitv
    SAME(futex_waitv),
#endif
#ifdef SYS_futex_wait
    SAME(futex_wait),
#endif
#ifdef SYS_clone3
    SAME(clone3),
#endif
#ifdef SYS_io_uring_enter
    SAME(io_uring_enter),
#endif
    {"eventfd_read", SYS_read},
    {"eventfd_write", SYS_write},
    {"recv", SYS_recvfrom},
    {"send", SYS_sendto},
    {"poll", SYS_ppoll},
    {"select", SYS_pselect6},
    {"epoll_wait", SYS_epoll_pwait},
    {"wait3", SYS_wait4},
    {"waitpid", SYS_wait4},
    {"wait", SYS_wait4},
    {"nanosleep", SYS_clock_nanosleep},
    {"usleep", SYS_clock_nanosleep},
    {"sleep", SYS_clock_nanosleep},
    {"thrd_sleep", SYS_clock_nanosleep},
    {"usleep", SYS_nanosleep},
    {"sleep", SYS_nanosleep},
    {"sigwaitinfo", SYS_rt_sigtimedwait},
    {"sigwait", SYS_rt_sigtimedwait},
    {"pause", SYS_rt_sigsuspend},
    {"open", SYS_openat},
    {"fopen", SYS_openat},
    {"lockf", SYS_fcntl},
    {"mq_receive", SYS_mq_timedreceive},
    {"mq_send", SYS_mq_timedsend},
    {"semop", SYS_semtimedop},
};

enum { CALL_COUNT = sizeof calls / sizeof *calls, WAIT_COUNT = sizeof waits / sizeof *waits };

const char *call_system_name(long call)
{
    for (size_t i = 0; i < CALL_COUNT; i++)
        if (calls[i].call == call)
            return calls[i].name;
    return NULL;
}

/* Passes over what stands before the name proper: "__GI___libc_read", "__interceptor_read",
 * "__new_sem_wait". */
static const char *bare(const char *name)
{
    static const char *const prefixes[] = {"_", "GI_", "libc_", "interceptor_", "new_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes;) {
        size_t length = strlen(prefixes[i]);
        if (strncmp(name, prefixes[i], length) == 0 && name[length] != '\0') {
            name += length;
            i = 0;
        } else {
            i++;
        }
    }
    return name;
}

/* Whether the rest of a symbol after the function's name leaves it the same function. */
static bool is_suffix(const char *rest)
{
    static const char *const suffixes[] = {"",           "64",    "_full",   "_full64",
                                           "_common",    "_slow", "_slow64", "_fast",
                                           "_intercept", "_WRK",  "_2_0",    "_common64"};
    size_t length = strcspn(rest, "@.");
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (strlen(suffixes[i]) == length && strncmp(rest, suffixes[i], length) == 0)
            return true;
    return false;
}

static bool is_function(const char *symbol, const char *name)
{
    size_t length = strlen(name);
    return symbol && strncmp(bare(symbol), name, length) == 0 && is_suffix(bare(symbol) + length);
}

static size_t find_wait(const char *symbol)
{
    for (size_t i = 0; symbol && i < WAIT_COUNT; i++)
        if (is_function(symbol, waits[i].name))
            return i;
    return NO_INDEX;
}

static const char *function_of(long call, const char *symbol)
{
    for (size_t i = 0; symbol && i < CALL_COUNT; i++)
        if (calls[i].call == call && is_function(symbol, calls[i].name))
            return calls[i].name;
    return NULL;
}

/* A function that waits in another way: what calls it is not where the thread waits. */
static bool waits_otherwise(const char *symbol)
{
    for (size_t i = 0; symbol && i < CALL_COUNT; i++)
        if (calls[i].call != SYS_futex && is_function(symbol, calls[i].name))
            return true;
    return false;
}

struct call_found call_in_frames(const struct place *frames, size_t count)
{
    struct call_found found = {.what = FOR_UNKNOWN};
    for (size_t i = 0; i < count && i < CALL_FRAMES; i++) {
        size_t at = find_wait(frames[i].function);
        if (found.what == FOR_UNKNOWN && waits_otherwise(frames[i].function))
            break;
        if (found.what == FOR_UNKNOWN && at == NO_INDEX)
            continue;
        if (found.what == FOR_UNKNOWN) {
            found.what = waits[at].what;
            found.relocks = strcmp(waits[at].name, "pthread_mutex_cond_lock") == 0;
        } else if (at == NO_INDEX || (waits[at].what != found.what &&
                                      !(found.relocks && waits[at].what == FOR_CONDITION))) {
            break;
        }
        found.name = waits[at].called ? waits[at].called : waits[at].name;
    }
    return found;
}

bool call_is_raw(const struct place *frames, size_t count)
{
    return call_in_stack(frames, count < 3 ? count : 3, "syscall");
}

size_t call_count_once(const struct place *frames, size_t count)
{
    size_t calls_seen = 0;
    bool inside = false;
    for (size_t i = 0; i < count; i++) {
        size_t at = find_wait(frames[i].function);
        bool once = at != NO_INDEX && waits[at].what == FOR_ONCE;
        /* One call may stand in several frames that follow each other. */
        calls_seen += once && !inside;
        inside = once;
    }
    return calls_seen;
}

bool call_in_stack(const struct place *frames, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (is_function(frames[i].function, name))
            return true;
    return false;
}

const char *call_name(long call, const struct place *frames, size_t count)
{
    const char *name = NULL;
    for (size_t i = 0; i < count && i < CALL_FRAMES; i++) {
        const char *outer = function_of(call, frames[i].function);
        if (!outer && name)
            break;
        if (outer)
            name = outer;
    }
    return name ? name : call_system_name(call);
}
