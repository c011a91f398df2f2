#include "explain/waits/descriptor.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explain/waits/sockets.h"
#include "model/memory.h"
#include "supervise/proc.h"

enum { PATH_SIZE = 96, INFO_SIZE = 4096 };

bool descriptor_look(const char *path, struct descriptor *end)
{
    struct statx status;
    /* Without a word to a server that may not answer: what the kernel knows will do. */
    if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, &status) < 0)
        return false;
    end->type = status.stx_mode & S_IFMT;
    end->major = status.stx_dev_major;
    end->minor = status.stx_dev_minor;
    end->device_major = status.stx_rdev_major;
    end->inode = status.stx_ino;
    return true;
}

bool descriptor_link(const char *path, char *link, size_t size)
{
    ssize_t length = readlink(path, link, size - 1);
    link[length < 0 ? 0 : length] = '\0';
    return length > 0;
}

bool descriptor_open(pid_t pid, pid_t tid, int fd, struct descriptor *end)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/proc/%d/task/%d/fd/%d", (int)pid, (int)tid, fd);
    return descriptor_link(path, end->link, sizeof end->link) && descriptor_look(path, end);
}

static bool read_info(const char *folder, const char *fd, char *text)
{
    char path[PATH_SIZE + 32];
    snprintf(path, sizeof path, "%sinfo/%s", folder, fd);
    return proc_read_file(path, text, INFO_SIZE) > 0;
}

long descriptor_event(const char *folder, const char *fd)
{
    char text[INFO_SIZE];
    const char *found = read_info(folder, fd, text) ? strstr(text, "\neventfd-id:") : NULL;
    return found ? strtol(found + strlen("\neventfd-id:"), NULL, 10) : NO_EVENT_ID;
}

bool descriptor_is_armed(pid_t pid, pid_t tid, int fd)
{
    char folder[PATH_SIZE];
    char number[16];
    char text[INFO_SIZE];
    snprintf(folder, sizeof folder, "/proc/%d/task/%d/fd", (int)pid, (int)tid);
    snprintf(number, sizeof number, "%d", fd);
    const char *value = read_info(folder, number, text) ? strstr(text, "\nit_value:") : NULL;
    return value && strncmp(value, "\nit_value: (0, 0)", strlen("\nit_value: (0, 0)")) != 0;
}

static char *anonymous_name(const char *link)
{
    static const struct {
        const char *link;
        const char *name;
    } names[] = {
        {"anon_inode:[eventfd]", "an eventfd"},
        {"anon_inode:[timerfd]", "a timer descriptor"},
        {"anon_inode:[signalfd]", "a signal descriptor"},
        {"anon_inode:[eventpoll]", "an epoll instance"},
        {"anon_inode:[pidfd]", "a process descriptor"},
        {"anon_inode:inotify", "an inotify descriptor"},
        {"anon_inode:[userfaultfd]", "a userfaultfd"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(link, names[i].link) == 0)
            return xstrdup(names[i].name);
    return xstrdup(link);
}

static bool is_terminal(const struct descriptor *end)
{
    /* The consoles, /dev/tty and its like, and both sides of pseudo-terminals. */
    unsigned major = end->device_major;
    return end->type == S_IFCHR && (major == 4 || major == 5 || (major >= 136 && major <= 143));
}

char *descriptor_name(pid_t pid, const struct descriptor *end)
{
    if (strncmp(end->link, "pipe:", 5) == 0)
        return xstrdup("a pipe");
    if (end->type == S_IFIFO)
        return xasprintf("the FIFO %s", end->link);
    if (end->type == S_IFSOCK) {
        struct socket_info info;
        socket_look(pid, end->inode, &info);
        return info.name;
    }
    if (is_terminal(end))
        return xstrdup("a terminal");
    /* A file without a name has its inode's number for one, which is another in every run. */
    static const char deleted[] = " (deleted)";
    size_t length = strlen(end->link);
    if (end->link[0] == '/' && length > strlen(deleted) &&
        strcmp(end->link + length - strlen(deleted), deleted) == 0)
        return strstr(end->link, "/#")
                   ? xstrdup("a file without a name")
                   : xasprintf("%.*s", (int)(length - strlen(deleted)), end->link);
    return end->link[0] == '/' ? xstrdup(end->link) : anonymous_name(end->link);
}
