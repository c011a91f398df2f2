/*
 * server_drain_too_early: a connection is counted out of the server before its answers are billed
 *
 * Story: A register of towns answers postcodes over TCP and bills every answer. At its shutdown it
 *   takes no new connections, lets those that are open come to their end, and writes the bill.
 * Wrong: The bill lacks the answers of every connection that was open at the shutdown. Connections
 *   that the customers closed before are on it, so that only the books show that money is missing.
 * Why: A worker counts its connection out, lingers until the customer has closed it as well, and
 *   then adds its answers to the worker's tally. The drain ends when the last connection is counted
 *   out, and nothing orders what a worker does after that before the bill.
 * Fix: The answers are added to the tally first. Counting out comes after all that the caller of
 *   the drain relies on.
 * Roadmap: threads, Condition, server, races
 * CWE: CWE-696 Incorrect Behavior Order; CWE-366 Race Condition within a Thread
 * CERT: CON43-C
 * Size: large
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A question and its answer are a record each: a text, filled up with zeros. */
enum { WORKERS = 3, CUSTOMERS = WORKERS, TOWNS = 4, RECORD = 16, LINGER_SECONDS = 30 };

static const struct {
    char code[RECORD], name[RECORD];
} town[TOWNS] = {{"53111", "Bonn"}, {"99423", "Weimar"}, {"18055", "Rostock"}, {"39288", "Burg"}};

struct worker {
    struct server *server;
    pthread_t thread;
    long answered; /* the worker's own, so that answering takes no lock; billed after the drain */
};

struct server {
    struct sockaddr_in address;
    int listener;
    int stop[2]; /* a pipe without data: its writing end is closed to wake everyone */
    struct worker worker[WORKERS];
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t drained;
    int open; /* connections that are not counted out */
    bool stopping;
};

struct customer {
    struct sockaddr_in address;
    pthread_t thread;
    int answered;
    bool ended_well;
};

/* Each is for the customers and main. */
static pthread_barrier_t all_served, closing_time;

static void check(bool success, const char *what)
{
    if (!success) {
        perror(what);
        exit(EXIT_FAILURE);
    }
}

static void spawn(pthread_t *thread, void *(*run)(void *), void *arg)
{
    errno = pthread_create(thread, NULL, run, arg);
    check(errno == 0, "pthread_create");
}

/* Waits for something to read or to accept. False where there is nothing and `stop` has hung up. */
static bool wait_for_input(int fd, int stop)
{
    struct pollfd ready[] = {{.fd = fd, .events = POLLIN}, {.fd = stop}};

    while (poll(ready, 2, -1) < 0)
        check(errno == EINTR, "poll");
    return ready[0].revents != 0;
}

/* RECORD; 0 at the end, which a hang-up of `stop` is as well; or a negative errno. */
static int read_record(int fd, int stop, char *record)
{
    size_t done = 0;

    while (done < RECORD) {
        if (!wait_for_input(fd, stop))
            return 0;
        ssize_t received = recv(fd, record + done, RECORD - done, 0);
        if (received == 0)
            return 0;
        if (received > 0)
            done += (size_t)received;
        else if (errno != EINTR)
            return -errno;
    }
    return RECORD;
}

static int write_record(int fd, const char *record)
{
    size_t done = 0;

    while (done < RECORD) {
        ssize_t sent = send(fd, record + done, RECORD - done, MSG_NOSIGNAL);
        if (sent >= 0)
            done += (size_t)sent;
        else if (errno != EINTR)
            return -errno;
    }
    return RECORD;
}

/* Closing a socket with unread data resets the connection, and a reset can overtake the answers
 * before it. So only sending ends here, and the rest when the customer has closed, too. */
static void close_lingering(int fd)
{
    const struct timeval limit = {.tv_sec = LINGER_SECONDS};
    char rest[RECORD];
    ssize_t received;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    shutdown(fd, SHUT_WR);
    do
        received = recv(fd, rest, sizeof(rest), 0);
    while (received > 0 || (received < 0 && errno == EINTR));
    close(fd);
}

/* A new connection, counted in; or a negative errno, -ESHUTDOWN when the server is stopping. With
 * the lock held, or the drain could end between the two steps; accept4() does not block. */
static int server_enter(struct server *server)
{
    int fd = -ESHUTDOWN;

    pthread_mutex_lock(&server->lock);
    if (!server->stopping) {
        fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            server->open++;
        else
            fd = -errno;
    }
    pthread_mutex_unlock(&server->lock);
    return fd;
}

static void server_leave(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    if (--server->open == 0)
        pthread_cond_signal(&server->drained);
    pthread_mutex_unlock(&server->lock);
}

static const char *name_of(const char *code)
{
    static const char unknown[RECORD] = "?";

    for (int i = 0; i < TOWNS; i++)
        if (memcmp(town[i].code, code, RECORD) == 0)
            return town[i].name;
    return unknown;
}

