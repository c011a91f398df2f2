/*
 * racelab-keeper [--pass] REPORT_DIR|- LD_PRELOAD|- PROGRAM [ARGUMENT...]
 *
 * Stands between the supervisor and one program: starts it, waits for its end or for the
 * supervisor's, and ends the whole process tree. See keeper_link.h for what it is told and tells.
 * One thread, and no allocation between fork() and exec().
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "model/memory.h"
#include "supervise/clear.h"
#include "supervise/keeper_link.h"
#include "supervise/proc.h"
#include "supervise/reports.h"

enum { STOP_PASSES = 20, CLEAR_SECONDS = 20, USAGE = 2 };

static const int end_signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};

struct keeper {
    pid_t self;
    pid_t program; /* 0 once reaped */
    pid_t parent;  /* the supervisor */
    int signals;   /* signalfd */
    int report_dir;
    const char *report_path;
    bool passes; /* see KEEPER_PASSED */
    sigset_t watched;
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static void tell(enum keeper_word word, int value, unsigned left_behind, uint64_t when_ns)
{
    struct keeper_record record = {
        .word = word, .value = value, .left_behind = left_behind, .when_ns = when_ns};
    /* A supervisor that is gone, or does not listen, changes nothing of what is to be done. */
    (void)send(KEEPER_LINK, &record, sizeof record, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static unsigned count_living(void)
{
    struct proc_table table;
    unsigned living = 0;
    if (proc_table_read(&table) < 0)
        return 0;
    bool *member = xcalloc(table.count, sizeof *member);
    proc_table_descendants(&table, getpid(), member);
    for (size_t i = 0; i < table.count; i++)
        /* A symbolizer ends when it notices that its program has. */
        living += member[i] && proc_process_alive(&table.processes[i]) &&
                  !proc_process_symbolizes(&table.processes[i]);
    free(member);
    proc_table_release(&table);
    return living;
}

/* Returns the number of processes signalled that were not stopped yet. */
static size_t signal_tree(int signal_number)
{
    struct proc_table table;
    if (proc_table_read(&table) < 0)
        return 0;
    bool *member = xcalloc(table.count, sizeof *member);
    proc_table_descendants(&table, getpid(), member);
    size_t running = clear_signal(&table, member, signal_number);
    free(member);
    proc_table_release(&table);
    return running;
}

/* Reaps whatever has ended. Returns false when no child is left. */
static bool reap(struct keeper *keeper, bool hunt)
{
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid <= 0)
            return pid == 0;
        if (hunt)
            clear_successors(getpid(), pid, NULL, NULL);
        if (pid == keeper->program) {
            uint64_t when = now_ns();
            keeper->program = 0;
            if (!hunt)
                tell(KEEPER_ENDED, status, count_living(), when);
        }
    }
}

/* Stopped first, so that no process of the tree sees another one die, and says so, or forks a new
 * one in its place. Killed until none is left. */
static void clear_tree(struct keeper *keeper)
{
    uint64_t deadline = now_ns() + CLEAR_SECONDS * UINT64_C(1000000000);
    if (!reap(keeper, true))
        return;
    for (int pass = 0; pass < STOP_PASSES && signal_tree(SIGSTOP) > 0; pass++)
        sched_yield();
    while (reap(keeper, true)) {
        if (now_ns() > deadline) {
            tell(KEEPER_LEFT, (int)count_living(), 0, now_ns());
            return;
        }
        signal_tree(SIGKILL);
        struct pollfd signals = {.fd = keeper->signals, .events = POLLIN};
        struct signalfd_siginfo info;
        if (poll(&signals, 1, 10) > 0)
            (void)!read(keeper->signals, &info, sizeof info);
    }
}

static bool supervisor_gone(const struct keeper *keeper)
{
    char byte;
    ssize_t got;
    do
        got = recv(KEEPER_LINK, &byte, 1, MSG_DONTWAIT);
    while (got > 0 || (got < 0 && errno == EINTR));
    return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK) || getppid() != keeper->parent;
}

/* Whether the supervisor wants the end, or has met its own, before the program was begun. Only a
 * look: the word is left on the link. */
static bool ended_before_begun(const struct keeper *keeper)
{
    char byte;
    ssize_t got;
    do
        got = recv(KEEPER_LINK, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK) || getppid() != keeper->parent;
}

