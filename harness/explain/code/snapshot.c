#include "explain/code/snapshot.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "model/memory.h"
#include "supervise/proc.h"

enum {
    STACK_COPY = 32 << 10,
    PAGE = 4096,
    PATIENCE_MS = 500, /* of a thread that does not stop: it sleeps in the kernel uninterruptibly */
};

bool snapshot_read(const struct snapshot *snapshot, uint64_t address, void *buffer, size_t length)
{
    uint64_t from = snapshot->registers[REGISTER_SP];
    if (address >= from && length <= snapshot->stack_length &&
        address - from <= snapshot->stack_length - length) {
        memcpy(buffer, snapshot->stack + (address - from), length);
        return true;
    }
    return !snapshot->past && proc_read_memory(snapshot->pid, address, buffer, length);
}

static void set(struct snapshot *snapshot, unsigned number, uint64_t value)
{
    snapshot->registers[number] = value;
    snapshot->known |= UINT32_C(1) << number;
}

/* Up to the end of the mapping, which is where a page cannot be read. */
static void copy_stack(struct snapshot *snapshot)
{
    uint64_t from = snapshot->registers[REGISTER_SP];
    snapshot->stack = xcalloc(1, STACK_COPY);
    if (proc_read_memory(snapshot->pid, from, snapshot->stack, STACK_COPY)) {
        snapshot->stack_length = STACK_COPY;
        return;
    }
    size_t length = PAGE - from % PAGE;
    while (length <= STACK_COPY && proc_read_memory(snapshot->pid, from + snapshot->stack_length,
                                                    snapshot->stack + snapshot->stack_length,
                                                    length - snapshot->stack_length)) {
        snapshot->stack_length = length;
        length += PAGE;
    }
}

#ifdef __x86_64__
static int read_registers(pid_t tid, struct snapshot *snapshot)
{
    struct user_regs_struct all;
    struct iovec into = {.iov_base = &all, .iov_len = sizeof all};
    if (ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &into) < 0)
        return -errno;
    if (into.iov_len != sizeof all) /* a 32-bit program */
        return -ENOTSUP;
    const uint64_t ordered[REGISTER_COUNT] = {all.rax, all.rdx, all.rcx, all.rbx, all.rsi, all.rdi,
                                              all.rbp, all.rsp, all.r8,  all.r9,  all.r10, all.r11,
                                              all.r12, all.r13, all.r14, all.r15, all.rip};
    for (unsigned i = 0; i < REGISTER_COUNT; i++)
        set(snapshot, i, ordered[i]);
    return 0;
}
#else
static int read_registers(pid_t tid, struct snapshot *snapshot)
{
    (void)tid;
    (void)snapshot;
    return -ENOTSUP;
}
#endif

/* Waits until the thread has stopped. *signal is one that was just being delivered to it, to be
 * given back on detaching; 0 for none. */
static int await_stop(pid_t tid, int *signal)
{
    for (int waited = 0; waited < PATIENCE_MS * 10; waited++) {
        int status;
        pid_t got = waitpid(tid, &status, __WALL | WNOHANG);
        if (got < 0)
            return -errno;
        if (got == tid && !WIFSTOPPED(status))
            return -ESRCH;
        if (got == tid) {
            *signal = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
            return 0;
        }
        const struct timespec pause = {.tv_nsec = 100000};
        nanosleep(&pause, NULL);
    }
    return -EBUSY;
}

static int read_stopped(pid_t tid, struct snapshot *snapshot)
{
    int signal = 0;
    if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0)
        return -errno;
    if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) < 0)
        return -errno;
    int rc = await_stop(tid, &signal);
    if (rc < 0)
        return rc;
    rc = read_registers(tid, snapshot);
    if (rc == 0)
        copy_stack(snapshot);
    ptrace(PTRACE_DETACH, tid, NULL, (void *)(intptr_t)signal);
    return rc;
}

static bool is_socket(pid_t pid, int fd)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
    /* What cannot be seen is taken for the worse. */
    return stat(path, &status) < 0 || S_ISSOCK(status.st_mode);
}

static bool notices_a_stop(const struct proc_thread *thread)
{
    switch (thread->call) {
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait:
#ifdef SYS_epoll_pwait2
    case SYS_epoll_pwait2:
#endif
    case SYS_semop:
    case SYS_semtimedop:
    case SYS_rt_sigtimedwait:
    case SYS_io_getevents:
        return true;
    case SYS_read:
    case SYS_readv:
    case SYS_write:
    case SYS_writev:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_recvmmsg:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg:
    case SYS_accept:
    case SYS_accept4:
    case SYS_connect:
        return is_socket(thread->pid, (int)thread->args[0]);
    default:
        return false;
    }
}

/* /proc/PID/task/TID/syscall: number, six arguments, stack pointer, program counter. */
static int read_unstopped(const struct proc_thread *thread, struct snapshot *snapshot)
{
    char path[64];
    char text[256];
    uint64_t sp;
    uint64_t pc;
    snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", thread->pid, thread->tid);
    ssize_t length = proc_read_file(path, text, sizeof text);
    if (length < 0)
        return (int)length;
    /* A thread in no system call has "-1 SP PC"; a running one has the word alone. */
    const char *last = strrchr(text, ' ');
    const char *before = last ? memrchr(text, ' ', (size_t)(last - text)) : NULL;
    if (!before || sscanf(before, "%" SCNx64 " %" SCNx64, &sp, &pc) != 2)
        return -EBUSY;
    set(snapshot, REGISTER_SP, sp);
    set(snapshot, REGISTER_PC, pc);
    copy_stack(snapshot);
    return 0;
}

int snapshot_take(const struct proc_thread *thread, bool gentle, struct snapshot *snapshot)
{
    *snapshot = (struct snapshot){.pid = thread->pid};
    bool leave = gentle && notices_a_stop(thread);
    int rc = leave ? -EBUSY : read_stopped(thread->tid, snapshot);
    if (rc == 0 || rc == -ESRCH)
        return rc;
    if (leave)
        snapshot->note = xstrdup("read without stopping the thread, whose system call would have "
                                 "returned EINTR; outer frames may be missing");
    else
        snapshot->note = xasprintf("read without registers (ptrace: %s); outer frames may be "
                                   "missing",
                                   strerror(-rc));
    return read_unstopped(thread, snapshot);
}

void snapshot_release(struct snapshot *snapshot)
{
    free(snapshot->stack);
    free(snapshot->note);
    *snapshot = (struct snapshot){0};
}
