/*
 * pipe_write_over_pipe_buf: records longer than a pipe writes in one piece
 *
 * Story: jobs write their reports to one pipe, a record at a time, and a journal copies what comes
 *        out of it. The operator suspends a long job, lets a short one through, and resumes the
 *        first.
 * Wrong: the short job's report stands in the middle of a record of the long one.
 * Why: write() to a pipe is atomic up to PIPE_BUF bytes. Of a longer record the kernel puts in what
 *      there is room for, and others may write before the rest. A suspension is only one cause of
 *      that: a full pipe and the scheduler do as well.
 * Fix: records of no more than PIPE_BUF bytes. One that does not fit waits as a whole.
 * Roadmap: processes, Pipe, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization ('Race
 *      Condition')
 * CERT: none
 */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECORD = 2 * PIPE_BUF, LONG_REPORT = 4 * PIPE_BUF, SHORT_REPORT = 2 * PIPE_BUF };

static char journal[LONG_REPORT + SHORT_REPORT];

static bool write_report(int out, char letter, size_t length)
{
    char record[RECORD];

    memset(record, letter, sizeof(record));
    for (; length > 0; length -= sizeof(record))
        for (size_t done = 0; done < sizeof(record);) {
            ssize_t more = write(out, record + done, sizeof(record) - done);

            if (more == -1)
                return false;
            done += (size_t)more;
        }
    return true;
}

static void copy(int in, size_t from, size_t end)
{
    while (from < end) {
        ssize_t more = read(in, journal + from, end - from);

        assert(more > 0);
        from += (size_t)more;
    }
}

static bool whole(const char *record)
{
    return memchr(record, record[0] ^ 'L' ^ 'S', RECORD) == NULL;
}

int main(void)
{
    int reports[2], status = -1, uneven = 0;

    /* The least that a pipe can hold, so that a report fills it. */
    if (pipe(reports) == -1 || fcntl(reports[1], F_SETPIPE_SZ, PIPE_BUF) != PIPE_BUF)
        return 1;
    pid_t job = fork();

    if (job == 0)
        _exit(write_report(reports[1], 'L', LONG_REPORT) ? 0 : 1);
    assert(poll(&(struct pollfd){.fd = reports[0], .events = POLLIN}, 1, -1) == 1);
    kill(job, SIGSTOP);
    assert(waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status));
    copy(reports[0], 0, PIPE_BUF);
    if (fork() == 0)
        _exit(write_report(reports[1], 'S', SHORT_REPORT) ? 0 : 1);
    copy(reports[0], PIPE_BUF, PIPE_BUF + SHORT_REPORT);
    assert(wait(&status) > 0 && status == 0);
    kill(job, SIGCONT);
    copy(reports[0], PIPE_BUF + SHORT_REPORT, sizeof(journal));
    assert(waitpid(job, &status, 0) == job && status == 0);
    for (size_t at = 0; at < sizeof(journal); at += RECORD)
        uneven += !whole(journal + at);
    assert(uneven == 0);                              /* bug: wrong-result(uneven) */
    return 0;
}
