/* Waits for processes that come to their end late. */
#include "looks.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RELAY_US = 100 };

static int ends[2];

static void child_sleeps(void)
{
    reap_child(start_child(rest));
}

static void child_computes(void)
{
    reap_child(start_child(compute));
}

static void child_awaited(void)
{
    siginfo_t info;
    pid_t child = start_child(rest);
    MUST(waitid(P_PID, (id_t)child, &info, WEXITED) == 0 && info.si_status == 0);
}

/* The parent of a child by vfork() stands still until that child has ended. */
static void child_by_vfork(void)
{
    int status;
    /* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork): its effect is the subject */
    pid_t child = vfork();
    if (child == 0) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Vfork): touches nothing of the parent's */
        syscall(SYS_nanosleep, &while_, NULL);
        _exit(0);
    }
    MUST(waitpid(child, &status, 0) == child && status == 0);
}

static void become_sleep(void)
{
    execlp("sleep", "sleep", "0.5", NULL);
    _exit(1);
}

static void child_executes(void)
{
    reap_child(start_child(become_sleep));
}

static void lead_session(void)
{
    MUST(setsid() >= 0);
    compute();
}

static void child_in_session(void)
{
    reap_child(start_child(lead_session));
}

#ifdef SYS_pidfd_open
static void child_polled(void)
{
    pid_t child = start_child(rest);
    struct pollfd polled = {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};
    MUST(polled.fd >= 0 && poll(&polled, 1, -1) == 1);
    reap_child(child);
}
#endif

static void compute_and_tell(void)
{
    compute();
    MUST(write(ends[1], "x", 1) == 1);
}

static void leave_orphan(void)
{
    (void)start_child(compute_and_tell);
}

/* What computes is no descendant any more by the chain of parents. */
static void orphan_tells(void)
{
    char byte;
    MUST(pipe(ends) == 0);
    reap_child(start_child(leave_orphan));
    MUST(read(ends[0], &byte, 1) == 1);
}

/* The program adopts the orphan itself, and waits for it. */
static void orphan_adopted(void)
{
    int status;
    MUST(pipe(ends) == 0);
    MUST(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    reap_child(start_child(leave_orphan));
    MUST(wait(&status) > 0 && status == 0);
}

/* Each process lives for a moment, and hands on to the next before it ends. */
static void relay(void)
{
    const struct timespec until = deadline(CLOCK_MONOTONIC);
    while (!is_past(&until)) {
        usleep(RELAY_US);
        pid_t next = fork();
        MUST(next >= 0);
        if (next > 0)
            _exit(0);
    }
    MUST(write(ends[1], "x", 1) == 1);
}

static void relaying(void)
{
    char byte;
    MUST(pipe(ends) == 0);
    reap_child(start_child(relay));
    MUST(read(ends[0], &byte, 1) == 1);
}

const struct look looks_processes[] = {
    {"child", child_sleeps},     {"child_computes", child_computes},
    {"waitid", child_awaited},   {"vfork", child_by_vfork},
    {"exec", child_executes},    {"session", child_in_session},
#ifdef SYS_pidfd_open
    {"pidfd", child_polled},
#endif
    {"orphan", orphan_tells},    {"orphan_adopted", orphan_adopted},
    {"process_relay", relaying}, {0},
};
