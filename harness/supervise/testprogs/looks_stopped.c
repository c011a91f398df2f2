/* Processes that are stopped for a while, by signals or by one that traces them. */
#include "looks.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];

static void stop_self(void)
{
    raise(SIGSTOP);
}

static void await_stop(pid_t pid)
{
    int status;
    MUST(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
}

static void stopped_by_parent(void (*meanwhile)(void))
{
    pid_t child = start_child(stop_self);
    await_stop(child);
    meanwhile();
    MUST(kill(child, SIGCONT) == 0);
    reap_child(child);
}

static void parent_sleeps(void)
{
    stopped_by_parent(rest);
}

static void parent_computes(void)
{
    stopped_by_parent(compute);
}

static pid_t stopped_one;

/* Goes on when it is told that the other stands. */
static void continue_other(void)
{
    char byte;
    MUST(read(ends[0], &byte, 1) == 1);
    compute();
    rest();
    MUST(kill(stopped_one, SIGCONT) == 0);
}

static void continued_by_sibling(void)
{
    MUST(pipe(ends) == 0);
    stopped_one = start_child(stop_self);
    pid_t sibling = start_child(continue_other);
    await_stop(stopped_one);
    MUST(write(ends[1], "x", 1) == 1);
    reap_child(stopped_one);
    reap_child(sibling);
}

static void stop_before_child(void)
{
    stopped_one = getpid();
    pid_t child = start_child(continue_other);
    raise(SIGSTOP);
    reap_child(child);
}

static void continued_by_child(void)
{
    MUST(pipe(ends) == 0);
    pid_t child = start_child(stop_before_child);
    await_stop(child);
    MUST(write(ends[1], "x", 1) == 1);
    reap_child(child);
}

static pid_t group;

static void wait_in_group(void)
{
    char byte;
    MUST(read(ends[0], &byte, 1) == 1);
}

static void stop_group(void)
{
    MUST(kill(-group, SIGSTOP) == 0);
    rest();
    MUST(kill(-group, SIGCONT) == 0);
}

static void group_stopped(void)
{
    MUST(pipe(ends) == 0);
    pid_t leader = start_child(wait_in_group);
    MUST(setpgid(leader, leader) == 0);
    group = leader;
    pid_t member = start_child(wait_in_group);
    MUST(setpgid(member, leader) == 0);
    pid_t sibling = start_child(stop_group);
    reap_child(sibling);
    MUST(write(ends[1], "xx", 2) == 2);
    reap_child(leader);
    reap_child(member);
}

static void traced_computes(void)
{
    MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
    for (int i = 0; i < 2; i++) {
        raise(SIGSTOP);
        compute();
    }
}

static void traced_sleeps(void)
{
    MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
    raise(SIGSTOP);
    rest();
}

/* As a debugger does: waits for a stop, thinks, and lets the child go on. */
static void trace(pid_t child, void (*meanwhile)(void))
{
    int status;
    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        meanwhile();
        MUST(ptrace(PTRACE_CONT, child, NULL, NULL) == 0);
    }
    MUST(status == 0);
}

static void at_once(void)
{
}

static void debugged_computes(void)
{
    trace(start_child(traced_computes), at_once);
}

static void debugged_sleeps(void)
{
    trace(start_child(traced_sleeps), at_once);
}

static void debugger_sleeps(void)
{
    trace(start_child(traced_sleeps), rest);
}

static void attached_computes(void)
{
    char byte;
    MUST(read(ends[0], &byte, 1) == 1);
    compute();
}

/* Traces a child that asked for nothing, from one system call to the next. */
static void debugger_attaches(void)
{
    int status;
    MUST(pipe(ends) == 0);
    pid_t child = start_child(attached_computes);
    MUST(ptrace(PTRACE_SEIZE, child, NULL, PTRACE_O_TRACESYSGOOD) == 0);
    MUST(ptrace(PTRACE_INTERRUPT, child, NULL, NULL) == 0);
    MUST(write(ends[1], "x", 1) == 1);
    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status))
        MUST(ptrace(PTRACE_SYSCALL, child, NULL, NULL) == 0);
    MUST(status == 0);
}

const struct look looks_stopped[] = {
    {"stop_parent_sleeps", parent_sleeps},  {"stop_parent_computes", parent_computes},
    {"stop_sibling", continued_by_sibling}, {"stop_child", continued_by_child},
    {"stop_group", group_stopped},          {"ptrace", debugged_computes},
    {"ptrace_sleep", debugged_sleeps},      {"ptrace_tracer_sleeps", debugger_sleeps},
    {"ptrace_attach", debugger_attaches},   {0},
};
