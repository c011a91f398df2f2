#include "explain/waits/ends.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "explain/waits/descriptor.h"
#include "explain/waits/holder.h"
#include "explain/waits/sockets.h"
#include "model/memory.h"

enum { PATH_SIZE = 96 };

/* Which descriptors are the other end. */
struct sought {
    const char *link; /* of just this name; NULL: the inode tells */
    const struct descriptor *file;
    mode_t access; /* S_IRUSR or S_IWUSR: how it must be open; 0: either */
    long event;    /* the number of an eventfd; NO_EVENT_ID: none */
};

/* How a descriptor is open stands in the permissions of its link. */
static bool has_access(const char *path, mode_t access)
{
    struct stat link;
    return access == 0 || (lstat(path, &link) == 0 && (link.st_mode & access));
}

static bool is_sought(const char *folder, const char *fd, const struct sought *sought)
{
    char path[PATH_SIZE + 256];
    char link[PATH_MAX];
    struct descriptor end;
    snprintf(path, sizeof path, "%s/%s", folder, fd);
    if (!descriptor_link(path, link, sizeof link))
        return false;
    if (sought->event != NO_EVENT_ID)
        return strcmp(link, "anon_inode:[eventfd]") == 0 &&
               descriptor_event(folder, fd) == sought->event;
    if (sought->link)
        return strcmp(link, sought->link) == 0 && has_access(path, sought->access);
    return link[0] == '/' && has_access(path, sought->access) && descriptor_look(path, &end) &&
           end.type == sought->file->type && end.inode == sought->file->inode &&
           end.major == sought->file->major && end.minor == sought->file->minor;
}

/* The lowest of the descriptors in a folder of /proc that is sought; -1: none. */
static int find_descriptor(const char *folder, const struct sought *sought)
{
    int found = -1;
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        int fd = (int)strtol(entry->d_name, NULL, 10);
        if ((found < 0 || fd < found) && is_sought(folder, entry->d_name, sought))
            found = fd;
    }
    if (dir)
        closedir(dir);
    return found;
}

static void add_inside(const struct explanation *explanation, const struct sought *sought,
                       struct waiting *waiting)
{
    char folder[PATH_SIZE];
    for (size_t i = 0; i < explanation->process_count; i++) {
        /* By a thread that lives: the first may have ended, and has no descriptors then. */
        pid_t tid = explanation->processes[i].pid;
        for (size_t t = 0; t < explanation->thread_count; t++)
            if (explanation->threads[t].process == i)
                tid = explanation->threads[t].tid;
        snprintf(folder, sizeof folder, "/proc/%d/task/%d/fd", (int)explanation->processes[i].pid,
                 (int)tid);
        int fd = find_descriptor(folder, sought);
        if (fd >= 0)
            holder_add_process(explanation, waiting, explanation->processes[i].pid, fd);
    }
}

static void add_outside(const struct explanation *explanation, const struct sought *sought,
                        struct waiting *waiting)
{
    DIR *dir = opendir("/proc");
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        char folder[PATH_SIZE];
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid <= 0 || holder_find_process(explanation, pid) != NO_INDEX)
            continue;
        snprintf(folder, sizeof folder, "/proc/%d/fd", (int)pid);
        int fd = find_descriptor(folder, sought);
        if (fd >= 0)
            holder_add_process(explanation, waiting, pid, fd);
    }
    if (dir)
        closedir(dir);
}

static void add_holders(const struct explanation *explanation, const struct sought *sought,
                        struct waiting *waiting)
{
    add_inside(explanation, sought, waiting);
    add_outside(explanation, sought, waiting);
}

static void add_peers(const struct explanation *explanation, pid_t pid,
                      const struct descriptor *end, struct waiting *waiting)
{
    struct socket_info info;
    char link[PATH_SIZE];
    socket_look(pid, end->inode, &info);
    snprintf(link, sizeof link, "socket:[%lu]", (unsigned long)info.peer);
    if (info.peer != 0)
        add_holders(explanation, &(struct sought){.link = link, .event = NO_EVENT_ID}, waiting);
    free(info.name);
}

