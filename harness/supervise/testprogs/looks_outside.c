/*
 * Waits for somebody outside the program. Each has two sides, which meet in their common working
 * directory: `wake --outside WAY` prepares, says so, and gives late what `wake WAY` waits for.
 */
#include "looks.h"

#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int held;

static void open_lock(void)
{
    held = open("lock", O_RDWR | O_CREAT, 0600);
    MUST(held >= 0);
}

static void take_flock(void)
{
    MUST(flock(held, LOCK_EX) == 0);
}

static void hold_flock(void)
{
    open_lock();
    take_flock();
}

/* Who took the lock has ended, and this process has it by the descriptor. */
static void inherit_flock(void)
{
    open_lock();
    reap_child(start_child(take_flock));
}

static void wait_for_flock(void)
{
    open_lock();
    take_flock();
}

static void take_description_lock(void)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    open_lock();
    MUST(fcntl(held, F_OFD_SETLKW, &whole) == 0);
}

static void let_go(void)
{
    close(held);
}

static void open_fifo(void)
{
    MUST(mkfifo("fifo", 0600) == 0);
    held = open("fifo", O_RDWR);
}

static void write_byte(void)
{
    MUST(write(held, "x", 1) == 1);
}

static void read_fifo(void)
{
    char byte;
    int fd = open("fifo", O_RDONLY);
    MUST(fd >= 0 && read(fd, &byte, 1) == 1);
}

static const struct sockaddr_un there = {.sun_family = AF_UNIX, .sun_path = "socket"};
static const struct sockaddr_un here = {.sun_family = AF_UNIX, .sun_path = "waiting"};

static int bound(int type, const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, type, 0);
    MUST(bind(fd, (const struct sockaddr *)address, sizeof *address) == 0);
    return fd;
}

static int connected(int type, const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, type, 0);
    MUST(connect(fd, (const struct sockaddr *)address, sizeof *address) == 0);
    return fd;
}

static void listen_held(void)
{
    MUST(listen(held, 0) == 0);
}

static void serve(void)
{
    held = bound(SOCK_STREAM, &there);
    listen_held();
}

/* Who called listen() has ended, as the parent of a daemon has. */
static void serve_as_daemon(void)
{
    held = bound(SOCK_STREAM, &there);
    reap_child(start_child(listen_held));
}

static void answer(void)
{
    int fd = accept(held, NULL, NULL);
    MUST(fd >= 0 && write(fd, "x", 1) == 1);
}

static void ask(void)
{
    char byte;
    MUST(read(connected(SOCK_STREAM, &there), &byte, 1) == 1);
}

enum { CALLS = 4 };

static void take_calls(void)
{
    for (int i = 0; i < CALLS; i++)
        MUST(accept(held, NULL, NULL) >= 0);
}

/* While the queue of calls is full, no further one gets through. */
static void call_often(void)
{
    for (int i = 0; i < CALLS; i++)
        (void)connected(SOCK_STREAM, &there);
}

static void nothing(void)
{
}

static void call(void)
{
    (void)connected(SOCK_STREAM, &here);
}

static void wait_for_call(void)
{
    int fd = bound(SOCK_STREAM, &here);
    MUST(listen(fd, 1) == 0 && accept(fd, NULL, NULL) >= 0);
}

static void send_datagram(void)
{
    MUST(send(connected(SOCK_DGRAM, &here), "x", 1, 0) == 1);
}

static void receive_datagram(void)
{
    char byte;
    MUST(recv(bound(SOCK_DGRAM, &here), &byte, 1, 0) == 1);
}

enum { DATAGRAMS = 1000 };

static void bind_datagrams(void)
{
    held = bound(SOCK_DGRAM, &there);
}

static void take_datagrams(void)
{
    char byte;
    for (int i = 0; i < DATAGRAMS; i++)
        MUST(recv(held, &byte, 1, 0) == 1);
}

/* More than the other has room for. */
static void send_datagrams(void)
{
    int fd = connected(SOCK_DGRAM, &there);
    for (int i = 0; i < DATAGRAMS; i++)
        MUST(send(fd, "x", 1, 0) == 1);
}

