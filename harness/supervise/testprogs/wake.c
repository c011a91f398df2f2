/*
 * wake HOW: waits in a way that ends by itself, and exits with 0 then. All but "stopped", which
 * nothing ever continues.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Many times what a hang takes to be seen. */
static const struct timespec while_ = {0, 700000000};

static struct timespec deadline(void)
{
    struct timespec then;
    clock_gettime(CLOCK_REALTIME, &then);
    then.tv_nsec += while_.tv_nsec;
    if (then.tv_nsec >= 1000000000) {
        then.tv_sec++;
        then.tv_nsec -= 1000000000;
    }
    return then;
}

static void sleeping(void)
{
    nanosleep(&while_, NULL);
}

static void *sleep_in_thread(void *arg)
{
    nanosleep(&while_, NULL);
    return arg;
}

/* One sleeper among those that wait for it. */
static void joining(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, sleep_in_thread, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

static void computing(void)
{
    struct timespec used;
    volatile unsigned long sum = 0;
    do {
        for (unsigned long i = 0; i < 100000; i++)
            sum = sum + i;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    } while (used.tv_sec == 0 && used.tv_nsec < while_.tv_nsec);
}

static void timed_condition(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    struct timespec then = deadline();
    pthread_mutex_lock(&mutex);
    while (pthread_cond_timedwait(&never, &mutex, &then) == 0)
        ;
    pthread_mutex_unlock(&mutex);
}

static void timed_semaphore(void)
{
    sem_t sem;
    struct timespec then = deadline();
    sem_init(&sem, 0, 0);
    sem_timedwait(&sem, &then);
}

static void timed_poll(void)
{
    poll(NULL, 0, 700);
}

static void timed_select(void)
{
    struct timeval limit = {0, 700000};
    select(0, NULL, NULL, NULL, &limit);
}

static void timer_descriptor(void)
{
    uint64_t times;
    const struct itimerspec once = {.it_value = while_};
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(fd, 0, &once, NULL);
    (void)!read(fd, &times, sizeof times);
}

static void polled_timer(void)
{
    int ends[2];
    const struct itimerspec once = {.it_value = while_};
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    (void)!pipe(ends);
    struct pollfd polled[] = {{.fd = ends[0], .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    timerfd_settime(fd, 0, &once, NULL);
    poll(polled, 2, -1);
}

static void on_alarm(int number)
{
    (void)number;
}

static void interval_timer(void)
{
    struct sigaction action = {.sa_handler = on_alarm};
    const struct itimerval once = {.it_value = {0, 700000}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &once, NULL);
    pause();
}

static void awaited_alarm(void)
{
    sigset_t set;
    int number;
    const struct itimerval once = {.it_value = {0, 700000}};
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    setitimer(ITIMER_REAL, &once, NULL);
    sigwait(&set, &number);
}

static void posix_timer(void)
{
    sigset_t set;
    int number;
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    const struct itimerspec once = {.it_value = while_};
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &once, NULL);
    sigwait(&set, &number);
}

static void socket_limit(void)
{
    int ends[2];
    char byte;
    const struct timeval limit = {0, 700000};
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)!read(ends[0], &byte, 1);
}

/* Nobody sends, but anybody could: a second thread ends it. */
static void *send_later(void *arg)
{
    nanosleep(&while_, NULL);
    shutdown(*(int *)arg, SHUT_RDWR);
    return NULL;
}

static void internet_socket(void)
{
    char byte;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    pthread_t thread;
    (void)bind(fd, (struct sockaddr *)&any, sizeof any);
    pthread_create(&thread, NULL, send_later, &fd);
    (void)!recv(fd, &byte, 1, 0);
    pthread_join(thread, NULL);
}

static void sleeping_child(void)
{
    if (fork() == 0) {
        nanosleep(&while_, NULL);
        _exit(0);
    }
    wait(NULL);
}

/* The lock "lock" of its working directory is held by someone else, who lets go in the end. */
static void foreign_lock(void)
{
    int fd = open("lock", O_RDWR);
    flock(fd, LOCK_EX);
}

static void stopped(void)
{
    raise(SIGSTOP);
}

static const struct {
    const char *name;
    void (*run)(void);
} ways[] = {
    {"sleep", sleeping},
    {"join", joining},
    {"compute", computing},
    {"condition", timed_condition},
    {"semaphore", timed_semaphore},
    {"poll", timed_poll},
    {"select", timed_select},
    {"timerfd", timer_descriptor},
    {"polltimer", polled_timer},
    {"itimer", interval_timer},
    {"sigwait", awaited_alarm},
    {"timer", posix_timer},
    {"rcvtimeo", socket_limit},
    {"inet", internet_socket},
    {"child", sleeping_child},
    {"flock", foreign_lock},
    {"stopped", stopped},
};

int main(int argc, char **argv)
{
    if (argc > 2 && chdir(argv[2]) < 0)
        return 98;
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, argv[1]) == 0) {
            ways[i].run();
            return 0;
        }
    return 99;
}
