/*
 * What one descriptor of a process refers to, by /proc. Nothing is opened.
 */
#ifndef RACELAB_EXPLAIN_WAITS_DESCRIPTOR_H
#define RACELAB_EXPLAIN_WAITS_DESCRIPTOR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct descriptor {
    char link[PATH_MAX]; /* as /proc spells it */
    mode_t type;
    unsigned major, minor; /* of the file system */
    unsigned device_major; /* of a device */
    ino_t inode;
};

enum { NO_EVENT_ID = -1 };

/* False where it cannot be looked at. */
bool descriptor_open(pid_t pid, pid_t tid, int fd, struct descriptor *descriptor);

/* All but the link, of any path. Never waits for a file server. */
bool descriptor_look(const char *path, struct descriptor *descriptor);
bool descriptor_link(const char *path, char *link, size_t size);

/* "a pipe", "the FIFO /run/x", "a UNIX socket (/run/y)", "a TCP socket (127.0.0.1:80)", "a
 * terminal", "an eventfd", or a path. */
char *descriptor_name(pid_t pid, const struct descriptor *descriptor);

/* The kernel's number of an eventfd, or NO_EVENT_ID. `folder` is /proc/PID/fd. */
long descriptor_event(const char *folder, const char *fd);

/* A timer that is set: it will be ready by itself. */
bool descriptor_is_armed(pid_t pid, pid_t tid, int fd);

#endif
