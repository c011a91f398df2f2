#include "supervise/outside.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <unistd.h>

enum { PATH_SIZE = 96 };

bool outside_has_open(const struct object_context *context, const struct stat *wanted)
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

struct mapping {
    uint64_t from;
    uint64_t to;
    unsigned major;
    unsigned minor;
    uint64_t inode;
    bool shared;
    bool nameless; /* anonymous: only forked children have it too */
    bool requests; /* a queue of requests to the kernel */
};

/* Reads the next line of a maps file. */
static bool next_mapping(FILE *maps, struct mapping *mapping)
{
    char line[PATH_MAX + 256];
    char access[5];
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*x %x:%x %" SCNu64, &mapping->from,
                   &mapping->to, access, &mapping->major, &mapping->minor, &mapping->inode) == 6) {
            mapping->shared = access[3] == 's';
            mapping->nameless = strstr(line, " /dev/zero (deleted)") != NULL;
            mapping->requests =
                strstr(line, " anon_inode:[io_uring]") || strstr(line, " /[aio] (deleted)");
            return true;
        }
    return false;
}

static FILE *open_maps(pid_t pid)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    return fopen(path, "re");
}

bool outside_has_requests(pid_t pid)
{
    struct mapping mapping;
    bool found = false;
    FILE *maps = open_maps(pid);
    if (!maps)
        return true;
    while (!found && next_mapping(maps, &mapping))
        found = mapping.requests;
    fclose(maps);
    return found;
}

static bool mapped_outside(const struct object_context *context, const struct mapping *wanted)
{
    for (size_t i = 0; i < context->table->count; i++) {
        struct mapping mapping;
        bool found = false;
        FILE *maps = context->member[i] ? NULL : open_maps(context->table->processes[i].pid);
        while (maps && !found && next_mapping(maps, &mapping))
            found = mapping.shared && mapping.inode == wanted->inode &&
                    mapping.major == wanted->major && mapping.minor == wanted->minor;
        if (maps)
            fclose(maps);
        if (found)
            return true;
    }
    return false;
}

bool outside_lacks_memory(void *data, uint64_t address)
{
    const struct object_context *context = data;
    struct mapping mapping;
    bool inside = false;
    FILE *maps = open_maps(context->pid);
    while (maps && next_mapping(maps, &mapping))
        if (address >= mapping.from && address < mapping.to) {
            inside = !mapping.shared || (!context->strangers &&
                                         (mapping.nameless || !mapped_outside(context, &mapping)));
            break;
        }
    if (maps)
        fclose(maps);
    return inside;
}

bool outside_lacks_ipc(void *data, bool messages, int id)
{
    const struct object_context *context = data;
    FILE *table = context->strangers ? NULL
                  : messages         ? fopen("/proc/sysvipc/msg", "re")
                                     : fopen("/proc/sysvipc/sem", "re");
    char line[256];
    bool inside = false;
    while (table && !inside && fgets(line, sizeof line, table)) {
        int key;
        int found;
        inside = sscanf(line, "%d %d", &key, &found) == 2 && found == id && key == IPC_PRIVATE;
    }
    if (table)
        fclose(table);
    return inside;
}
