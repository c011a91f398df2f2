/*
 * lock_in_signal_handler: a handler locks what the thread it interrupts has locked
 *
 * Story: two workers of a server feed their access lines to a viewer through a pipe. The operator
 * has closed the viewer, and the handler of SIGPIPE counts the lines that are lost.
 * Wrong: the first line after the viewer is closed stops the server for ever.
 * Why: write() raises SIGPIPE in the thread that writes, and that thread holds the lock of the feed
 * so that lines do not mix. The handler runs on its stack and waits for a lock which only the code
 * below it could give back. A handler is not a second thread: no lock can order it against the code
 * it interrupts.
 * Fix: the handler does one thing that is safe wherever it strikes: it raises a lock-free atomic.
 * Roadmap: Lock, deadlocks, server
 * CWE: CWE-833 Deadlock; CWE-828 Signal Handler with Functionality that is not Asynchronous-Safe
 * CERT: SIG30-C
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS = 2, LINES = 3 };

static pthread_mutex_t feed; /* guards the order of lines in the pipe, and lines_sent */
static int viewer;           /* the pipe's write end, set before the first worker starts */
static int lines_sent;
static int lines_unsent; /* guarded by feed */

static void on_closed_pipe(int signal_number)
{
    (void)signal_number;
    pthread_mutex_lock(&feed); /* bug: hang(feed) */ /* bug: misuse(feed)
                         ; tsan, tsan-gcc blind: it takes a lock by the owner for a recursive one */
    lines_unsent++;
    pthread_mutex_unlock(&feed);
}

static void feed_line(const char *line)
{
    pthread_mutex_lock(&feed); /* bug: hang(feed);
        explore blind: a timer sends the signal, and no schedule can */
    if (write(viewer, line, strlen(line)) > 0)
        lines_sent++;
    pthread_mutex_unlock(&feed);
}

static void *worker(void *arg)
{
    (void)arg;
    for (int i = 0; i < LINES; i++)
        feed_line("GET /index.html 200\n");
    return NULL;
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_closed_pipe};
    pthread_t threads[WORKERS];
    int ends[2];

    if (pipe(ends) == -1 || sigaction(SIGPIPE, &action, NULL) == -1)
        return 1;
    viewer = ends[1];
    close(ends[0]);
    pthread_mutex_init(&feed, NULL);

    for (int i = 0; i < WORKERS; i++)
        pthread_create(&threads[i], NULL, worker, NULL);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL); /* bug: hang(feed) */

    assert(lines_sent == 0 && lines_unsent == WORKERS * LINES);
    return 0;
}
