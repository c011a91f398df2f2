#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "supervise/waits.h"

/* A world in which the even descriptors are the tree's, and addresses are this process's own. */
static bool held_inside;
static bool fifo_there;

static bool even_inside(void *context, int fd)
{
    (void)context;
    return fd % 2 == 0;
}

static bool lock_inside(void *context, int fd)
{
    (void)context;
    (void)fd;
    return held_inside;
}

static bool fifo_at(void *context, int dir, uint64_t path)
{
    (void)context;
    return fifo_there && dir == AT_FDCWD && path == 0x1234;
}

static bool own_memory(void *context, uint64_t address, void *buffer, size_t length)
{
    (void)context;
    if (address < 4096)
        return false;
    memcpy(buffer, (const void *)(uintptr_t)address, length);
    return true;
}

/* The even ones are. */
static bool ipc_inside(void *context, bool messages, int id)
{
    (void)context;
    (void)messages;
    return id % 2 == 0;
}

/* All but one address are the tree's alone. */
static bool not_shared(void *context, uint64_t address)
{
    (void)context;
    return address != 0x1001;
}

static const struct wait_world world = {.fd_inside = even_inside,
                                        .epoll_inside = even_inside,
                                        .lock_inside = lock_inside,
                                        .fifo_at = fifo_at,
                                        .read = own_memory,
                                        .futex_inside = not_shared,
                                        .ipc_inside = ipc_inside,
                                        .alone = true};

static const uint64_t stack = UINT64_C(0x7ffc00000000);

static void expect(enum wait_kind kind, long call, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                   uint64_t e)
{
    const struct proc_thread thread = {
        .state = 'S', .call = call, .args = {a, b, c, d, e}, .stack = stack};
    if (wait_classify(&thread, &world) != kind)
        fail_msg("call %ld is not %d", call, kind);
}

#define ENDLESS(...)    expect(WAIT_ENDLESS, __VA_ARGS__)
#define MAY_END(...)    expect(WAIT_MAY_END, __VA_ARGS__)
#define ADDRESS(object) ((uint64_t)(uintptr_t)(object))

static void futexes(void **state)
{
    static const int endless[] = {FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI,
                                  FUTEX_LOCK_PI, 13};
    (void)state;
    for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
        int flags = FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME;
        ENDLESS(SYS_futex, 1, (uint64_t)endless[i], 0, 0, 0);
        ENDLESS(SYS_futex, 1, (uint64_t)(endless[i] | flags), 0, 0, 0);
        MAY_END(SYS_futex, 1, (uint64_t)(endless[i] | flags), 0, 0x7000, 0);
    }
    MAY_END(SYS_futex, 1, FUTEX_WAKE, 0, 0, 0);
#ifdef SYS_futex_waitv
    ENDLESS(SYS_futex_waitv, 1, 1, 0, 0, 0);
    MAY_END(SYS_futex_waitv, 1, 1, 0, 0x7000, 0);
#endif
}

static void children(void **state)
{
    (void)state;
    ENDLESS(SYS_wait4, (uint64_t)-1, 0, 0, 0, 0);
    ENDLESS(SYS_wait4, (uint64_t)-1, 0, WUNTRACED, 0, 0);
    MAY_END(SYS_wait4, (uint64_t)-1, 0, WNOHANG, 0, 0);
    ENDLESS(SYS_waitid, P_ALL, 0, 0, WEXITED, 0);
    MAY_END(SYS_waitid, P_ALL, 0, 0, WEXITED | WNOHANG, 0);
}

static void descriptors(void **state)
{
    static const long calls[] = {SYS_read,     SYS_readv,   SYS_write,    SYS_writev,
                                 SYS_recvfrom, SYS_recvmsg, SYS_sendto,   SYS_sendmsg,
                                 SYS_accept,   SYS_accept4, SYS_recvmmsg, SYS_sendmmsg};
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        ENDLESS(calls[i], 4, 0, 0, 0, 0);
        MAY_END(calls[i], 5, 0, 0, 0, 0);
    }
    MAY_END(SYS_recvmmsg, 4, 0, 0, 0, 0x7000);
    MAY_END(SYS_connect, 4, 0, 0, 0, 0);
}

