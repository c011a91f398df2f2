/* Threads that wait for each other by descriptors. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "ways.h"

static int fds[2], back[2];

static void *produce(void *unused)
{
    for (char i = 1; i <= 5; i++)
        CHECK(write(fds[1], &i, 1) == 1);
    CHECK(close(fds[1]) == 0);
    return unused;
}

static int consume(void)
{
    int sum = 0;
    char byte;
    ssize_t got;
    while ((got = read(fds[0], &byte, 1)) == 1)
        sum += byte;
    CHECK(got == 0);
    return sum;
}

/* To the end of the file. */
static int through_pipe(void)
{
    CHECK(pipe(fds) == 0);
    pthread_t thread = make(produce, NULL);
    int sum = consume();
    join(thread);
    return sum;
}

static int through_copies(void)
{
    CHECK(pipe2(fds, O_CLOEXEC) == 0);
    int copy = dup(fds[0]);
    CHECK(copy >= 0 && dup2(copy, 100) == 100);
    CHECK(fcntl(copy, F_DUPFD, 200) == 200);
    close(fds[0]);
    close(copy);
    close(100);
    fds[0] = 200;
    pthread_t thread = make(produce, NULL);
    int sum = consume();
    join(thread);
    return sum;
}

static void *answer(void *unused)
{
    char byte;
    CHECK(read(back[0], &byte, 1) == 1);
    CHECK(write(fds[1], &byte, 1) == 1);
    return unused;
}

/* Each reads first what the other is to write then. */
static int deadlock(void)
{
    char byte;
    CHECK(pipe(fds) == 0 && pipe(back) == 0);
    pthread_t thread = make(answer, NULL);
    CHECK(read(fds[0], &byte, 1) == 1);
    CHECK(write(back[1], &byte, 1) == 1);
    join(thread);
    return 0;
}

/* Nobody reads, and the pipe is full. */
static int full(void)
{
    static char bytes[1 << 20];
    CHECK(pipe(fds) == 0);
    CHECK(write(fds[1], bytes, sizeof bytes) > 0);
    return 0;
}

enum { BIG = 200000 };

static void *send_big(void *unused)
{
    char *bytes = malloc(BIG);
    for (int i = 0; i < BIG; i++)
        bytes[i] = (char)(i % 251);
    CHECK(write(fds[1], bytes, BIG) == BIG);
    struct iovec parts[] = {{bytes, BIG / 2}, {bytes + BIG / 2, BIG / 2}};
    CHECK(writev(fds[1], parts, 2) == BIG);
    free(bytes);
    CHECK(close(fds[1]) == 0);
    return unused;
}

static int take_big(void)
{
    unsigned char bytes[3000];
    int at = 0;
    ssize_t got;
    pthread_t thread = make(send_big, NULL);
    while ((got = read(fds[0], bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < got; i++)
            CHECK(bytes[i] == at++ % BIG % 251);
    join(thread);
    CHECK(at == 2 * BIG);
    return 0;
}

static int big_pipe(void)
{
    CHECK(pipe(fds) == 0);
    return take_big();
}

static int big_socket(void)
{
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    return take_big();
}

static void *write_records(void *letter)
{
    char record[PIPE_BUF];
    memset(record, (int)(intptr_t)letter, sizeof record);
    for (int i = 0; i < 6; i++)
        CHECK(write(fds[1], record, sizeof record) == sizeof record);
    return NULL;
}

/* Records of PIPE_BUF bytes are not torn. */
static int records(void)
{
    char record[PIPE_BUF];
    CHECK(pipe(fds) == 0 && fcntl(fds[1], F_SETPIPE_SZ, 2 * PIPE_BUF) > 0);
    pthread_t a = make(write_records, (void *)'a');
    pthread_t b = make(write_records, (void *)'b');
    for (int i = 0; i < 12; i++) {
        CHECK(read(fds[0], record, sizeof record) == sizeof record);
        CHECK(memchr(record, record[0] == 'a' ? 'b' : 'a', sizeof record) == NULL);
    }
    join(a);
    join(b);
    return 0;
}

static void *write_one(void *unused)
{
    CHECK(write(fds[1], "x", 1) == 1);
    return unused;
}

/* The number of ready descriptors. */
static int ask_poll(void)
{
    struct pollfd ask = {.fd = fds[0], .events = POLLIN};
    return poll(&ask, 1, 1000);
}

static int ask_ppoll(void)
{
    struct pollfd ask = {.fd = fds[0], .events = POLLIN};
    return ppoll(&ask, 1, &(struct timespec){1, 0}, NULL);
}

static int ask_select(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fds[0], &set);
    return select(fds[0] + 1, &set, NULL, NULL, &(struct timeval){1, 0});
}

static int ask_pselect(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fds[0], &set);
    return pselect(fds[0] + 1, &set, NULL, NULL, &(struct timespec){1, 0}, NULL);
}

