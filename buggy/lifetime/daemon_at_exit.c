/*
 * daemon_at_exit: a daemon thread still works while the exit handlers run
 *
 * Story: A service logs to memory. At exit one handler stops the heartbeat daemon and another
 *   prints the log, which takes no lock since by then no other thread should be left.
 * Wrong: The daemon's last line is never printed, and the handler reads a log that is being
 *   written.
 * Why: atexit handlers run in reverse order of registration. The one registered last prints the log
 *   while the daemon still appends to it, unordered; only then does the other stop the daemon.
 * Fix: Register the handlers in the opposite order: the daemon is stopped, then the log printed.
 * Roadmap: daemon, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-696 Incorrect Behavior Order
 * CERT: CON43-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_LINES 8

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static const char *lines[MAX_LINES];
static size_t line_count;
static size_t printed;                          /* main's own */
static sem_t stop, stopped;

static void log_line(const char *text)
{
    pthread_mutex_lock(&log_lock);
    if (line_count < MAX_LINES) {
        lines[line_count] = text;               /* bug: race(log) */
        line_count++;                           /* bug: race(log) */
    }
    pthread_mutex_unlock(&log_lock);
}

static void *heartbeat(void *arg)
{
    (void)arg;
    log_line("heartbeat: alive");
    sem_wait(&stop);
    log_line("heartbeat: stopped");
    sem_post(&stopped);
    return NULL;
}

static void stop_heartbeat(void)
{
    sem_post(&stop);
    sem_wait(&stopped);
}

static void print_log(void)
{
    while (printed < line_count) {              /* bug: race(log) */
        puts(lines[printed]);                   /* bug: race(log) */
        printed++;
    }
}

static void check_log(void)
{
    assert(printed == 3);                       /* bug: wrong-result(log) */
}

int main(void)
{
    pthread_t daemon;

    sem_init(&stop, 0, 0);
    sem_init(&stopped, 0, 0);
    log_line("service: started");
    pthread_create(&daemon, NULL, heartbeat, NULL);
    pthread_detach(daemon);

    atexit(check_log);
    atexit(stop_heartbeat);
    atexit(print_log);
    return 0;
}