static void polls(void **state)
{
    struct pollfd inside[] = {{.fd = 4}, {.fd = -1}, {.fd = 6}};
    struct pollfd mixed[] = {{.fd = 4}, {.fd = 7}};
    static struct pollfd many[1025];
    (void)state;
    ENDLESS(SYS_ppoll, ADDRESS(inside), 3, 0, 0, 0);
    MAY_END(SYS_ppoll, ADDRESS(inside), 3, 0x7000, 0, 0);
    MAY_END(SYS_ppoll, ADDRESS(mixed), 2, 0, 0, 0);
    ENDLESS(SYS_ppoll, ADDRESS(mixed), 1, 0, 0, 0);
    ENDLESS(SYS_ppoll, 0, 0, 0, 0, 0);
    MAY_END(SYS_ppoll, 8, 1, 0, 0, 0);
    ENDLESS(SYS_ppoll, ADDRESS(many), 1024, 0, 0, 0);
    MAY_END(SYS_ppoll, ADDRESS(many), 1025, 0, 0, 0);
#ifdef SYS_poll
    ENDLESS(SYS_poll, ADDRESS(inside), 3, (uint32_t)-1, 0, 0);
    MAY_END(SYS_poll, ADDRESS(inside), 3, 1000, 0, 0);
    MAY_END(SYS_poll, ADDRESS(inside), 3, 0, 0, 0);
#endif
    ENDLESS(SYS_epoll_pwait, 4, 0, 1, (uint32_t)-1, 0);
    MAY_END(SYS_epoll_pwait, 4, 0, 1, 1000, 0);
    MAY_END(SYS_epoll_pwait, 5, 0, 1, (uint32_t)-1, 0);
}

static void selects(void **state)
{
    fd_set readable;
    fd_set writable;
    (void)state;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(4, &readable);
    FD_SET(70, &writable);
    ENDLESS(SYS_pselect6, 71, ADDRESS(&readable), ADDRESS(&writable), 0, 0);
    MAY_END(SYS_pselect6, 71, ADDRESS(&readable), ADDRESS(&writable), 0, 0x7000);
    FD_SET(65, &writable);
    MAY_END(SYS_pselect6, 71, ADDRESS(&readable), ADDRESS(&writable), 0, 0);
    MAY_END(SYS_pselect6, 71, 0, 0, ADDRESS(&writable), 0);
    ENDLESS(SYS_pselect6, 65, ADDRESS(&readable), ADDRESS(&writable), 0, 0);
    ENDLESS(SYS_pselect6, 0, 0, 0, 0, 0);
    MAY_END(SYS_pselect6, 71, 8, 0, 0, 0);
#ifdef SYS_select
    ENDLESS(SYS_select, 71, ADDRESS(&readable), 0, 0, 0);
#endif
}

static void signals(void **state)
{
    sigset_t set;
    (void)state;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    ENDLESS(SYS_rt_sigtimedwait, ADDRESS(&set), 0, 0, 8, 0);
    MAY_END(SYS_rt_sigtimedwait, ADDRESS(&set), 0, 0x7000, 8, 0);
    MAY_END(SYS_rt_sigtimedwait, 8, 0, 0, 8, 0);
    sigaddset(&set, SIGALRM);
    MAY_END(SYS_rt_sigtimedwait, ADDRESS(&set), 0, 0, 8, 0);
    ENDLESS(SYS_rt_sigsuspend, ADDRESS(&set), 8, 0, 0, 0);
#ifdef SYS_pause
    ENDLESS(SYS_pause, 0, 0, 0, 0, 0);
#endif
}

static void locks_and_files(void **state)
{
    (void)state;
    for (int inside = 0; inside < 2; inside++) {
        enum wait_kind kind = inside ? WAIT_ENDLESS : WAIT_MAY_END;
        held_inside = fifo_there = inside;
        expect(kind, SYS_flock, 3, 0, 0, 0, 0);
        expect(kind, SYS_fcntl, 3, F_SETLKW, 0, 0, 0);
        expect(kind, SYS_fcntl, 3, F_OFD_SETLKW, 0, 0, 0);
        expect(kind, SYS_openat, (uint64_t)AT_FDCWD, 0x1234, 0, 0, 0);
        MAY_END(SYS_fcntl, 3, F_GETFL, 0, 0, 0);
        MAY_END(SYS_openat, (uint64_t)AT_FDCWD, 0x1235, 0, 0, 0);
    }
}

static void queues(void **state)
{
    (void)state;
    ENDLESS(SYS_msgrcv, 2, 0, 0, 0, 0);
    ENDLESS(SYS_msgsnd, 2, 0, 0, 0, 0);
    ENDLESS(SYS_semop, 2, 0, 1, 0, 0);
    ENDLESS(SYS_semtimedop, 2, 0, 1, 0, 0);
    MAY_END(SYS_semtimedop, 2, 0, 1, 0x7000, 0);
    ENDLESS(SYS_mq_timedreceive, 4, 0, 0, 0, 0);
    MAY_END(SYS_mq_timedreceive, 4, 0, 0, 0, 0x7000);
    ENDLESS(SYS_mq_timedsend, 4, 0, 0, 0, 0);
    /* Those that others have, too. */
    MAY_END(SYS_msgrcv, 1, 0, 0, 0, 0);
    MAY_END(SYS_msgsnd, 1, 0, 0, 0, 0);
    MAY_END(SYS_semop, 1, 0, 1, 0, 0);
    MAY_END(SYS_semtimedop, 1, 0, 1, 0, 0);
    MAY_END(SYS_mq_timedreceive, 3, 0, 0, 0, 0);
    MAY_END(SYS_mq_timedsend, 3, 0, 0, 0, 0);
}