static int ask_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int epoll = epoll_create1(0);
    CHECK(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fds[0], &event) == 0);
    return epoll_wait(epoll, &event, 1, 1000);
}

static int timed(int (*ask)(void))
{
    CHECK(pipe(fds) == 0);
    pthread_t thread = make(write_one, NULL);
    int ready = ask();
    CHECK(ready == 0 || ready == 1);
    join(thread);
    return ready;
}

static int timed_poll(void)
{
    return timed(ask_poll);
}

static int timed_ppoll(void)
{
    return timed(ask_ppoll);
}

static int timed_select(void)
{
    return timed(ask_select);
}

static int timed_pselect(void)
{
    return timed(ask_pselect);
}

static int timed_epoll(void)
{
    return timed(ask_epoll);
}

/* No time limit, and nobody writes. */
static int poll_for_ever(void)
{
    struct pollfd ask = {.events = POLLIN};
    CHECK(pipe(fds) == 0);
    ask.fd = fds[0];
    return poll(&ask, 1, -1);
}

static int nonblocking(void)
{
    char byte;
    CHECK(pipe2(fds, O_NONBLOCK) == 0);
    pthread_t thread = make(write_one, NULL);
    while (read(fds[0], &byte, 1) < 0)
        CHECK(errno == EAGAIN);
    join(thread);
    return 0;
}

static void *add(void *unused)
{
    CHECK(eventfd_write(fds[0], 3) == 0);
    return unused;
}

static int event(void)
{
    eventfd_t value;
    fds[0] = eventfd(0, 0);
    pthread_t thread = make(add, NULL);
    CHECK(eventfd_read(fds[0], &value) == 0);
    join(thread);
    return (int)value;
}

static union {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_un un;
} address;
static socklen_t address_size;
static int listener;

static void *client(void *letter)
{
    char bytes[4] = {(char)(intptr_t)letter, 'x', 'y', 'z'};
    char echoed[4];
    int fd = socket(address.any.sa_family, SOCK_STREAM, 0);
    CHECK(connect(fd, &address.any, address_size) == 0);
    CHECK(send(fd, bytes, 4, MSG_NOSIGNAL) == 4);
    CHECK(recv(fd, echoed, 4, MSG_WAITALL) == 4);
    CHECK(memcmp(bytes, echoed, 4) == 0);
    close(fd);
    return NULL;
}

static void serve(char *letter)
{
    char byte;
    int fd = accept(listener, NULL, NULL);
    CHECK(fd >= 0);
    for (int i = 0; recv(fd, &byte, 1, 0) == 1; i++) {
        if (i == 0)
            *letter = byte;
        CHECK(send(fd, &byte, 1, 0) == 1);
    }
    close(fd);
}

/* Which of two clients is served first. */
static int server(void)
{
    char letter = 0;
    char unused = 0;
    address_size = sizeof address;
    CHECK(getsockname(listener, &address.any, &address_size) == 0);
    CHECK(listen(listener, 5) == 0);
    pthread_t a = make(client, (void *)(intptr_t)1);
    pthread_t b = make(client, (void *)(intptr_t)2);
    serve(&letter);
    serve(&unused);
    join(a);
    join(b);
    return letter;
}

