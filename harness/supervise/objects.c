#include "supervise/objects.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "supervise/outside.h"

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202
#endif

enum { PATH_SIZE = 96, FDINFO_SIZE = 16384, LOCKS_SIZE = 65536 };

static bool read_memory(void *data, uint64_t address, void *buffer, size_t length)
{
    const struct object_context *context = data;
    return proc_read_memory(context->tid, address, buffer, length);
}

static bool in_tree(const struct object_context *context, pid_t pid)
{
    const struct proc_process *process = proc_table_find(context->table, pid);
    return process && context->member[process - context->table->processes];
}

/* A process that has ended can have left what has no name to others of the tree only, for the tree
 * began with nothing of that kind but what the supervisor gave it. */
static bool in_tree_or_gone(const struct object_context *context, pid_t pid)
{
    return in_tree(context, pid) || (!context->strangers && kill(pid, 0) < 0 && errno == ESRCH);
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

/*
 * A pair has no names, and its peer is known by who made it. Under a name anybody may call, send or
 * take what was sent, so that only a connection counts whose other end a living process of the tree
 * made; one that has ended may have been a daemon's parent.
 */
static bool socket_local(const struct object_context *context, int socket_fd)
{
    int domain = 0;
    int type = 0;
    struct ucred peer = {0};
    struct sockaddr_un address;
    socklen_t length = sizeof domain;
    if (getsockopt(socket_fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) < 0 || domain != AF_UNIX ||
        has_time_limit(socket_fd))
        return false;
    length = sizeof type;
    if (getsockopt(socket_fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0)
        return false;
    length = sizeof peer;
    if (getsockopt(socket_fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 || peer.pid <= 0)
        return false;
    socklen_t own = sizeof address;
    socklen_t other = sizeof address;
    if (getsockname(socket_fd, (struct sockaddr *)&address, &own) < 0 ||
        getpeername(socket_fd, (struct sockaddr *)&address, &other) < 0)
        return false;
    bool named = own > sizeof address.sun_family || other > sizeof address.sun_family;
    return named ? type != SOCK_DGRAM && in_tree(context, peer.pid)
                 : in_tree_or_gone(context, peer.pid);
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

static bool is_message_queue(const char *path)
{
    struct statfs status;
    return statfs(path, &status) == 0 && status.f_type == MQUEUE_MAGIC;
}

static bool fd_inside(void *data, int fd)
{
    const struct object_context *context = data;
    char path[PATH_SIZE];
    char link[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/task/%d/fd/%d", context->pid, context->tid, fd);
    ssize_t length = readlink(path, link, sizeof link - 1);
    if (length < 0 || stat(path, &status) < 0)
        return false;
    link[length] = '\0';
    for (size_t i = 0; i < context->served_count; i++)
        if (context->served[i].device == status.st_dev && context->served[i].inode == status.st_ino)
            return false;
    if (S_ISSOCK(status.st_mode))
        return socket_inside(context, fd);
    /* What has a name others may have opened as well. */
    if (S_ISFIFO(status.st_mode))
        return (!context->strangers && strncmp(link, "pipe:", strlen("pipe:")) == 0) ||
               !outside_has_open(context, &status);
    if (is_message_queue(path))
        return !outside_has_open(context, &status);
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

/* A lock that belongs to an open file is anybody's who has that open: an open file description lock
 * has no process, and the one that took another lock may have ended. */
static bool holder_inside(const struct object_context *context, pid_t holder,
                          const struct stat *file)
{
    if (holder > 0 && in_tree(context, holder))
        return true;
    bool nobody = holder == -1 || (holder > 0 && in_tree_or_gone(context, holder));
    return nobody && !outside_has_open(context, file);
}

/* Finds "-> ... PID" for a process of the tree's; the last line without an arrow names the holder. */
static bool lock_inside(void *data, int fd)
{
    const struct object_context *context = data;
    char *text = malloc(LOCKS_SIZE);
    char path[PATH_SIZE];
    struct stat status;
    bool waits = false;
    bool inside = true;
    snprintf(path, sizeof path, "/proc/%d/task/%d/fd/%d", context->pid, context->tid, fd);
    if (!text || stat(path, &status) < 0 || proc_read_file("/proc/locks", text, LOCKS_SIZE) < 0)
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
        else if (pid == context->pid || pid == context->tid) {
            waits = true;
            inside = inside && holder_inside(context, holder, &status);
        }
    }
out:
    free(text);
    return waits && inside;
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
    return !context->strangers && stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

struct wait_world objects_world(struct object_context *context)
{
    return (struct wait_world){
        .fd_inside = fd_inside,
        .epoll_inside = epoll_inside,
        .lock_inside = lock_inside,
        .fifo_at = fifo_at,
        .read = read_memory,
        .futex_inside = outside_lacks_memory,
        .ipc_inside = outside_lacks_ipc,
        .alone = !context->strangers,
        .context = context,
    };
}

bool objects_timers(pid_t pid)
{
    char path[PATH_SIZE];
    char text[64];
    snprintf(path, sizeof path, "/proc/%d/timers", pid);
    return proc_read_file(path, text, sizeof text) != 0;
}
