/*
 * Why a process tree makes no headway: for each thread where it stands, what it waits for and who
 * could end that wait; and the sentences that follow. Plain data, no I/O.
 */
#ifndef RACELAB_MODEL_EXPLANATION_H
#define RACELAB_MODEL_EXPLANATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A place in code. Any part may be unknown: NULL, 0. */
struct place {
    char *function;
    char *file; /* as the debug info names it, absolute where that knows the folder */
    int line;   /* 1-based */
    char *module;
    uint64_t address;
};

enum wait_for {
    FOR_NOTHING, /* it runs */
    FOR_UNKNOWN, /* asleep, and no more can be told; see `note` */
    FOR_TIME,    /* a sleep, or any wait with a time limit that names no object below */
    FOR_MUTEX,
    FOR_READ_LOCK,
    FOR_WRITE_LOCK,
    FOR_CONDITION,
    FOR_SEMAPHORE,
    FOR_BARRIER,
    FOR_ONCE,
    FOR_JOIN,
    FOR_FUTEX,       /* a futex of no known kind */
    FOR_DATA,        /* a read, receive or accept on `fd` */
    FOR_ROOM,        /* a write or send on `fd` */
    FOR_DESCRIPTORS, /* poll, select or epoll */
    FOR_CHILD,       /* a wait for child processes */
    FOR_FILE_LOCK,
    FOR_SIGNAL, /* pause, sigsuspend, sigwait */
};
#define WAIT_FOR_COUNT 18

/* "mutex", "condition variable", "data", ... */
const char *wait_for_word(enum wait_for what);

#define NO_INDEX SIZE_MAX

/*
 * Who stands between a waiting thread and the end of its wait: the owner of a lock, the thread that
 * is joined, the child that is waited for, a process that has the other end of a pipe.
 */
struct holder {
    size_t thread;      /* index in explanation.threads; NO_INDEX where no thread can be named */
    size_t process;     /* index in explanation.processes; NO_INDEX where none of the tree */
    char *who;          /* where both are NO_INDEX: "a thread that has ended", "pid 812 (nginx)" */
    bool queued;        /* it does not hold the lock, but stands before the other in its queue: the
                           lock prefers writers */
    struct place taken; /* where it took the lock; line 0 where nobody has recorded that */
    int fd;             /* the holder's descriptor of the other end; -1: none */
};

struct waiting {
    enum wait_for what;
    char *call;      /* "pthread_mutex_lock", "read", "futex": as far as it is known */
    uint64_t object; /* address in the process; 0 where the wait has none */
    char *name;      /* of the object: "bank.accounts[1].lock", "/tmp/x", "a pipe"; NULL: unknown */
    bool limited;    /* it ends by itself after a time */
    bool certain;    /* false: told from the system call alone */
    int fd;          /* -1: none */
    long count;      /* semaphore: its value; barrier: how many have arrived; read-write lock: its
                        readers; pipe: bytes in it. -1 where unknown */
    long needed;     /* barrier: how many must arrive; pipe: its capacity; -1 */
    char *predicate; /* a condition's own, as the source has it: "queue.unfinished > 0"; or NULL */
    char *values;    /* "`queue.unfinished` is 1"; or NULL */
    char *history; /* what a recorder saw of the object: "signalled once, at 33 by thread 2, before
                        this wait"; or NULL */
    char *note;    /* what could not be told, and why; or NULL */
    struct holder *holders;
    size_t holder_count;
};

/* A lock that a thread holds, as a recorder saw it. */
struct held {
    uint64_t object;
    char *name;  /* NULL: unknown */
    bool shared; /* a read lock */
    struct place taken;
};

struct stuck_thread {
    size_t process; /* index in explanation.processes */
    pid_t tid;
    char *name;      /* as the kernel has it */
    char *label;     /* unique in the tree and the same from run to run: "main", "thread 'payer'",
                    "thread 2", "process 2", "thread 2 of process 2" */
    bool first;      /* the process's first thread */
    bool stuck;      /* it is part of what makes no headway */
    bool ready;      /* it runs or is ready to run */
    bool stopped;    /* by a signal or a debugger */
    uint64_t cpu_ms; /* processor time used in the observation of a busy program */
    struct waiting waiting;
    struct place *frames; /* innermost first */
    size_t frame_count;
    size_t own;       /* the innermost frame of the program's own code; NO_INDEX: none */
    char *stack_note; /* why the stack ends early or is missing; or NULL */
    struct held *held;
    size_t held_count;
};

struct stuck_process {
    pid_t pid;
    size_t parent; /* index; NO_INDEX: outside the tree */
    char *program; /* path of its executable */
    char *note;    /* what could not be seen of it, and why; or NULL */
};

enum stuck {
    STUCK_NOT,      /* something still runs, sleeps or may be woken */
    STUCK_PART,     /* a cycle of lock owners that nobody can break; the rest goes on */
    STUCK_BUSY,     /* livelock: processors burn, no thread gets ahead */
    STUCK_HANG,     /* every thread waits without end, and there is no cycle of holders */
    STUCK_DEADLOCK, /* every thread waits without end, and there is a cycle */
};

/* "none", "partial deadlock", "livelock", "hang", "deadlock". */
const char *stuck_word(enum stuck stuck);

struct explanation {
    enum stuck stuck;
    struct stuck_process *processes; /* in the order of their beginning */
    size_t process_count;
    struct stuck_thread *threads; /* by process, then in the order of their creation */
    size_t thread_count;
    char **sentences; /* what is most telling first */
    size_t sentence_count;
    char *trouble;    /* why nothing could be explained; or NULL */
    uint64_t took_ns; /* that it took to look and to tell */
};

/* The thread's own place (see `own`), or NULL. */
const struct place *stuck_thread_place(const struct stuck_thread *thread);
/* Adds a sentence, which it takes over. */
void explanation_say(struct explanation *explanation, char *sentence);
/* Cuts the root, and the slash behind it, off all files that lie below it. */
void explanation_cut_root(struct explanation *explanation, const char *root);
void place_release(struct place *place);
void waiting_release(struct waiting *waiting);
void explanation_release(struct explanation *explanation);

#endif
