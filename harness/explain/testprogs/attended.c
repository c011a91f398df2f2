/*
 * attended WAY: goes on until its standard input ends, then exits with 0 if it was not disturbed.
 *   waits  threads in every kind of wait; one that returns EINTR is a disturbance
 *   churn  threads that come and go all the time
 * It prints "ready" when all threads are under way.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static atomic_int disturbed;

static void check(long result, const char *call)
{
    if (result >= 0 || errno != EINTR)
        return;
    atomic_store(&disturbed, 1);
    fprintf(stderr, "%s returned EINTR\n", call);
}

static int event;
static int ends[2];
static int sockets[2];
static sem_t semaphore;

static void *in_epoll(void *arg)
{
    struct epoll_event ready = {.events = EPOLLIN};
    int epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, event, &ready);
    check(epoll_wait(epoll, &ready, 1, -1), "epoll_wait");
    close(epoll);
    return arg;
}

static void *in_read(void *arg)
{
    char byte;
    check(read(ends[0], &byte, 1), "read");
    return arg;
}

/* A socket with a time limit is one of the calls that a stop ends. */
static void *in_receive(void *arg)
{
    const struct timeval limit = {.tv_sec = 600};
    char byte;
    setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    check(recv(sockets[0], &byte, 1, 0), "recv");
    return arg;
}

static void *in_sigwait(void *arg)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    check(sigwaitinfo(&set, NULL), "sigwaitinfo");
    return arg;
}

static void *in_semaphore(void *arg)
{
    check(sem_wait(&semaphore), "sem_wait");
    return arg;
}

static void await_end_of_input(void)
{
    char byte;
    puts("ready");
    fflush(stdout);
    check(read(STDIN_FILENO, &byte, 1), "read of standard input");
}

static void waits(void)
{
    void *(*const ways[])(void *) = {in_epoll, in_read, in_receive, in_sigwait, in_semaphore};
    enum { WAYS = sizeof ways / sizeof *ways };
    pthread_t threads[WAYS];
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    event = eventfd(0, 0);
    sem_init(&semaphore, 0, 0);
    if (pipe(ends) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0)
        return;
    for (int i = 0; i < WAYS; i++)
        pthread_create(&threads[i], NULL, ways[i], NULL);
    await_end_of_input();
    eventfd_write(event, 1);
    close(ends[1]);
    close(sockets[1]);
    pthread_kill(threads[3], SIGUSR1);
    sem_post(&semaphore);
    for (int i = 0; i < WAYS; i++)
        pthread_join(threads[i], NULL);
}

static atomic_int over;

static void *nothing(void *arg)
{
    return arg;
}

static void *come_and_go(void *arg)
{
    while (!atomic_load(&over)) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, nothing, NULL) == 0)
            pthread_join(thread, NULL);
    }
    return arg;
}

static void churn(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, come_and_go, NULL);
    await_end_of_input();
    atomic_store(&over, 1);
    pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "waits") == 0)
        waits();
    else if (argc > 1 && strcmp(argv[1], "churn") == 0)
        churn();
    else
        return 2;
    return atomic_load(&disturbed);
}
