/* Waits that end after a time they were given. */
#include "looks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static void sleeping(void)
{
    MUST(sleep(1) == 0);
}

static void nanosleeping(void)
{
    MUST(nanosleep(&while_, NULL) == 0);
}

/* Short sleeps, one after the other. */
static void usleeping(void)
{
    for (int i = 0; i < 25; i++)
        MUST(usleep(20000) == 0);
}

/* The call that ThreadSanitizer's runtime makes in its own thread, made by the program itself. */
static void *bare_sleep(void *arg)
{
    struct timespec time = while_;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    MUST(syscall(SYS_nanosleep, &time, &time) == 0);
    return arg;
}

static void bare_sleeping(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, bare_sleep, NULL);
    pthread_join(thread, NULL);
}

static void condition_until(clockid_t clock)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never;
    pthread_condattr_t attributes;
    struct timespec then = deadline(clock);
    int rc = 0;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, clock);
    pthread_cond_init(&never, &attributes);
    pthread_mutex_lock(&mutex);
    while (rc == 0)
        rc = pthread_cond_timedwait(&never, &mutex, &then);
    MUST(rc == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
}

static void condition(void)
{
    condition_until(CLOCK_REALTIME);
}

static void monotonic_condition(void)
{
    condition_until(CLOCK_MONOTONIC);
}

static void mutex_timed(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    struct timespec then = deadline(CLOCK_REALTIME);
    pthread_mutex_lock(&mutex);
    MUST(pthread_mutex_timedlock(&mutex, &then) == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
}

static pthread_rwlock_t read_by_main = PTHREAD_RWLOCK_INITIALIZER;

static void *write_until(void *arg)
{
    struct timespec then = deadline(CLOCK_REALTIME);
    MUST(pthread_rwlock_timedwrlock(&read_by_main, &then) == ETIMEDOUT);
    return arg;
}

static void rwlock_timed(void)
{
    pthread_t thread;
    pthread_rwlock_rdlock(&read_by_main);
    pthread_create(&thread, NULL, write_until, NULL);
    pthread_join(thread, NULL);
    pthread_rwlock_unlock(&read_by_main);
}

static void semaphore_timed(void)
{
    sem_t sem;
    struct timespec then = deadline(CLOCK_REALTIME);
    sem_init(&sem, 0, 0);
    MUST(sem_timedwait(&sem, &then) < 0 && errno == ETIMEDOUT);
}

static void futex_timed(void)
{
    static uint32_t word;
    MUST(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &while_, NULL, 0) < 0 && errno == ETIMEDOUT);
}

/* The absolute time of the call that the C library makes most. */
static void futex_bitset(void)
{
    static uint32_t word;
    struct timespec then = deadline(CLOCK_MONOTONIC);
    long rc = syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 0, &then, NULL,
                      FUTEX_BITSET_MATCH_ANY);
    MUST(rc < 0 && errno == ETIMEDOUT);
}

static void poll_timed(void)
{
    int ends[2];
    MUST(pipe(ends) == 0);
    struct pollfd polled = {.fd = ends[0], .events = POLLIN};
    MUST(poll(&polled, 1, WHILE_MS) == 0);
}

static void ppoll_timed(void)
{
    MUST(ppoll(NULL, 0, &while_, NULL) == 0);
}

static void select_timed(void)
{
    int ends[2];
    fd_set set;
    struct timeval limit = {0, WHILE_MS * 1000L};
    MUST(pipe(ends) == 0);
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    MUST(select(ends[0] + 1, &set, NULL, NULL, &limit) == 0);
}

static void pselect_timed(void)
{
    MUST(pselect(0, NULL, NULL, NULL, &while_, NULL) == 0);
}

static void epoll_timed(void)
{
    struct epoll_event event;
    int fd = epoll_create1(0);
    MUST(epoll_wait(fd, &event, 1, WHILE_MS) == 0);
}

static void socket_timed(void)
{
    int ends[2];
    char byte;
    const struct timeval limit = {0, WHILE_MS * 1000L};
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    MUST(read(ends[0], &byte, 1) < 0 && errno == EAGAIN);
}

static void signal_timed(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    MUST(sigtimedwait(&set, NULL, &while_) < 0 && errno == EAGAIN);
}

static void queue_timed(void)
{
    char name[32];
    char text[16];
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = sizeof text};
    struct timespec then = deadline(CLOCK_REALTIME);
    snprintf(name, sizeof name, "/wake-%d", getpid());
    mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    MUST(queue >= 0);
    mq_unlink(name);
    MUST(mq_timedreceive(queue, text, sizeof text, NULL, &then) < 0 && errno == ETIMEDOUT);
}

static void semop_timed(void)
{
    struct sembuf take = {.sem_num = 0, .sem_op = -1};
    int set = semget(IPC_PRIVATE, 1, 0600);
    MUST(set >= 0);
    int rc = semtimedop(set, &take, 1, &while_);
    int error = errno;
    semctl(set, 0, IPC_RMID);
    MUST(rc < 0 && error == EAGAIN);
}

/*
 * A time-out that the kernel was asked for in a queue of requests, and of which it tells by an
 * eventfd. Where such queues are forbidden there is nothing to try.
 */
static void queued_timeout(void)
{
    struct io_uring_params queue = {0};
    struct __kernel_timespec time = {.tv_nsec = while_.tv_nsec};
    uint64_t value;
    int event = eventfd(0, 0);
    int ring = (int)syscall(SYS_io_uring_setup, 1, &queue);
    if (ring < 0) {
        MUST(errno == EPERM || errno == ENOSYS);
        return;
    }
    char *indices = mmap(NULL, queue.sq_off.array + sizeof(uint32_t), PROT_READ | PROT_WRITE,
                         MAP_SHARED, ring, IORING_OFF_SQ_RING);
    struct io_uring_sqe *request =
        mmap(NULL, sizeof *request, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
    MUST(indices != MAP_FAILED && request != MAP_FAILED);
    MUST(syscall(SYS_io_uring_register, ring, IORING_REGISTER_EVENTFD, &event, 1) == 0);
    request->opcode = IORING_OP_TIMEOUT;
    request->fd = -1;
    request->addr = (uint64_t)(uintptr_t)&time;
    request->len = 1;
    *(uint32_t *)(void *)(indices + queue.sq_off.array) = 0;
    __atomic_store_n((uint32_t *)(void *)(indices + queue.sq_off.tail), 1, __ATOMIC_RELEASE);
    MUST(syscall(SYS_io_uring_enter, ring, 1, 0, 0, NULL, 0) == 1);
    MUST(read(event, &value, sizeof value) == sizeof value);
}

const struct look looks_timed[] = {
    {"sleep", sleeping},
    {"nanosleep", nanosleeping},
    {"usleep", usleeping},
    {"bare_nanosleep", bare_sleeping},
    {"condition", condition},
    {"condition_monotonic", monotonic_condition},
    {"mutex_timed", mutex_timed},
    {"rwlock_timed", rwlock_timed},
    {"semaphore", semaphore_timed},
    {"futex_timed", futex_timed},
    {"futex_bitset", futex_bitset},
    {"poll", poll_timed},
    {"ppoll", ppoll_timed},
    {"select", select_timed},
    {"pselect", pselect_timed},
    {"epoll", epoll_timed},
    {"rcvtimeo", socket_timed},
    {"sigtimedwait", signal_timed},
    {"queue_timed", queue_timed},
    {"semop_timed", semop_timed},
    {"io_uring", queued_timeout},
    {0},
};
