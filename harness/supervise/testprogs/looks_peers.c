/* Waits on descriptors that another thread or process of the program serves late. */
#include "looks.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static int ends[2];
static char name[64];

static void write_late(void)
{
    compute();
    MUST(write(ends[1], "x", 1) == 1);
}

static void pipe_read(void)
{
    char byte;
    MUST(pipe(ends) == 0);
    pid_t child = start_child(write_late);
    MUST(read(ends[0], &byte, 1) == 1);
    reap_child(child);
}

static void pipe_polled(void)
{
    MUST(pipe(ends) == 0);
    struct pollfd polled = {.fd = ends[0], .events = POLLIN};
    pid_t child = start_child(write_late);
    MUST(poll(&polled, 1, -1) == 1);
    reap_child(child);
}

static void pipe_in_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    MUST(pipe(ends) == 0);
    int fd = epoll_create1(0);
    MUST(epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event) == 0);
    pid_t child = start_child(write_late);
    MUST(epoll_wait(fd, &event, 1, -1) == 1);
    reap_child(child);
}

static void *close_late(void *arg)
{
    rest();
    close(ends[1]);
    return arg;
}

static void pipe_closed(void)
{
    char byte;
    pthread_t thread;
    MUST(pipe(ends) == 0);
    pthread_create(&thread, NULL, close_late, NULL);
    MUST(read(ends[0], &byte, 1) == 0);
    pthread_join(thread, NULL);
}

enum { SLOW_READS = 10, PIECE = 16384 };

static void read_slowly(void)
{
    static char piece[PIECE];
    close(ends[1]);
    while (read(ends[0], piece, sizeof piece) > 0)
        usleep(40000);
}

/* The writer stands before a full pipe most of the time. */
static void pipe_full(void)
{
    static const char much[(SLOW_READS + 4) * PIECE];
    MUST(pipe(ends) == 0);
    pid_t child = start_child(read_slowly);
    close(ends[0]);
    MUST(write(ends[1], much, sizeof much) == sizeof much);
    close(ends[1]);
    reap_child(child);
}

static void open_late(void)
{
    compute();
    int fd = open(name, O_WRONLY);
    MUST(fd >= 0);
    rest();
    MUST(write(fd, "x", 1) == 1);
}

static void fifo(void)
{
    char directory[] = "/tmp/wake-XXXXXX";
    char byte;
    MUST(mkdtemp(directory) != NULL);
    snprintf(name, sizeof name, "%s/fifo", directory);
    MUST(mkfifo(name, 0600) == 0);
    pid_t child = start_child(open_late);
    int fd = open(name, O_RDONLY);
    unlink(name);
    rmdir(directory);
    MUST(fd >= 0 && read(fd, &byte, 1) == 1);
    reap_child(child);
}

static int event_fd;

static void *raise_event(void *arg)
{
    const uint64_t one = 1;
    compute();
    MUST(write(event_fd, &one, sizeof one) == sizeof one);
    return arg;
}

static void event_of_thread(void)
{
    uint64_t value;
    pthread_t thread;
    event_fd = eventfd(0, 0);
    pthread_create(&thread, NULL, raise_event, NULL);
    MUST(read(event_fd, &value, sizeof value) == sizeof value);
    pthread_join(thread, NULL);
}

static void raise_event_and_exit(void)
{
    raise_event(NULL);
}

static void event_of_child(void)
{
    uint64_t value;
    event_fd = eventfd(0, 0);
    pid_t child = start_child(raise_event_and_exit);
    MUST(read(event_fd, &value, sizeof value) == sizeof value);
    reap_child(child);
}

static int watched;

static void change_late(void)
{
    compute();
    MUST(write(watched, "x", 1) == 1);
}

static void changed_file(void)
{
    char text[512];
    char path[] = "/tmp/wake-XXXXXX";
    watched = mkstemp(path);
    int fd = inotify_init1(0);
    int watch = inotify_add_watch(fd, path, IN_MODIFY);
    unlink(path);
    MUST(watched >= 0 && watch >= 0);
    pid_t child = start_child(change_late);
    MUST(read(fd, text, sizeof text) > 0);
    reap_child(child);
}

static int terminal;

static void type_late(void)
{
    compute();
    MUST(write(terminal, "x", 1) == 1);
    rest();
    MUST(write(terminal, "\n", 1) == 1);
}

/* The line discipline keeps the first byte back until the line has its end. */
static void pseudo_terminal(void)
{
    char text[8];
    terminal = posix_openpt(O_RDWR | O_NOCTTY);
    MUST(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    int line = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    MUST(line >= 0);
    pid_t child = start_child(type_late);
    MUST(read(line, text, sizeof text) == 2);
    reap_child(child);
}

static void pseudo_terminal_master(void)
{
    char text[8];
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    MUST(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    MUST(terminal >= 0);
    pid_t child = start_child(type_late);
    MUST(read(master, text, sizeof text) > 0);
    MUST(read(master, text, sizeof text) > 0);
    reap_child(child);
}

const struct look looks_peers[] = {
    {"pipe", pipe_read},
    {"pipe_poll", pipe_polled},
    {"pipe_epoll", pipe_in_epoll},
    {"pipe_closed", pipe_closed},
    {"pipe_full", pipe_full},
    {"fifo", fifo},
    {"eventfd", event_of_thread},
    {"eventfd_child", event_of_child},
    {"inotify", changed_file},
    {"pty", pseudo_terminal},
    {"pty_master", pseudo_terminal_master},
    {0},
};
