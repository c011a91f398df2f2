/*
 * The registers of one thread and the top of its stack, taken from the live process.
 */
#ifndef RACELAB_EXPLAIN_CODE_SNAPSHOT_H
#define RACELAB_EXPLAIN_CODE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "supervise/proc.h"

/* DWARF numbers of x86-64 (System V ABI, figure 3.36). */
enum { REGISTER_BP = 6, REGISTER_SP = 7, REGISTER_PC = 16, REGISTER_COUNT = 17 };

struct snapshot {
    pid_t pid;
    uint64_t registers[REGISTER_COUNT];
    uint32_t known;       /* bit N: registers[N] was read */
    bool after_call;      /* the program counter is a return address */
    unsigned char *stack; /* copy of memory from the stack pointer upwards */
    size_t stack_length;
    bool past;  /* of a moment gone by: memory outside the copy may mean something else now */
    char *note; /* why registers are missing; or NULL */
};

/*
 * Stops the thread for some microseconds by PTRACE_SEIZE and PTRACE_INTERRUPT, reads, and lets it go.
 * A thread cannot notice that, with one exception: a few system calls (epoll_wait, sigtimedwait,
 * semop, a socket with a time limit) then return EINTR even without a signal handler (signal(7),
 * "Interruption of system calls and library functions by stop signals"). With `gentle` a thread in
 * such a call is not stopped: program counter and stack pointer come from /proc, the rest is
 * unknown.
 *
 * Where ptrace is refused, /proc is asked as well. Returns 0; -ESRCH where the thread has ended;
 * another negative errno where nothing at all can be read. Release with snapshot_release() in every
 * case.
 */
int snapshot_take(const struct proc_thread *thread, bool gentle, struct snapshot *snapshot);
void snapshot_release(struct snapshot *snapshot);

/* Memory of the process: from the copy where that has it, else as it is now, unless `past`. */
bool snapshot_read(const struct snapshot *snapshot, uint64_t address, void *buffer, size_t length);

#endif
