/*
 * What /proc says of processes and threads.
 *
 * Everything here may vanish between two reads: a process or thread that is gone is an ordinary
 * answer (-ENOENT or -ESRCH), never a fault. Reads only; no state is kept, so the functions may be
 * called from several threads at once.
 */
#ifndef RACELAB_SUPERVISE_PROC_H
#define RACELAB_SUPERVISE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct proc_process {
    pid_t pid;
    pid_t parent;
    pid_t group;
    pid_t session;
    char state;       /* of the first thread: 'R', 'S', 'D', 'T', 't', 'Z', ... */
    unsigned threads; /* threads not yet reaped, the first one included even when it has ended */
    uint64_t start;   /* clock ticks since boot; with the pid it names one process for good */
    char name[16];    /* as prctl(PR_SET_NAME) or execve() left it */
};

struct proc_table {
    struct proc_process *processes; /* ascending pid; free with proc_table_release() */
    size_t count;
};

struct proc_thread {
    pid_t pid;
    pid_t tid;
    char state;
    int call_error; /* 0, or the errno of reading the system call: then call and args are void */
    long call;      /* system call it sleeps in; -1: none, or it was not asleep */
    uint64_t args[6];
    uint64_t stack;     /* stack pointer in user space; 0 when call is -1 */
    uint64_t switches;  /* context switches, voluntary and not */
    uint64_t blocked;   /* signals it blocks: bit N - 1 is signal N */
    uint64_t caught;    /* signals its process handles */
    uint64_t memory_kb; /* size of its address space, reservations included */
};

/*
 * Reads every process of the system. Two entries may be of slightly different moments; a process
 * whose parent is not in the table has been read again, so that it is not lost when its parent ended
 * during the scan. Returns 0 or a negative errno; on failure *table is empty.
 */
int proc_table_read(struct proc_table *table);
void proc_table_release(struct proc_table *table);

/* NULL when the table has no such process. */
const struct proc_process *proc_table_find(const struct proc_table *table, pid_t pid);

/* Sets member[i] for every process below `root`, `root` itself left out, and returns how many.
 * `member` has table->count elements; those already true are kept as further roots that count. */
size_t proc_table_descendants(const struct proc_table *table, pid_t root, bool *member);

/* False for a process that has ended and only waits to be reaped. */
bool proc_process_alive(const struct proc_process *process);

/* True for the symbolizer that a sanitizer's runtime starts with its first report. */
bool proc_process_symbolizes(const struct proc_process *process);

int proc_process_read(pid_t pid, struct proc_process *process);

/* The threads of a process in the order of their creation, the first thread first even when it has
 * ended. Free *tids. */
int proc_list_threads(pid_t pid, pid_t **tids, size_t *count);

/*
 * The system call is read before the context switches. That order carries a proof: when two
 * readings have the same number of switches and the second finds the thread asleep, then it was
 * asleep in that very call at the end of the first reading, and at every moment since.
 */
int proc_read_thread(pid_t pid, pid_t tid, struct proc_thread *thread);

/* As proc_read_thread(), without the system call (call is -1): one file instead of two. */
int proc_read_switches(pid_t pid, pid_t tid, struct proc_thread *thread);

/* Processor time in nanoseconds, exact: it stands still while nothing of it runs. That of a process
 * includes its threads that have ended. -ENOENT for a thread also where the kernel keeps no such
 * figures. */
int proc_process_ran(pid_t pid, uint64_t *ran_ns);
int proc_thread_ran(pid_t pid, pid_t tid, uint64_t *ran_ns);

/* Start time of one thread, in clock ticks since boot. */
int proc_thread_start(pid_t pid, pid_t tid, uint64_t *start);

/* Reads memory of a process (or of the process of a thread), all of it or nothing. */
bool proc_read_memory(pid_t pid, uint64_t address, void *buffer, size_t length);

/* Reads a whole small file into buffer and ends it with NUL. Returns its length or a negative
 * errno; what does not fit is cut off. */
ssize_t proc_read_file(const char *path, char *buffer, size_t size);

#endif
