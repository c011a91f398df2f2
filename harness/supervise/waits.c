#include "supervise/waits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

enum { MOST_POLLED = 1024, BACKGROUND_NS = 100000000 };

#define SIGNAL_BIT(number) (UINT64_C(1) << ((number)-1))

static const uint64_t shadow_kb = UINT64_C(1) << 26;

bool wait_has_shadow(const struct proc_thread *thread)
{
    return thread->memory_kb >= shadow_kb;
}

bool wait_is_tsan_background(const struct proc_thread *thread, const struct wait_world *world)
{
    struct timespec request;
    /* All but the synchronous signals, and those the C library keeps to itself. */
    const uint64_t asynchronous = SIGNAL_BIT(SIGHUP) | SIGNAL_BIT(SIGINT) | SIGNAL_BIT(SIGQUIT) |
                                  SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGUSR2) | SIGNAL_BIT(SIGALRM) |
                                  SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGCHLD) | ~UINT64_C(0) << 34;
    return thread->state == 'S' && thread->call == SYS_nanosleep && thread->args[0] != 0 &&
           thread->args[0] == thread->args[1] && (thread->blocked & asynchronous) == asynchronous &&
           wait_has_shadow(thread) &&
           world->read(world->context, thread->args[0], &request, sizeof request) &&
           request.tv_sec == 0 && request.tv_nsec == BACKGROUND_NS;
}

static bool futex_endless(const uint64_t *args)
{
    switch ((int)args[1] & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAIT_REQUEUE_PI:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
        return args[3] == 0;
    default:
        return false;
    }
}

static bool poll_endless(const struct wait_world *world, uint64_t address, uint64_t count)
{
    if (count > MOST_POLLED)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        struct pollfd polled;
        if (!world->read(world->context, address + i * sizeof polled, &polled, sizeof polled))
            return false;
        if (polled.fd >= 0 && !world->fd_inside(world->context, polled.fd))
            return false;
    }
    return true;
}

static bool select_endless(const struct wait_world *world, const uint64_t *args)
{
    enum { WORD = sizeof(unsigned long), BITS = WORD * 8 };
    uint64_t count = args[0];
    if (count > MOST_POLLED)
        return false;
    for (int set = 1; set <= 3; set++) {
        unsigned long words[MOST_POLLED / BITS] = {0};
        size_t used = (count + BITS - 1) / BITS;
        if (args[set] == 0 || used == 0)
            continue;
        if (!world->read(world->context, args[set], words, used * WORD))
            return false;
        for (uint64_t fd = 0; fd < count; fd++)
            if ((words[fd / BITS] >> (fd % BITS) & 1) && !world->fd_inside(world->context, (int)fd))
                return false;
    }
    return true;
}

static bool sigwait_endless(const struct wait_world *world, const uint64_t *args)
{
    uint64_t set;
    return args[2] == 0 && world->alone && world->read(world->context, args[0], &set, sizeof set) &&
           !(set & SIGNAL_BIT(SIGALRM));
}

static bool fcntl_endless(const struct wait_world *world, const uint64_t *args)
{
    int command = (int)args[1];
    return (command == F_SETLKW || command == F_OFD_SETLKW) &&
           world->lock_inside(world->context, (int)args[0]);
}

/* Waits that name what they wait for by a descriptor, each with its ways to set a time limit. Whom
 * connect() waits for cannot be told: its socket has no peer yet. */
static bool descriptor_endless(const struct proc_thread *thread, const struct wait_world *world)
{
    const uint64_t *args = thread->args;
    int fd = (int)args[0];
    switch (thread->call) {
    case SYS_recvmmsg:
    case SYS_mq_timedsend:
    case SYS_mq_timedreceive:
        return args[4] == 0 && world->fd_inside(world->context, fd);
    case SYS_read:
    case SYS_readv:
    case SYS_write:
    case SYS_writev:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg:
    case SYS_accept:
    case SYS_accept4:
        return world->fd_inside(world->context, fd);
#ifdef SYS_poll
    case SYS_poll:
        return (int)args[2] < 0 && poll_endless(world, args[0], args[1]);
#endif
    case SYS_ppoll:
        return args[2] == 0 && poll_endless(world, args[0], args[1]);
#ifdef SYS_select
    case SYS_select:
#endif
    case SYS_pselect6:
        return args[4] == 0 && select_endless(world, args);
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait:
        return (int)args[3] < 0 && world->epoll_inside(world->context, fd);
#ifdef SYS_epoll_pwait2
    case SYS_epoll_pwait2:
        return args[3] == 0 && world->epoll_inside(world->context, fd);
#endif
#ifdef SYS_open
    case SYS_open:
        return world->fifo_at(world->context, AT_FDCWD, args[0]);
#endif
    case SYS_openat:
        return world->fifo_at(world->context, fd, args[1]);
    case SYS_flock:
        return world->lock_inside(world->context, fd);
    case SYS_fcntl:
        return fcntl_endless(world, args);
    default:
        return false;
    }
}

static bool call_endless(const struct proc_thread *thread, const struct wait_world *world)
{
    const uint64_t *args = thread->args;
    switch (thread->call) {
    case SYS_futex:
        return futex_endless(args) &&
               (args[1] & FUTEX_PRIVATE_FLAG || world->futex_inside(world->context, args[0]));
#ifdef SYS_futex_waitv
    case SYS_futex_waitv:
        return args[3] == 0 && world->alone;
#endif
#ifdef SYS_futex_wait
    case SYS_futex_wait:
        return args[4] == 0 && world->alone;
#endif
    case SYS_wait4:
        return !(args[2] & WNOHANG);
    case SYS_waitid:
        return !(args[3] & WNOHANG);
#ifdef SYS_pause
    case SYS_pause:
#endif
    case SYS_rt_sigsuspend:
        return world->alone;
    case SYS_msgrcv:
    case SYS_msgsnd:
        return world->ipc_inside(world->context, true, (int)args[0]);
    case SYS_semop:
        return world->ipc_inside(world->context, false, (int)args[0]);
    case SYS_rt_sigtimedwait:
        return sigwait_endless(world, args);
    case SYS_semtimedop:
        return args[3] == 0 && world->ipc_inside(world->context, false, (int)args[0]);
    default:
        return descriptor_endless(thread, world);
    }
}

enum wait_kind wait_classify(const struct proc_thread *thread, const struct wait_world *world)
{
    if (thread->state != 'S')
        return WAIT_MAY_END;
    if (thread->call_error)
        return WAIT_HIDDEN;
    if (thread->call < 0)
        return WAIT_MAY_END;
    /* A stack below 4 GiB means a 32-bit program: its call numbers are of another table. */
    if (sizeof(void *) == 8 && thread->stack <= UINT32_MAX)
        return WAIT_MAY_END;
    return call_endless(thread, world) ? WAIT_ENDLESS : WAIT_MAY_END;
}