static void serve(struct worker *worker, int fd)
{
    char code[RECORD];
    long answered = 0;

    while (read_record(fd, worker->server->stop[0], code) > 0 &&
           write_record(fd, name_of(code)) > 0)
        answered++;
    worker->answered += answered; /* bug: race(answered) */
    server_leave(worker->server);
    close_lingering(fd);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct server *server = worker->server;

    for (;;) {
        wait_for_input(server->listener, server->stop[0]);
        int fd = server_enter(server);
        if (fd == -ESHUTDOWN)
            return NULL;
        if (fd >= 0) {
            serve(worker, fd);
        } else { /* another worker was quicker, or the customer has gone already */
            errno = -fd;
            check(errno == EAGAIN || errno == EINTR || errno == ECONNABORTED, "accept4");
        }
    }
}

static void server_start(struct server *server)
{
    struct sockaddr *address = (struct sockaddr *)&server->address;
    socklen_t size = sizeof(server->address);
    int on = 1;

    server->address.sin_family = AF_INET;
    server->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    check(server->listener >= 0, "socket");
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    check(bind(server->listener, address, size) == 0, "bind");
    check(getsockname(server->listener, address, &size) == 0, "getsockname");
    check(listen(server->listener, SOMAXCONN) == 0, "listen");
    check(pipe2(server->stop, O_CLOEXEC) == 0, "pipe2");
    for (int i = 0; i < WORKERS; i++) {
        server->worker[i].server = server;
        spawn(&server->worker[i].thread, work, &server->worker[i]);
    }
}

/* Returns when all connections are counted out. What has arrived before is still answered; a
 * customer who never stops asking is for the caller to deal with. */
static void server_drain(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    close(server->stop[1]);
    while (server->open > 0)
        pthread_cond_wait(&server->drained, &server->lock);
    pthread_mutex_unlock(&server->lock);
}

static void server_release(struct server *server)
{
    for (int i = 0; i < WORKERS; i++)
        pthread_join(server->worker[i].thread, NULL);
    close(server->listener);
    close(server->stop[0]);
}

static int dial(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof(int);

    check(fd >= 0, "socket");
    if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
        check(errno == EINTR, "connect"); /* which goes on by itself then */
        struct pollfd connected = {.fd = fd, .events = POLLOUT};
        while (poll(&connected, 1, -1) < 0)
            check(errno == EINTR, "poll");
        check(getsockopt(fd, SOL_SOCKET, SO_ERROR, &errno, &size) == 0 && errno == 0, "connect");
    }
    return fd;
}

static bool ask(int fd, int number)
{
    char name[RECORD];

    return write_record(fd, town[number].code) > 0 && read_record(fd, -1, name) > 0 &&
           memcmp(name, town[number].name, RECORD) == 0;
}

static void *be_customer(void *arg)
{
    struct customer *customer = arg;
    char nothing[RECORD];

    int fd = dial(&customer->address);
    customer->answered += ask(fd, 0);
    close(fd);

    fd = dial(&customer->address);
    for (int i = 0; i < TOWNS; i++)
        customer->answered += ask(fd, i);
    /* The connection is kept for more questions, and looked at next when the customer leaves. */
    pthread_barrier_wait(&all_served);
    pthread_barrier_wait(&closing_time);
    customer->ended_well = read_record(fd, -1, nothing) == 0;
    close(fd);
    return NULL;
}

int main(void)
{
    static struct server server = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                   .drained = PTHREAD_COND_INITIALIZER};
    struct customer customer[CUSTOMERS] = {0};
    long billed = 0, answered = 0;

    pthread_barrier_init(&all_served, NULL, CUSTOMERS + 1);
    pthread_barrier_init(&closing_time, NULL, CUSTOMERS + 1);
    server_start(&server);
    for (int i = 0; i < CUSTOMERS; i++) {
        customer[i].address = server.address;
        spawn(&customer[i].thread, be_customer, &customer[i]);
    }
    pthread_barrier_wait(&all_served);

    server_drain(&server);
    for (int i = 0; i < WORKERS; i++)
        billed += server.worker[i].answered; /* bug: race(answered) */

    pthread_barrier_wait(&closing_time);
    for (int i = 0; i < CUSTOMERS; i++) {
        pthread_join(customer[i].thread, NULL);
        assert(customer[i].ended_well);
        answered += customer[i].answered;
    }
    server_release(&server);
    pthread_barrier_destroy(&closing_time);
    pthread_barrier_destroy(&all_served);

    printf("%ld answers, %ld of them billed\n", answered, billed);
    assert(answered == CUSTOMERS * (1 + TOWNS));
    assert(billed == answered); /* bug: wrong-result(billed) */
    return 0;
}
