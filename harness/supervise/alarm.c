#include "supervise/alarm.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervise/waits.h"

enum { PATH_SIZE = 64, MAPS_SIZE = 1 << 18, VALGRIND_CATCHES = 48 };

/* As a string table has it: between two NULs, or with a version for its end (there where linkers
 * have it share the bytes of a longer name otherwise). */
static bool names(const char *bytes, size_t length, const char *function)
{
    char entry[16] = "";
    size_t size = 1 + strlen(function);
    memcpy(entry + 1, function, size);
    if (memmem(bytes, length, entry, size + 1))
        return true;
    entry[size] = '@';
    return memmem(bytes, length, entry, size + 1);
}

static bool names_timer(const char *bytes, size_t length, bool sanitized)
{
    /* ThreadSanitizer's runtime has a setitimer() of its own in every program. */
    return names(bytes, length, "alarm") || names(bytes, length, "ualarm") ||
           (!sanitized && names(bytes, length, "setitimer"));
}

/* A file that cannot be read may name anything. */
static bool file_names_timer(const char *path, bool sanitized)
{
    struct stat status;
    bool found = true;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return true;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        size_t length = (size_t)status.st_size;
        const char *bytes = length ? mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
        if (bytes != MAP_FAILED) {
            found = names_timer(bytes, length, sanitized);
            munmap((void *)(uintptr_t)bytes, length);
        }
    }
    close(fd);
    return found;
}

static bool is_system(const char *path)
{
    static const char *const prefixes[] = {"libc.so", "libc-", "ld-linux", "ld-2", "libpthread"};
    const char *slash = strrchr(path, '/');
    if (strstr(path, "/valgrind/"))
        return true;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(slash + 1, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static bool maps_name_timer(char *maps, bool sanitized)
{
    char *rest = NULL;
    for (char *line = strtok_r(maps, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        const char *permissions = strchr(line, ' ');
        const char *path = strchr(line, '/');
        if (permissions && path && permissions[3] == 'x' && !is_system(path) &&
            file_names_timer(path, sanitized))
            return true;
    }
    return false;
}

bool alarm_possible(const struct proc_thread *thread, bool end_counts)
{
    char path[PATH_SIZE];
    bool handled = thread->caught >> (SIGALRM - 1) & 1;
    if (!handled && !end_counts)
        return false;
    if (handled && __builtin_popcountll(thread->caught) < VALGRIND_CATCHES)
        return true;
    char *maps = malloc(MAPS_SIZE);
    snprintf(path, sizeof path, "/proc/%d/task/%d/maps", thread->pid, thread->tid);
    bool possible = !maps || proc_read_file(path, maps, MAPS_SIZE) < 0 ||
                    maps_name_timer(maps, wait_has_shadow(thread));
    free(maps);
    return possible;
}