static void wait_for_end(struct keeper *keeper)
{
    struct pollfd watched[] = {{.fd = KEEPER_LINK, .events = POLLIN},
                               {.fd = keeper->signals, .events = POLLIN}};
    while (keeper->program) {
        if (poll(watched, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return;
        }
        struct signalfd_siginfo info;
        if (watched[1].revents && read(keeper->signals, &info, sizeof info) == sizeof info) {
            reap(keeper, false);
            /* The program is no one to end its own run by a signal to the keeper. */
            if (info.ssi_signo != SIGCHLD && getppid() != keeper->parent)
                return;
        }
        if (watched[0].revents) {
            /* The program's own end comes first if it has come already. */
            reap(keeper, false);
            return;
        }
    }
}

static _Noreturn void become_program(const struct keeper *keeper, char **argv)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;
    setsid();
    /* A program that kills its keeper is to end with it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper->self)
        _exit(127);
    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &plain, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 0; keeper->passes && i < KEEPER_PASSES; i++) {
        if (dup2(KEEPER_LINK + 1 + i, KEEPER_PASSED + i) < 0) {
            tell(KEEPER_NOT_STARTED, errno, 0, now_ns());
            _exit(127);
        }
    }
    /* Told here, for the program may kill its keeper before that is on the processor again. */
    tell(KEEPER_STARTED, getpid(), 0, now_ns());
    execvp(argv[0], argv);
    tell(KEEPER_NOT_STARTED, errno, 0, now_ns());
    _exit(127);
}

/* No core file, and next to nothing where cores are piped to a program, which no limit stops. */
static void forbid_cores(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    int filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    if (filter >= 0) {
        (void)!write(filter, "0", 1);
        close(filter);
    }
}

static int set_up(struct keeper *keeper)
{
    keeper->self = getpid();
    keeper->parent = getppid();
    /* The program gets its three standard descriptors and nothing that the caller left open. */
    int kept = keeper->passes ? KEEPER_LINK + KEEPER_PASSES : KEEPER_LINK;
    if (close_range((unsigned)kept + 1, ~0U, 0) < 0)
        for (int fd = kept + 1; fd < (int)sysconf(_SC_OPEN_MAX); fd++)
            close(fd);
    for (int fd = KEEPER_LINK; fd <= kept; fd++)
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
            return -errno;
    if (getsid(0) != getpid())
        (void)setsid();
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return -errno;
    forbid_cores();

    sigemptyset(&keeper->watched);
    sigaddset(&keeper->watched, SIGCHLD);
    for (size_t i = 0; i < sizeof end_signals / sizeof *end_signals; i++)
        sigaddset(&keeper->watched, end_signals[i]);
    sigprocmask(SIG_BLOCK, &keeper->watched, NULL);
    const struct sigaction ended_only = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &ended_only, NULL);
    keeper->signals = signalfd(-1, &keeper->watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (keeper->signals < 0)
        return -errno;
    /* Beside the link's end of stream, in case another process holds the supervisor's end of it. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (strcmp(keeper->report_path, "-") != 0) {
        keeper->report_dir = reports_open(keeper->report_path);
        if (keeper->report_dir < 0)
            return keeper->report_dir;
    }
    return 0;
}

/* The keeper's own copies of the program's output would keep it open. */
static void drop_output(const struct keeper *keeper)
{
    for (int i = 0; keeper->passes && i < KEEPER_PASSES; i++)
        close(KEEPER_LINK + 1 + i);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return;
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    close(null);
}

int main(int argc, char **argv)
{
    struct keeper keeper = {.report_dir = -1};
    if (argc > 1 && strcmp(argv[1], "--pass") == 0) {
        keeper.passes = true;
        argv++;
        argc--;
    }
    if (argc < 4) {
        fputs("usage: racelab-keeper [--pass] REPORT_DIR|- LD_PRELOAD|- PROGRAM [ARGUMENT...]\n",
              stderr);
        return USAGE;
    }
    keeper.report_path = argv[1];
    int rc = strcmp(argv[2], "-") != 0 && setenv("LD_PRELOAD", argv[2], 1) != 0 ? -errno : 0;
    if (rc == 0)
        rc = set_up(&keeper);
    if (rc < 0) {
        tell(KEEPER_NOT_READY, -rc, 0, now_ns());
        return 0;
    }
    if (!ended_before_begun(&keeper)) {
        keeper.program = fork();
        if (keeper.program == 0)
            become_program(&keeper, argv + 3);
        if (keeper.program < 0) {
            tell(KEEPER_NOT_STARTED, errno, 0, now_ns());
            return 0;
        }
        drop_output(&keeper);
        wait_for_end(&keeper);
        clear_tree(&keeper);
    }
    if (keeper.report_dir >= 0 && supervisor_gone(&keeper))
        reports_remove(keeper.report_dir, keeper.report_path);
    /* Nothing at exit: LeakSanitizer would stop this process there by a SIGSTOP, which the
     * supervisor's SIGCONT may take away, and wait for that stop for ever. */
    _exit(0);
}
