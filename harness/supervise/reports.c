#include "supervise/reports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH = 16 };

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int open_below(int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int reports_open(const char *path)
{
    return open_below(AT_FDCWD, path);
}

/* Takes over fd. */
static DIR *list(int fd)
{
    DIR *dir = fdopendir(fd);
    if (!dir)
        close(fd);
    return dir;
}

static uint64_t size_below(int fd, int depth)
{
    uint64_t size = 0;
    DIR *dir = list(fd);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        struct stat status;
        if (is_dots(entry->d_name) ||
            fstatat(dirfd(dir), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if (S_ISREG(status.st_mode)) {
            size += (uint64_t)status.st_size;
        } else if (S_ISDIR(status.st_mode) && depth > 0) {
            int below = open_below(dirfd(dir), entry->d_name);
            if (below >= 0)
                size += size_below(below, depth - 1);
        }
    }
    if (dir)
        closedir(dir);
    return size;
}

int reports_size(const char *path, uint64_t *size)
{
    int fd = reports_open(path);
    *size = fd < 0 ? 0 : size_below(fd, DEPTH);
    return fd < 0 ? fd : 0;
}

static int remove_below(int fd, int depth)
{
    int rc = 0;
    DIR *dir = list(fd);
    if (!dir)
        return -ENOMEM;
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (is_dots(entry->d_name) || unlinkat(dirfd(dir), entry->d_name, 0) == 0)
            continue;
        int failed = -errno;
        int below = depth > 0 ? open_below(dirfd(dir), entry->d_name) : -ELOOP;
        if (below >= 0) {
            failed = remove_below(below, depth - 1);
            if (unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR) < 0 && failed == 0)
                failed = -errno;
        }
        if (rc == 0)
            rc = failed;
    }
    closedir(dir);
    return rc;
}

int reports_remove(int fd, const char *path)
{
    struct stat opened;
    struct stat named;
    if (fstat(fd, &opened) < 0)
        return -errno;
    int rc = remove_below(fd, DEPTH);
    if (lstat(path, &named) < 0 || named.st_dev != opened.st_dev || named.st_ino != opened.st_ino)
        return rc;
    if (rmdir(path) < 0 && rc == 0)
        rc = -errno;
    return rc;
}
