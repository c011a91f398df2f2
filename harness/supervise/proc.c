#include "supervise/proc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/uio.h>

#include "model/memory.h"

enum { PATH_SIZE = 64, STAT_SIZE = 1024, STATUS_SIZE = 4096 };

ssize_t proc_read_file(const char *path, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    size_t length = 0;
    ssize_t result = 0;
    while (length < size - 1) {
        ssize_t got = read(fd, buffer + length, size - 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            result = -errno;
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    buffer[length] = '\0';
    close(fd);
    return result < 0 ? result : (ssize_t)length;
}

/* The numbers of a stat file from the state on; the name before it may hold blanks and brackets. */
static int parse_stat(const char *text, struct proc_process *process)
{
    const char *open = strchr(text, '(');
    const char *close = strrchr(text, ')');
    if (!open || !close || close < open)
        return -EPROTO;
    size_t length = (size_t)(close - open - 1);
    if (length >= sizeof process->name)
        length = sizeof process->name - 1;
    memcpy(process->name, open + 1, length);
    process->name[length] = '\0';

    int parent = 0;
    int group = 0;
    int session = 0;
    int found =
        sscanf(close + 1,
               " %c %d %d %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
               " %u %*s %" SCNu64,
               &process->state, &parent, &group, &session, &process->threads, &process->start);
    if (found != 6)
        return -EPROTO;
    process->parent = parent;
    process->group = group;
    process->session = session;
    return 0;
}

static int read_stat(const char *path, struct proc_process *process)
{
    char text[STAT_SIZE];
    ssize_t length = proc_read_file(path, text, sizeof text);
    if (length < 0)
        return (int)length;
    return length == 0 ? -ESRCH : parse_stat(text, process);
}

int proc_process_read(pid_t pid, struct proc_process *process)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    memset(process, 0, sizeof *process);
    process->pid = pid;
    return read_stat(path, process);
}

int proc_thread_start(pid_t pid, pid_t tid, uint64_t *start)
{
    char path[PATH_SIZE];
    struct proc_process thread;
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
    int rc = read_stat(path, &thread);
    if (rc == 0)
        *start = thread.start;
    return rc;
}

int proc_process_ran(pid_t pid, uint64_t *ran_ns)
{
    clockid_t clock;
    struct timespec ran;
    int rc = clock_getcpuclockid(pid, &clock);
    if (rc != 0)
        return -rc;
    if (clock_gettime(clock, &ran) < 0)
        return -errno;
    *ran_ns = (uint64_t)ran.tv_sec * UINT64_C(1000000000) + (uint64_t)ran.tv_nsec;
    return 0;
}

int proc_thread_ran(pid_t pid, pid_t tid, uint64_t *ran_ns)
{
    char path[PATH_SIZE];
    char text[STAT_SIZE];
    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", pid, tid);
    ssize_t length = proc_read_file(path, text, sizeof text);
    if (length < 0)
        return (int)length;
    *ran_ns = strtoull(text, NULL, 10);
    return 0;
}

static int compare_pids(const void *left, const void *right)
{
    pid_t a = ((const struct proc_process *)left)->pid;
    pid_t b = ((const struct proc_process *)right)->pid;
    return (a > b) - (a < b);
}

const struct proc_process *proc_table_find(const struct proc_table *table, pid_t pid)
{
    struct proc_process key = {.pid = pid};
    if (table->count == 0)
        return NULL;
    return bsearch(&key, table->processes, table->count, sizeof key, compare_pids);
}

int proc_table_read(struct proc_table *table)
{
    *table = (struct proc_table){0};
    DIR *dir = opendir("/proc");
    if (!dir)
        return -errno;
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        struct proc_process process;
        if (proc_process_read((pid_t)strtol(entry->d_name, NULL, 10), &process) == 0) {
            struct proc_process *added =
                xappend((void **)&table->processes, &table->count, sizeof process);
            *added = process;
        }
    }
    closedir(dir);
    if (table->count == 0)
        return -EIO;
    qsort(table->processes, table->count, sizeof *table->processes, compare_pids);
    for (size_t i = 0; i < table->count; i++) {
        struct proc_process *process = &table->processes[i];
        if (process->parent > 0 && !proc_table_find(table, process->parent)) {
            struct proc_process again;
            if (proc_process_read(process->pid, &again) == 0)
                *process = again;
        }
    }
    return 0;
}