static void sleeps(void **state)
{
    (void)state;
    MAY_END(SYS_nanosleep, 0x7000, 0, 0, 0, 0);
    MAY_END(SYS_clock_nanosleep, 0, 0, 0x7000, 0, 0);
    MAY_END(SYS_restart_syscall, 0, 0, 0, 0, 0);
    MAY_END(-1, 0, 0, 0, 0, 0);
}

static void states(void **state)
{
    struct proc_thread thread = {.state = 'S', .call = SYS_rt_sigsuspend, .stack = stack};
    (void)state;
    assert_int_equal(wait_classify(&thread, &world), WAIT_ENDLESS);
    for (const char *other = "RDTtI"; *other; other++) {
        thread.state = *other;
        assert_int_equal(wait_classify(&thread, &world), WAIT_MAY_END);
    }
    thread.state = 'S';
    thread.call_error = 1;
    assert_int_equal(wait_classify(&thread, &world), WAIT_HIDDEN);
    thread.state = 'R';
    assert_int_equal(wait_classify(&thread, &world), WAIT_MAY_END);
    if (sizeof(void *) == 8) {
        /* Of a 32-bit program, whose calls have other numbers. */
        thread = (struct proc_thread){.state = 'S', .call = SYS_rt_sigsuspend, .stack = 0xffffd000};
        assert_int_equal(wait_classify(&thread, &world), WAIT_MAY_END);
    }
}

/* As read from programs of clang 14, 19 and 22 and of gcc 12. */
static void tsan_background(void **state)
{
    static const uint64_t masks[] = {UINT64_C(0xfffffffe3ffbfeff), UINT64_C(0xfffffffe3ffbea07),
                                     UINT64_C(0xfffffffe7ffbfeff)};
    struct timespec request = {0, 100000000};
    (void)state;
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        const struct proc_thread seen = {.state = 'S',
                                         .call = SYS_nanosleep,
                                         .args = {ADDRESS(&request), ADDRESS(&request)},
                                         .stack = stack,
                                         .blocked = masks[i],
                                         .memory_kb = UINT64_C(123480388780)};
        struct proc_thread other = seen;
        assert_true(wait_is_tsan_background(&seen, &world));
        other.state = 'R';
        assert_false(wait_is_tsan_background(&other, &world));
        other = seen;
        other.call = SYS_clock_nanosleep;
        assert_false(wait_is_tsan_background(&other, &world));
        other = seen;
        other.args[1] = 0;
        assert_false(wait_is_tsan_background(&other, &world));
        other = seen;
        other.memory_kb = 8000000;
        assert_false(wait_is_tsan_background(&other, &world));
        other = seen;
        other.blocked &= ~(UINT64_C(1) << (SIGTERM - 1));
        assert_false(wait_is_tsan_background(&other, &world));
        /* A program's own thread asks for another time. */
        request.tv_sec = 1;
        assert_false(wait_is_tsan_background(&seen, &world));
        request.tv_sec = 0;
    }
}

/* A process that others know, too. */
static void strangers(void **state)
{
    const long calls[] = {SYS_pause, SYS_rt_sigsuspend};
    struct wait_world open = world;
    struct proc_thread thread = {.state = 'S', .call = SYS_futex, .args = {0x1000}, .stack = stack};
    (void)state;
    open.alone = false;
    assert_int_equal(wait_classify(&thread, &open), WAIT_ENDLESS);
    thread.args[0] = 0x1001; /* in memory that another process has */
    assert_int_equal(wait_classify(&thread, &open), WAIT_MAY_END);
    thread.args[1] = FUTEX_PRIVATE_FLAG; /* but only this process wakes it there */
    assert_int_equal(wait_classify(&thread, &open), WAIT_ENDLESS);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        thread.call = calls[i];
        assert_int_equal(wait_classify(&thread, &open), WAIT_MAY_END);
        assert_int_equal(wait_classify(&thread, &world), WAIT_ENDLESS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(futexes),         cmocka_unit_test(children),
        cmocka_unit_test(descriptors),     cmocka_unit_test(polls),
        cmocka_unit_test(selects),         cmocka_unit_test(signals),
        cmocka_unit_test(locks_and_files), cmocka_unit_test(queues),
        cmocka_unit_test(sleeps),          cmocka_unit_test(states),
        cmocka_unit_test(tsan_background), cmocka_unit_test(strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