static int tcp(void)
{
    address.in = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(listener, &address.any, sizeof address.in) == 0);
    return server();
}

static int local(void)
{
    address.un = (struct sockaddr_un){.sun_family = AF_UNIX};
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(listener, &address.any, sizeof(sa_family_t)) == 0); /* a name is made up */
    return server();
}

/* Connected to each other, and both wait. */
static int local_deadlock(void)
{
    char byte;
    address.un = (struct sockaddr_un){.sun_family = AF_UNIX};
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(listener, &address.any, sizeof(sa_family_t)) == 0);
    address_size = sizeof address;
    CHECK(getsockname(listener, &address.any, &address_size) == 0);
    CHECK(listen(listener, 5) == 0);
    pthread_t thread = make(client, NULL);
    int fd = accept(listener, NULL, NULL);
    CHECK(recv(fd, &byte, 1, 0) == 1 && recv(fd, &byte, 1, 0) == 1);
    CHECK(recv(fd, &byte, 1, 0) == 1 && recv(fd, &byte, 1, 0) == 1);
    CHECK(recv(fd, &byte, 1, 0) == 1);
    join(thread);
    return 0;
}

static void *work(void *unused)
{
    for (int i = 0; i < 20; i++)
        sched_yield();
    return unused;
}

static int terminal_master;

static void *type(void *unused)
{
    work(NULL);
    CHECK(write(terminal_master, "x\n", 2) == 2);
    return unused;
}

/* A terminal's other end is somebody's: here another thread's, which the runtime does not know. */
static int terminal(void)
{
    char bytes[8];
    terminal_master = posix_openpt(O_RDWR | O_NOCTTY);
    CHECK(terminal_master >= 0 && grantpt(terminal_master) == 0 && unlockpt(terminal_master) == 0);
    int slave = open(ptsname(terminal_master), O_RDWR | O_NOCTTY);
    CHECK(slave >= 0 && dup2(slave, 0) == 0);
    pthread_t thread = make(type, NULL);
    CHECK(read(0, bytes, sizeof bytes) == 2);
    join(thread);
    return 0;
}

/* Another process writes, in its own time. */
static int outside(void)
{
    char bytes[8];
    FILE *child = popen("sleep 0.02; echo x", "r");
    pthread_t thread = make(work, NULL);
    CHECK(read(fileno(child), bytes, sizeof bytes) == 2);
    join(thread);
    CHECK(pclose(child) == 0);
    return 0;
}

/* By stdio, of which the runtime sees nothing but that it reads. */
static void *print(void *unused)
{
    FILE *stream = fdopen(fds[1], "w");
    fputs("one\ntwo\n", stream);
    fclose(stream);
    return unused;
}

static int lines(void)
{
    char line[8];
    int count = 0;
    CHECK(pipe(fds) == 0);
    FILE *stream = fdopen(fds[0], "r");
    pthread_t thread = make(print, NULL);
    while (fgets(line, sizeof line, stream))
        count++;
    join(thread);
    fclose(stream);
    return count;
}

int main(int count, char **arguments)
{
    static const struct way ways[] = {{"pipe", through_pipe},
                                      {"copies", through_copies},
                                      {"deadlock", deadlock},
                                      {"full", full},
                                      {"big-pipe", big_pipe},
                                      {"big-socket", big_socket},
                                      {"records", records},
                                      {"poll", timed_poll},
                                      {"ppoll", timed_ppoll},
                                      {"select", timed_select},
                                      {"pselect", timed_pselect},
                                      {"epoll", timed_epoll},
                                      {"poll-for-ever", poll_for_ever},
                                      {"nonblocking", nonblocking},
                                      {"event", event},
                                      {"tcp", tcp},
                                      {"local", local},
                                      {"local-deadlock", local_deadlock},
                                      {"terminal", terminal},
                                      {"outside", outside},
                                      {"lines", lines},
                                      {NULL, NULL}};
    return count == 2 ? go(ways, arguments[1]) : 254;
}