static sem_t *map_semaphore(void)
{
    int fd = open("shared", O_RDWR | O_CREAT, 0600);
    MUST(ftruncate(fd, sizeof(sem_t)) == 0);
    sem_t *sem = mmap(NULL, sizeof *sem, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    MUST(sem != MAP_FAILED);
    close(fd);
    return sem;
}

static sem_t *shared;

static void share_semaphore(void)
{
    shared = map_semaphore();
    sem_init(shared, 1, 0);
}

static void post(void)
{
    sem_post(shared);
}

static void wait_for_post(void)
{
    MUST(sem_wait(map_semaphore()) == 0);
}

static void make_set(void)
{
    held = semget(ftok(".", 1), 1, IPC_CREAT | IPC_EXCL | 0600);
    MUST(held >= 0);
}

/* Gives, and removes the set when that was taken. */
static void give_to_set(void)
{
    struct sembuf give = {.sem_num = 0, .sem_op = 1};
    struct sembuf taken = {.sem_num = 0, .sem_op = 0};
    MUST(semop(held, &give, 1) == 0 && semop(held, &taken, 1) == 0);
    semctl(held, 0, IPC_RMID);
}

static void take_from_set(void)
{
    struct sembuf take = {.sem_num = 0, .sem_op = -1};
    int set = semget(ftok(".", 1), 1, 0600);
    MUST(set >= 0 && semop(set, &take, 1) == 0);
}

struct message {
    long type;
    char text[8];
};

static void make_queue(void)
{
    held = msgget(ftok(".", 1), IPC_CREAT | IPC_EXCL | 0600);
    MUST(held >= 0);
}

/* Removed only when the message was taken and answered. */
static void send_message(void)
{
    struct message message = {.type = 1};
    MUST(msgsnd(held, &message, sizeof message.text, 0) == 0);
    MUST(msgrcv(held, &message, sizeof message.text, 2, 0) >= 0);
    msgctl(held, IPC_RMID, NULL);
}

static void receive_message(void)
{
    struct message message;
    int queue = msgget(ftok(".", 1), 0600);
    MUST(queue >= 0 && msgrcv(queue, &message, sizeof message.text, 1, 0) >= 0);
    message.type = 2;
    MUST(msgsnd(queue, &message, sizeof message.text, 0) == 0);
}

/* Named like the working directory. */
static mqd_t open_mq(int flags)
{
    char path[256];
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 16};
    MUST(getcwd(path, sizeof path) != NULL);
    mqd_t queue = mq_open(strrchr(path, '/'), O_RDWR | flags, 0600, &attributes);
    MUST(queue >= 0);
    return queue;
}

static void make_mq(void)
{
    held = open_mq(O_CREAT | O_EXCL);
}

static void send_mq(void)
{
    char path[256];
    MUST(mq_send(held, "x", 1, 0) == 0);
    MUST(getcwd(path, sizeof path) != NULL && mq_unlink(strrchr(path, '/')) == 0);
}

static void receive_mq(void)
{
    char text[16];
    MUST(mq_receive(open_mq(0), text, sizeof text, NULL) == 1);
}

static void stop(void)
{
    raise(SIGSTOP);
}

const struct outside_look looks_outside[] = {
    {"flock", hold_flock, let_go, wait_for_flock},
    {"flock_inherited", inherit_flock, let_go, wait_for_flock},
    {"ofd_lock", take_description_lock, let_go, take_description_lock},
    {"fifo_written", open_fifo, write_byte, read_fifo},
    {"answer", serve, answer, ask},
    {"answer_of_daemon", serve_as_daemon, answer, ask},
    {"connect", serve, take_calls, call_often},
    {"accept", nothing, call, wait_for_call},
    {"datagram", nothing, send_datagram, receive_datagram},
    {"datagrams_full", bind_datagrams, take_datagrams, send_datagrams},
    {"semaphore_in_file", share_semaphore, post, wait_for_post},
    {"semaphore_set", make_set, give_to_set, take_from_set},
    {"message", make_queue, send_message, receive_message},
    {"message_posix", make_mq, send_mq, receive_mq},
    {"stopped", nothing, nothing, stop},
    {0},
};
