#include "supervise/objects.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PATH_SIZE = 96, FDINFO_SIZE = 16384, LOCKS_SIZE = 65536 };

static bool read_memory(void *data, uint64_t address, void *buffer, size_t length)
{
    const struct object_context *context = data;
    struct iovec local = {.iov_base = buffer, .iov_len = length};
    /* An address of the other process, never followed here. */
    struct iovec remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = length};
    return process_vm_readv(context->tid, &local, 1, &remote, 1, 0) == (ssize_t)length;
}

static bool in_tree(const struct object_context *context, pid_t pid)
{
    const struct proc_process *process = proc_table_find(context->table, pid);
    return process && context->member[process - context->table->processes];
}

/* A process that has ended can have left its pipe or lock to others of the tree only, for the tree
 * began with nothing of that kind but what the supervisor serves. */
static bool in_tree_or_gone(const struct object_context *context, pid_t pid)
{
    return in_tree(context, pid) || (kill(pid, 0) < 0 && errno == ESRCH);
}

static bool read_info(const struct object_context *context, int fd, char *text, size_t size)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/proc/%d/task/%d/fdinfo/%d", context->pid, context->tid, fd);
    return proc_read_file(path, text, size) > 0;
}

static bool has_time_limit(int socket_fd)
{
    static const int options[] = {SO_RCVTIMEO, SO_SNDTIMEO};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct timeval limit;
        socklen_t length = sizeof limit;
        if (getsockopt(socket_fd, SOL_SOCKET, options[i], &limit, &length) < 0 || limit.tv_sec ||
            limit.tv_usec)
            return true;
    }
    return false;
}

