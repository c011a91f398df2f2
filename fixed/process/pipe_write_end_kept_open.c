/*
 * pipe_write_end_kept_open: a reader holds the write end of its own pipe
 *
 * Story: a service hands its log to a child process, which counts the lines until end-of-file;
 *        the service closes the pipe and waits for the child's count.
 * Wrong: every line arrives, but the child never sees the end of the log and the service never
 *        ends.
 * Why: read() returns 0 only when the last descriptor of the write end is closed in every process.
 *      fork() gave the child a copy, so the reader itself keeps the pipe open and waits for itself.
 * Fix: the child closes its copy of the write end before it reads.
 * Roadmap: processes, Pipe, deadlocks
 * CWE: CWE-775 Missing Release of File Descriptor or Handle after Effective Lifetime
 * CERT: FIO42-C
 */
#include <assert.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINES 3

static int count_lines(int log)
{
    char text[64];
    ssize_t n;
    int lines = 0;

    while ((n = read(log, text, sizeof(text))) > 0) {   /* bug: hang(write_end);
        explore blind: a forked child runs freely */
        for (ssize_t i = 0; i < n; i++)
            lines += text[i] == '\n';
    }
    return lines;
}

int main(void)
{
    static const char line[] = "GET /index.html 200\n";
    int log[2], status = 0;
    pid_t counter;

    if (pipe(log) == -1)
        return 1;
    counter = fork();
    if (counter == -1)
        return 1;
    if (counter == 0) {
        close(log[1]);
        _exit(count_lines(log[0]));
    }
    close(log[0]);
    for (int i = 0; i < LINES; i++) {
        if (write(log[1], line, strlen(line)) == -1)
            return 1;
    }
    close(log[1]);

    waitpid(counter, &status, 0);                       /* bug: hang(write_end) */
    assert(WIFEXITED(status) && WEXITSTATUS(status) == LINES);
    return 0;
}
