/* Waits for something that processes share, and that another process of the program gives late. */
#include "looks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
    _Atomic uint32_t word;
    pthread_mutex_t mutex;
    sem_t sem;
} * shared;

static void share(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    MUST(shared != MAP_FAILED);
}

static void wake_late(void)
{
    compute();
    shared->word = 1;
    syscall(SYS_futex, &shared->word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void shared_futex(void)
{
    share();
    pid_t child = start_child(wake_late);
    while (shared->word == 0)
        syscall(SYS_futex, &shared->word, FUTEX_WAIT, 0, NULL, NULL, 0);
    reap_child(child);
}

static void post_late(void)
{
    compute();
    sem_post(&shared->sem);
}

static void shared_semaphore(void)
{
    share();
    sem_init(&shared->sem, 1, 0);
    pid_t child = start_child(post_late);
    MUST(sem_wait(&shared->sem) == 0);
    reap_child(child);
}

static void lock_and_die(void)
{
    pthread_mutex_lock(&shared->mutex);
    sem_post(&shared->sem);
    rest();
}

/* The kernel gives a robust mutex on when its holder dies. */
static void robust_mutex(void)
{
    pthread_mutexattr_t attributes;
    share();
    sem_init(&shared->sem, 1, 0);
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->mutex, &attributes);
    pid_t child = start_child(lock_and_die);
    MUST(sem_wait(&shared->sem) == 0);
    MUST(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD);
    reap_child(child);
}

static sem_t *named;

static void post_named_late(void)
{
    compute();
    sem_post(named);
}

static void named_semaphore(void)
{
    char name[32];
    snprintf(name, sizeof name, "/wake-%d", getpid());
    named = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
    MUST(named != SEM_FAILED);
    sem_unlink(name);
    pid_t child = start_child(post_named_late);
    MUST(sem_wait(named) == 0);
    reap_child(child);
}

static mqd_t posix_queue;

static void send_posix_late(void)
{
    compute();
    MUST(mq_send(posix_queue, "x", 1, 0) == 0);
}

static void posix_message(void)
{
    char name[32];
    char text[16];
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = sizeof text};
    snprintf(name, sizeof name, "/wake-%d", getpid());
    posix_queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    MUST(posix_queue >= 0);
    mq_unlink(name);
    pid_t child = start_child(send_posix_late);
    MUST(mq_receive(posix_queue, text, sizeof text, NULL) == 1);
    reap_child(child);
}

static int set;

static void give_late(void)
{
    struct sembuf give = {.sem_num = 0, .sem_op = 1};
    compute();
    MUST(semop(set, &give, 1) == 0);
}

static void semaphore_set(void)
{
    struct sembuf take = {.sem_num = 0, .sem_op = -1};
    set = semget(IPC_PRIVATE, 1, 0600);
    MUST(set >= 0);
    pid_t child = start_child(give_late);
    int rc = semop(set, &take, 1);
    semctl(set, 0, IPC_RMID);
    MUST(rc == 0);
    reap_child(child);
}

static int queue;

struct message {
    long type;
    char text[8];
};

static void send_late(void)
{
    const struct message message = {.type = 1};
    compute();
    MUST(msgsnd(queue, &message, sizeof message.text, 0) == 0);
}

static void message_queue(void)
{
    struct message message;
    queue = msgget(IPC_PRIVATE, 0600);
    MUST(queue >= 0);
    pid_t child = start_child(send_late);
    ssize_t rc = msgrcv(queue, &message, sizeof message.text, 0, 0);
    msgctl(queue, IPC_RMID, NULL);
    MUST(rc == sizeof message.text);
    reap_child(child);
}

static int file;
static int told[2];

static void lock_whole(int command)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    MUST(fcntl(file, command, &whole) == 0);
}

static int open_again(void)
{
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    int fd = open(name, O_RDWR);
    MUST(fd >= 0);
    return fd;
}

static void tell_and_rest(void)
{
    MUST(write(told[1], "x", 1) == 1);
    rest();
}

static void hold_flock(void)
{
    MUST(flock(open_again(), LOCK_EX) == 0);
    tell_and_rest();
}

static void hold_posix_lock(void)
{
    lock_whole(F_SETLKW);
    tell_and_rest();
}

static void hold_description_lock(void)
{
    file = open_again();
    lock_whole(F_OFD_SETLKW);
    tell_and_rest();
}

/* Ends, and leaves the lock with the descriptor to its own child. */
static void hold_flock_and_leave(void)
{
    MUST(flock(open_again(), LOCK_EX) == 0);
    (void)start_child(tell_and_rest);
}

static pid_t start_holder(void (*holder)(void))
{
    char byte;
    file = memfd_create("lock", 0);
    MUST(pipe(told) == 0);
    pid_t child = start_child(holder);
    MUST(read(told[0], &byte, 1) == 1);
    return child;
}

static void file_lock(void)
{
    pid_t child = start_holder(hold_flock);
    MUST(flock(file, LOCK_EX) == 0);
    reap_child(child);
}

static void file_lock_left(void)
{
    pid_t child = start_holder(hold_flock_and_leave);
    MUST(flock(file, LOCK_EX) == 0);
    reap_child(child);
}

static void posix_lock(void)
{
    pid_t child = start_holder(hold_posix_lock);
    lock_whole(F_SETLKW);
    reap_child(child);
}

static void description_lock(void)
{
    pid_t child = start_holder(hold_description_lock);
    lock_whole(F_OFD_SETLKW);
    reap_child(child);
}

const struct look looks_shared[] = {
    {"shared_futex", shared_futex}, {"shared_semaphore", shared_semaphore},
    {"robust_mutex", robust_mutex}, {"named_semaphore", named_semaphore},
    {"mq", posix_message},          {"semop", semaphore_set},
    {"msgrcv", message_queue},      {"flock_child", file_lock},
    {"flock_left", file_lock_left}, {"fcntl", posix_lock},
    {"ofd", description_lock},      {0},
};
