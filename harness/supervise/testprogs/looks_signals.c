/* Waits that a timer or a signal ends. */
#include "looks.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct itimerval interval_once = {.it_value = {0, WHILE_MS * 1000L}};
static const struct itimerspec once = {.it_value = {0, WHILE_MS * 1000000L}};

static void on_signal(int number)
{
    (void)number;
}

static void handle(int number)
{
    const struct sigaction action = {.sa_handler = on_signal};
    sigaction(number, &action, NULL);
}

static sigset_t block(int number)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return set;
}

static void alarm_paused(void)
{
    handle(SIGALRM);
    alarm(1);
    MUST(pause() < 0 && errno == EINTR);
}

static void interval_timer(void)
{
    handle(SIGALRM);
    setitimer(ITIMER_REAL, &interval_once, NULL);
    MUST(pause() < 0 && errno == EINTR);
}

static void suspended(void)
{
    sigset_t none;
    sigemptyset(&none);
    handle(SIGALRM);
    block(SIGALRM);
    setitimer(ITIMER_REAL, &interval_once, NULL);
    MUST(sigsuspend(&none) < 0 && errno == EINTR);
}

static void awaited_alarm(void)
{
    int number;
    sigset_t set = block(SIGALRM);
    setitimer(ITIMER_REAL, &interval_once, NULL);
    MUST(sigwait(&set, &number) == 0 && number == SIGALRM);
}

static void posix_timer(void)
{
    int number;
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    sigset_t set = block(SIGUSR1);
    MUST(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    timer_settime(timer, 0, &once, NULL);
    MUST(sigwait(&set, &number) == 0);
}

/* ThreadSanitizer does not know of the thread that the C library makes for this, and crashes. */
#if !__has_feature(thread_sanitizer)
static sem_t rung;

static void ring(union sigval value)
{
    (void)value;
    sem_post(&rung);
}

static void timer_in_thread(void)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD};
    event.sigev_notify_function = ring;
    sem_init(&rung, 0, 0);
    MUST(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    timer_settime(timer, 0, &once, NULL);
    MUST(sem_wait(&rung) == 0);
}
#endif

static int new_timer(void)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    MUST(fd >= 0 && timerfd_settime(fd, 0, &once, NULL) == 0);
    return fd;
}

static void timer_read(void)
{
    uint64_t times;
    MUST(read(new_timer(), &times, sizeof times) == sizeof times);
}

static void timer_polled(void)
{
    int ends[2];
    MUST(pipe(ends) == 0);
    struct pollfd polled[] = {{.fd = ends[0], .events = POLLIN},
                              {.fd = new_timer(), .events = POLLIN}};
    MUST(poll(polled, 2, -1) == 1);
}

static void timer_in_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int fd = epoll_create1(0);
    MUST(epoll_ctl(fd, EPOLL_CTL_ADD, new_timer(), &event) == 0);
    MUST(epoll_wait(fd, &event, 1, -1) == 1);
}

/* One epoll instance inside another. */
static void timer_in_nested_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int inner = epoll_create1(0);
    int outer = epoll_create1(0);
    MUST(epoll_ctl(inner, EPOLL_CTL_ADD, new_timer(), &event) == 0);
    MUST(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event) == 0);
    MUST(epoll_wait(outer, &event, 1, -1) == 1);
}

static void alarm_by_descriptor(void)
{
    struct signalfd_siginfo info;
    sigset_t set = block(SIGALRM);
    int fd = signalfd(-1, &set, 0);
    setitimer(ITIMER_REAL, &interval_once, NULL);
    MUST(read(fd, &info, sizeof info) == sizeof info);
}

static void child_by_descriptor(void)
{
    struct signalfd_siginfo info;
    sigset_t set = block(SIGCHLD);
    int fd = signalfd(-1, &set, 0);
    pid_t child = start_child(rest);
    MUST(read(fd, &info, sizeof info) == sizeof info);
    reap_child(child);
}

static pid_t waiting;

static void signal_parent(void)
{
    compute();
    kill(waiting, SIGUSR1);
}

static void signal_of_child(void)
{
    int number;
    sigset_t set = block(SIGUSR1);
    waiting = getpid();
    pid_t child = start_child(signal_parent);
    MUST(sigwait(&set, &number) == 0);
    reap_child(child);
}

static void *signal_process(void *arg)
{
    compute();
    kill(getpid(), SIGUSR1);
    return arg;
}

static void signal_of_thread(void)
{
    int number;
    pthread_t thread;
    sigset_t set = block(SIGUSR1);
    pthread_create(&thread, NULL, signal_process, NULL);
    MUST(sigwait(&set, &number) == 0);
    pthread_join(thread, NULL);
}

static void pause_under_alarm(void)
{
    alarm(1);
    pause();
}

/* The child is ended by the alarm, and its parent goes on. */
static void child_with_alarm(void)
{
    int status;
    pid_t child = start_child(pause_under_alarm);
    MUST(waitpid(child, &status, 0) == child);
    MUST(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
}

const struct look looks_signals[] = {
    {"alarm", alarm_paused},
    {"itimer", interval_timer},
    {"sigsuspend", suspended},
    {"sigwait", awaited_alarm},
    {"timer", posix_timer},
#if !__has_feature(thread_sanitizer)
    {"timer_thread", timer_in_thread},
#endif
    {"timerfd", timer_read},
    {"polltimer", timer_polled},
    {"epolltimer", timer_in_epoll},
    {"epoll_nested", timer_in_nested_epoll},
    {"signalfd", alarm_by_descriptor},
    {"signalfd_child", child_by_descriptor},
    {"signal_child", signal_of_child},
    {"signal_thread", signal_of_thread},
    {"alarm_in_child", child_with_alarm},
    {0},
};