void ends_add_holders(const struct explanation *explanation, size_t index, int fd, bool for_room,
                      struct waiting *waiting)
{
    const struct stuck_thread *thread = &explanation->threads[index];
    pid_t pid = explanation->processes[thread->process].pid;
    struct descriptor end;
    struct sought sought = {.access = for_room ? S_IRUSR : S_IWUSR, .event = NO_EVENT_ID};
    if (!descriptor_open(pid, thread->tid, fd, &end))
        return;
    if (end.type == S_IFIFO) {
        bool named = end.link[0] == '/';
        sought.link = named ? NULL : end.link;
        sought.file = &end;
        add_holders(explanation, &sought, waiting);
    } else if (end.type == S_IFSOCK) {
        add_peers(explanation, pid, &end, waiting);
    } else if (strcmp(end.link, "anon_inode:[eventfd]") == 0) {
        char folder[PATH_SIZE];
        char number[16];
        snprintf(folder, sizeof folder, "/proc/%d/task/%d/fd", (int)pid, (int)thread->tid);
        snprintf(number, sizeof number, "%d", fd);
        sought.event = descriptor_event(folder, number);
        if (sought.event != NO_EVENT_ID)
            add_holders(explanation, &sought, waiting);
    }
}

/* How full the pipe is that a thread sleeps in. */
static void tell_fill(pid_t pid, int fd, const struct descriptor *end, struct waiting *waiting)
{
#if defined SYS_pidfd_open && defined SYS_pidfd_getfd
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process < 0)
        return;
    int copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    struct stat status;
    int bytes;
    if (copy >= 0 && fstat(copy, &status) == 0 && S_ISFIFO(status.st_mode) &&
        status.st_ino == end->inode) {
        if (ioctl(copy, FIONREAD, &bytes) == 0)
            waiting->count = bytes;
        waiting->needed = fcntl(copy, F_GETPIPE_SZ);
    }
    if (copy >= 0)
        close(copy);
    close(process);
#else
    (void)pid, (void)fd, (void)end, (void)waiting;
#endif
}

void ends_tell(const struct explanation *explanation, size_t index, int fd, bool for_room,
               struct waiting *waiting)
{
    const struct stuck_thread *thread = &explanation->threads[index];
    pid_t pid = explanation->processes[thread->process].pid;
    struct descriptor end;
    waiting->fd = fd;
    if (!descriptor_open(pid, thread->tid, fd, &end)) {
        waiting->note = xstrdup("its descriptor could not be looked at");
        return;
    }
    waiting->name = descriptor_name(pid, &end);
    if (end.type == S_IFIFO)
        tell_fill(pid, fd, &end, waiting);
    ends_add_holders(explanation, index, fd, for_room, waiting);
    if (waiting->holder_count == 0 && end.type == S_IFIFO)
        waiting->note = xstrdup("the process that has the other end was not found");
}

void ends_tell_queue(const struct explanation *explanation, size_t index, int fd, bool for_room,
                     struct waiting *waiting)
{
    const struct stuck_thread *thread = &explanation->threads[index];
    struct descriptor end;
    waiting->fd = fd;
    if (!descriptor_open(explanation->processes[thread->process].pid, thread->tid, fd, &end)) {
        waiting->note = xstrdup("its descriptor could not be looked at");
        return;
    }
    waiting->name = xasprintf("the message queue %s", end.link);
    add_holders(explanation,
                &(struct sought){
                    .file = &end, .access = for_room ? S_IRUSR : S_IWUSR, .event = NO_EVENT_ID},
                waiting);
}

bool ends_tell_open(const struct explanation *explanation, size_t index, int dir, const char *path,
                    struct waiting *waiting)
{
    const struct stuck_thread *thread = &explanation->threads[index];
    char at[PATH_SIZE];
    struct descriptor end;
    char *full;
    snprintf(at, sizeof at, "/proc/%d/task/%d", (int)explanation->processes[thread->process].pid,
             (int)thread->tid);
    if (path[0] == '/')
        full = xasprintf("%s/root%s", at, path);
    else if (dir == AT_FDCWD)
        full = xasprintf("%s/cwd/%s", at, path);
    else
        full = xasprintf("%s/fd/%d/%s", at, dir, path);
    bool fifo = descriptor_look(full, &end) && end.type == S_IFIFO;
    free(full);
    if (fifo)
        waiting->name = xasprintf("the FIFO %s", path);
    return fifo;
}
