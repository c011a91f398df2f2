/*
 * child_never_reaped: helper processes that are never reaped
 *
 * Story: a print spooler forks one helper for each document and goes on to the next when the
 *        helper has said through a pipe that the document is out.
 * Wrong: every document is printed, but each leaves a zombie in the process table; a spooler that
 *        runs for weeks reaches the limit of processes and fork() fails.
 * Why: the byte in the pipe says that the work is done, not that the process is gone. The kernel
 *      keeps a dead child's status until the parent collects it with one of the wait calls.
 * Fix: the spooler waits for the helper after it has heard from it.
 * Roadmap: processes, Pipe, is_alive
 * CWE: CWE-772 Missing Release of Resource after Effective Lifetime
 * CERT: none
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define DOCUMENTS 4

static int print_document(void)
{
    int report[2];
    char done = 0;
    pid_t helper;

    if (pipe(report) == -1)
        return 0;
    helper = fork();
    if (helper == -1)
        return 0;
    if (helper == 0)
        _exit(write(report[1], "p", 1) == 1 ? 0 : 1);
    close(report[1]);
    if (read(report[0], &done, 1) != 1)
        done = 0;
    close(report[0]);
    waitpid(helper, NULL, 0);
    return done == 'p';
}

int main(void)
{
    siginfo_t left;
    int printed = 0;

    for (int i = 0; i < DOCUMENTS; i++)
        printed += print_document();
    assert(printed == DOCUMENTS);

    /* WNOWAIT only looks: a dead child that is found stays to be reaped. */
    int found = waitid(P_ALL, 0, &left, WEXITED | WNOWAIT);

    if (found == 0)
        fprintf(stderr, "zombie: %d\n", (int)left.si_pid);
    assert(found == -1 && errno == ECHILD);     /* bug: wrong-result(zombies) */
    return 0;
}
