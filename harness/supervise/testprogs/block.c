/*
 * block HOW [DIRECTORY]: every thread of it waits for ever. Just before the last one does, it prints
 * "BLOCK NANOSECONDS" (CLOCK_MONOTONIC).
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void say(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("BLOCK %lld\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec);
    fflush(stdout);
}

static void *wait_for_lock(void *arg)
{
    pthread_mutex_lock(&held);
    return arg;
}

static void block_threads(int count)
{
    pthread_t threads[10];
    pthread_mutex_lock(&held);
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, wait_for_lock, NULL);
    say();
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void futex_one(void)
{
    pthread_mutex_lock(&held);
    say();
    pthread_mutex_lock(&held);
}

static void futex_two(void)
{
    block_threads(1);
}

static void futex_many(void)
{
    block_threads(10);
}

/* The first thread ends, so that the process has a zombie for its leader. */
static void leader_gone(void)
{
    pthread_t thread;
    pthread_mutex_lock(&held);
    pthread_create(&thread, NULL, wait_for_lock, NULL);
    say();
    pthread_exit(NULL);
}

static void condition(void)
{
    static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    pthread_mutex_lock(&held);
    say();
    for (;;)
        pthread_cond_wait(&never, &held);
}

/* Each process waits for the other to write first. */
static void two_processes(void)
{
    int there[2];
    int back[2];
    char byte;
    (void)!pipe(there);
    (void)!pipe(back);
    if (fork() == 0) {
        (void)!read(there[0], &byte, 1);
        _exit(0);
    }
    say();
    (void)!read(back[0], &byte, 1);
}

static void child_hangs(void)
{
    if (fork() == 0)
        futex_one();
    wait(NULL);
}

static void full_pipe(void)
{
    int ends[2];
    static const char much[1 << 20];
    (void)!pipe(ends);
    say();
    (void)!write(ends[1], much, sizeof much);
}

/* In its working directory, which it is given empty. */
static void fifo(void)
{
    mkfifo("fifo", 0600);
    say();
    (void)!open("fifo", O_RDONLY);
}

static void socket_pair(void)
{
    int ends[2];
    char byte;
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    say();
    (void)!read(ends[0], &byte, 1);
}

static void event(void)
{
    uint64_t value;
    int fd = eventfd(0, 0);
    say();
    (void)!read(fd, &value, sizeof value);
}

static void poll_pipe(void)
{
    int ends[2];
    (void)!pipe(ends);
    struct pollfd polled = {.fd = ends[0], .events = POLLIN};
    say();
    poll(&polled, 1, -1);
}

static void select_pipe(void)
{
    int ends[2];
    fd_set set;
    (void)!pipe(ends);
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    say();
    select(ends[0] + 1, &set, NULL, NULL, NULL);
}

static void epoll_pipe(void)
{
    int ends[2];
    (void)!pipe(ends);
    int fd = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event);
    say();
    epoll_wait(fd, &event, 1, -1);
}

static void signal_wait(void)
{
    sigset_t set;
    int number;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    say();
    sigwait(&set, &number);
}

static void pause_for_ever(void)
{
    say();
    pause();
}

static void file_lock(void)
{
    int mine = open("lock", O_RDWR | O_CREAT, 0600);
    int other = open("lock", O_RDWR);
    flock(mine, LOCK_EX);
    say();
    flock(other, LOCK_EX);
}

static void posix_semaphore(void)
{
    sem_t sem;
    sem_init(&sem, 0, 0);
    say();
    sem_wait(&sem);
}

static const struct {
    const char *name;
    void (*run)(void);
} ways[] = {
    {"one", futex_one},          {"two", futex_two},       {"ten", futex_many},
    {"leader", leader_gone},     {"condition", condition}, {"processes", two_processes},
    {"child", child_hangs},      {"full", full_pipe},      {"fifo", fifo},
    {"socketpair", socket_pair}, {"eventfd", event},       {"poll", poll_pipe},
    {"select", select_pipe},     {"epoll", epoll_pipe},    {"sigwait", signal_wait},
    {"pause", pause_for_ever},   {"flock", file_lock},     {"semaphore", posix_semaphore},
};

int main(int argc, char **argv)
{
    if (argc > 2 && chdir(argv[2]) < 0)
        return 98;
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, argv[1]) == 0)
            ways[i].run();
    return 99;
}
