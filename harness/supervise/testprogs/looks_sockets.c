/* Waits on sockets whose other end is a live process of the program, or may be anybody. */
#include "looks.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listener;
static int pair[2];
static struct sockaddr_storage address;
static socklen_t address_length;

/* Listens at an address that the system chooses. */
static void listen_at(int family)
{
    struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct sockaddr_un any = {.sun_family = AF_UNIX};
    listener = socket(family, SOCK_STREAM, 0);
    if (family == AF_INET)
        MUST(bind(listener, (struct sockaddr *)&loopback, sizeof loopback) == 0);
    else
        MUST(bind(listener, (const struct sockaddr *)&any, sizeof any.sun_family) == 0);
    MUST(listen(listener, 1) == 0);
    address_length = sizeof address;
    MUST(getsockname(listener, (struct sockaddr *)&address, &address_length) == 0);
}

static int connect_there(void)
{
    int fd = socket(address.ss_family, SOCK_STREAM, 0);
    MUST(connect(fd, (struct sockaddr *)&address, address_length) == 0);
    return fd;
}

static void answer_late(void)
{
    int fd = accept(listener, NULL, NULL);
    compute();
    MUST(write(fd, "x", 1) == 1);
}

static void read_answer(int family)
{
    char byte;
    listen_at(family);
    pid_t child = start_child(answer_late);
    int fd = connect_there();
    MUST(read(fd, &byte, 1) == 1);
    reap_child(child);
}

static void tcp_read(void)
{
    read_answer(AF_INET);
}

static void unix_read(void)
{
    read_answer(AF_UNIX);
}

static void poll_answer(int family)
{
    listen_at(family);
    pid_t child = start_child(answer_late);
    struct pollfd polled = {.fd = connect_there(), .events = POLLIN};
    MUST(poll(&polled, 1, -1) == 1);
    reap_child(child);
}

static void tcp_poll(void)
{
    poll_answer(AF_INET);
}

static void unix_poll(void)
{
    poll_answer(AF_UNIX);
}

static void call_late(void)
{
    compute();
    close(connect_there());
}

static void accept_call(int family)
{
    listen_at(family);
    pid_t child = start_child(call_late);
    MUST(accept(listener, NULL, NULL) >= 0);
    reap_child(child);
}

static void tcp_accept(void)
{
    accept_call(AF_INET);
}

static void unix_accept(void)
{
    accept_call(AF_UNIX);
}

static void send_late(void)
{
    compute();
    MUST(send(pair[1], "x", 1, 0) == 1);
}

static void receive(int type)
{
    char byte;
    MUST(socketpair(AF_UNIX, type, 0, pair) == 0);
    pid_t child = start_child(send_late);
    MUST(recv(pair[0], &byte, 1, 0) == 1);
    reap_child(child);
}

static void unix_pair(void)
{
    receive(SOCK_STREAM);
}

static void unix_datagram(void)
{
    receive(SOCK_DGRAM);
}

static void take_slowly(void)
{
    char piece[4096];
    close(pair[1]);
    while (recv(pair[0], piece, sizeof piece, 0) > 0)
        usleep(20000);
}

static void unix_full(void)
{
    static const char piece[4096];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    int least = 1;
    setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
    pid_t child = start_child(take_slowly);
    close(pair[0]);
    for (int i = 0; i < 25; i++)
        MUST(send(pair[1], piece, sizeof piece, 0) == sizeof piece);
    close(pair[1]);
    reap_child(child);
}

static void *shut_late(void *arg)
{
    rest();
    shutdown(*(int *)arg, SHUT_RDWR);
    return NULL;
}

/* Nobody sends, but anybody could: a second thread ends it. */
static void internet_socket(void)
{
    char byte;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    pthread_t thread;
    MUST(bind(fd, (struct sockaddr *)&any, sizeof any) == 0);
    pthread_create(&thread, NULL, shut_late, &fd);
    MUST(recv(fd, &byte, 1, 0) == 0);
    pthread_join(thread, NULL);
}

const struct look looks_sockets[] = {
    {"tcp", tcp_read},
    {"tcp_poll", tcp_poll},
    {"tcp_accept", tcp_accept},
    {"unix", unix_read},
    {"unix_poll", unix_poll},
    {"unix_accept", unix_accept},
    {"unix_pair", unix_pair},
    {"unix_datagram", unix_datagram},
    {"unix_full", unix_full},
    {"inet", internet_socket},
    {0},
};