void proc_table_release(struct proc_table *table)
{
    free(table->processes);
    *table = (struct proc_table){0};
}

size_t proc_table_descendants(const struct proc_table *table, pid_t root, bool *member)
{
    /* Parents mostly have the lower pid, so that one round finds nearly all; the rounds after it
     * are for pids that have wrapped around. */
    bool grew = true;
    while (grew) {
        grew = false;
        for (size_t i = 0; i < table->count; i++) {
            const struct proc_process *process = &table->processes[i];
            if (member[i] || process->pid == root)
                continue;
            const struct proc_process *parent = proc_table_find(table, process->parent);
            if (process->parent == root || (parent && member[parent - table->processes])) {
                member[i] = true;
                grew = true;
            }
        }
    }
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        count += member[i];
    return count;
}

bool proc_process_alive(const struct proc_process *process)
{
    /* A first thread that has ended is a zombie while its fellow threads live on. */
    return process->state != 'X' && (process->state != 'Z' || process->threads > 1);
}

bool proc_process_symbolizes(const struct proc_process *process)
{
    /* The kernel keeps 15 bytes of the name, which may go on with a version. */
    return strncmp(process->name, "llvm-symbolizer", 15) == 0 ||
           strcmp(process->name, "addr2line") == 0;
}

int proc_list_threads(pid_t pid, pid_t **tids, size_t *count)
{
    char path[PATH_SIZE];
    *tids = NULL;
    *count = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *dir = opendir(path);
    if (!dir)
        return -errno;
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        pid_t *tid = xappend((void **)tids, count, sizeof *tid);
        *tid = (pid_t)strtol(entry->d_name, NULL, 10);
    }
    closedir(dir);
    return 0;
}

static uint64_t status_number(const char *text, const char *key, int base)
{
    const char *found = strstr(text, key);
    return found ? strtoull(found + strlen(key), NULL, base) : 0;
}

int proc_read_switches(pid_t pid, pid_t tid, struct proc_thread *thread)
{
    char path[PATH_SIZE];
    char text[STATUS_SIZE];
    memset(thread, 0, sizeof *thread);
    thread->pid = pid;
    thread->tid = tid;
    thread->call = -1;
    snprintf(path, sizeof path, "/proc/%d/task/%d/status", pid, tid);
    ssize_t length = proc_read_file(path, text, sizeof text);
    if (length < 0)
        return (int)length;
    const char *state = strstr(text, "\nState:\t");
    if (!state)
        return -ESRCH;
    thread->state = state[strlen("\nState:\t")];
    thread->memory_kb = status_number(text, "\nVmSize:", 10);
    thread->blocked = status_number(text, "\nSigBlk:", 16);
    thread->caught = status_number(text, "\nSigCgt:", 16);
    thread->switches = status_number(text, "\nvoluntary_ctxt_switches:", 10) +
                       status_number(text, "\nnonvoluntary_ctxt_switches:", 10);
    return 0;
}

int proc_read_thread(pid_t pid, pid_t tid, struct proc_thread *thread)
{
    char path[PATH_SIZE];
    char text[256];
    snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", pid, tid);
    ssize_t length = proc_read_file(path, text, sizeof text);
    int rc = proc_read_switches(pid, tid, thread);
    if (rc < 0)
        return rc;
    if (length < 0) {
        thread->call_error = (int)-length;
        return 0;
    }
    long call = -1;
    uint64_t args[6];
    uint64_t stack = 0;
    if (sscanf(text,
               "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
               " %" SCNx64,
               &call, &args[0], &args[1], &args[2], &args[3], &args[4], &args[5], &stack) == 8) {
        thread->call = call;
        memcpy(thread->args, args, sizeof args);
        thread->stack = stack;
    }
    return 0;
}

bool proc_read_memory(pid_t pid, uint64_t address, void *buffer, size_t length)
{
    struct iovec local = {.iov_base = buffer, .iov_len = length};
    /* An address of the other process, never followed here. */
    struct iovec remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = length};
    return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)length;
}