static bool socket_local(const struct object_context *context, int socket_fd)
{
    int domain = 0;
    int type = 0;
    int listening = 0;
    socklen_t length = sizeof domain;
    if (getsockopt(socket_fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) < 0 || domain != AF_UNIX ||
        has_time_limit(socket_fd))
        return false;
    length = sizeof type;
    if (getsockopt(socket_fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0)
        return false;
    length = sizeof listening;
    if (getsockopt(socket_fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) < 0)
        return false;
    if (listening || type == SOCK_DGRAM)
        return !context->strangers;
    struct ucred peer = {0};
    length = sizeof peer;
    return getsockopt(socket_fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
           (peer.pid == 0 || in_tree_or_gone(context, peer.pid));
}

/* A socket's domain, its time limits and its peer are known to its holders alone: hold it too, for
 * a moment. */
static bool socket_inside(const struct object_context *context, int fd)
{
    bool inside = false;
#if defined SYS_pidfd_open && defined SYS_pidfd_getfd
    int process = (int)syscall(SYS_pidfd_open, context->pid, 0);
    if (process < 0)
        return false;
    int copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    if (copy >= 0) {
        inside = socket_local(context, copy);
        close(copy);
    }
    close(process);
#else
    (void)context;
    (void)fd;
#endif
    return inside;
}

static bool signalfd_inside(const struct object_context *context, int fd)
{
    char text[FDINFO_SIZE];
    if (!read_info(context, fd, text, sizeof text))
        return false;
    const char *mask = strstr(text, "\nsigmask:");
    return mask && !(strtoull(mask + strlen("\nsigmask:"), NULL, 16) >> (SIGALRM - 1) & 1);
}

/* A process outside the tree that has this inode open, as far as its descriptors can be seen. */
static bool held_outside(const struct object_context *context, const struct stat *wanted)
{
    for (size_t i = 0; i < context->table->count; i++) {
        char path[PATH_SIZE];
        const struct dirent *entry;
        bool found = false;
        if (context->member[i])
            continue;
        snprintf(path, sizeof path, "/proc/%d/fd", context->table->processes[i].pid);
        DIR *dir = opendir(path);
        while (dir && !found && (entry = readdir(dir))) {
            struct stat status;
            found = fstatat(dirfd(dir), entry->d_name, &status, 0) == 0 &&
                    status.st_dev == wanted->st_dev && status.st_ino == wanted->st_ino;
        }
        if (dir)
            closedir(dir);
        if (found)
            return true;
    }
    return false;
}

static bool fd_inside(void *data, int fd)
{
    const struct object_context *context = data;
    char path[PATH_SIZE];
    char link[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/task/%d/fd/%d", context->pid, context->tid, fd);
    if (stat(path, &status) < 0)
        return false;
    if (S_ISFIFO(status.st_mode)) {
        for (size_t i = 0; i < context->served_count; i++)
            if (context->served[i].device == status.st_dev &&
                context->served[i].inode == status.st_ino)
                return false;
        return !context->strangers || !held_outside(context, &status);
    }
    if (S_ISSOCK(status.st_mode))
        return socket_inside(context, fd);
    ssize_t length = readlink(path, link, sizeof link - 1);
    if (length < 0)
        return false;
    link[length] = '\0';
    if (strcmp(link, "anon_inode:[signalfd]") == 0)
        return !context->strangers && signalfd_inside(context, fd);
    return strcmp(link, "anon_inode:[eventfd]") == 0 && !context->strangers;
}

static bool epoll_inside(void *data, int fd)
{
    const struct object_context *context = data;
    char text[FDINFO_SIZE];
    if (!read_info(context, fd, text, sizeof text) || strlen(text) == sizeof text - 1)
        return false;
    for (const char *at = strstr(text, "\ntfd:"); at; at = strstr(at + 1, "\ntfd:")) {
        /* The number is the one it was added by; the inode tells whether it still means the same. */
        int target = (int)strtol(at + strlen("\ntfd:"), NULL, 10);
        const char *inode = strstr(at, " ino:");
        const char *end = strchr(at + 1, '\n');
        char path[PATH_SIZE];
        struct stat status;
        snprintf(path, sizeof path, "/proc/%d/task/%d/fd/%d", context->pid, context->tid, target);
        if (!inode || (end && inode > end) || stat(path, &status) < 0 ||
            strtoull(inode + strlen(" ino:"), NULL, 16) != status.st_ino ||
            !fd_inside(data, target))
            return false;
    }
    return true;
}

/* Finds "-> ... PID" for a process of the tree's; the last line without an arrow names the holder. */
static bool lock_inside(void *data)
{
    const struct object_context *context = data;
    char *text = malloc(LOCKS_SIZE);
    bool inside = false;
    if (!text || proc_read_file("/proc/locks", text, LOCKS_SIZE) < 0)
        goto out;
    pid_t holder = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        int pid = 0;
        const char *arrow = strstr(line, "-> ");
        const char *from = arrow ? arrow + 3 : strchr(line, ' ');
        if (!from || sscanf(from, "%*s %*s %*s %d", &pid) != 1)
            continue;
        if (!arrow)
            holder = pid;
        else if (pid == context->pid || pid == context->tid)
            /* An open file description lock has no process: only the tree's own can hold it. */
            inside = holder == -1 || (holder > 0 && in_tree_or_gone(context, holder));
    }
out:
    free(text);
    return inside;
}

static bool fifo_at(void *data, int dir, uint64_t address)
{
    const struct object_context *context = data;
    char name[PATH_MAX];
    char path[PATH_MAX + PATH_SIZE];
    struct stat status;
    size_t length = 0;
    /* By small steps, for the string may end just before memory that is not there. */
    do {
        if (length == sizeof name || !read_memory(data, address + length, name + length, 1))
            return false;
    } while (name[length++] != '\0');
    if (name[0] == '/')
        snprintf(path, sizeof path, "%s", name);
    else if (dir == AT_FDCWD)
        snprintf(path, sizeof path, "/proc/%d/task/%d/cwd/%s", context->pid, context->tid, name);
    else
        snprintf(path, sizeof path, "/proc/%d/task/%d/fd/%d/%s", context->pid, context->tid, dir,
                 name);
    return stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

/* True where the address lies in memory that only forked children can share: no line of maps with
 * an `s` for shared covers it. */
static bool futex_inside(void *data, uint64_t address)
{
    const struct object_context *context = data;
    char path[PATH_SIZE];
    char line[PATH_MAX + 256];
    bool inside = false;
    if (!context->strangers)
        return true;
    snprintf(path, sizeof path, "/proc/%d/maps", context->pid);
    FILE *maps = fopen(path, "re");
    while (maps && fgets(line, sizeof line, maps)) {
        uint64_t from;
        uint64_t to;
        char access[5];
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &from, &to, access) == 3 &&
            address >= from && address < to) {
            inside = access[3] != 's';
            break;
        }
    }
    if (maps)
        fclose(maps);
    return inside;
}

struct wait_world objects_world(struct object_context *context)
{
    return (struct wait_world){
        .fd_inside = fd_inside,
        .epoll_inside = epoll_inside,
        .lock_inside = lock_inside,
        .fifo_at = fifo_at,
        .read = read_memory,
        .futex_inside = futex_inside,
        .alone = !context->strangers,
        .context = context,
    };
}

bool objects_timers(pid_t pid)
{
    char path[PATH_SIZE];
    char text[64];
    snprintf(path, sizeof path, "/proc/%d/timers", pid);
    return proc_read_file(path, text, sizeof text) > 0;
}
