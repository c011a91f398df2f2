#include "explain/waits/file_lock.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/waits/descriptor.h"
#include "explain/waits/holder.h"
#include "model/memory.h"
#include "supervise/proc.h"

enum { LOCKS_SIZE = 1 << 18, INFO_SIZE = 16384, PATH_SIZE = 96 };

/* One line of /proc/locks, or of a descriptor's own list. */
struct lock_line {
    bool waits;
    char kind[16]; /* POSIX, FLOCK, OFDLCK, LEASE, ... */
    bool writes;
    pid_t pid; /* -1 of an open file description */
    uint64_t inode;
    uint64_t start;
    uint64_t end;
};

static bool parse(const char *text, struct lock_line *line)
{
    char kind[16];
    char access[16];
    char end[24];
    const char *arrow = strstr(text, "-> ");
    const char *from = arrow ? arrow + 2 : strchr(text, ' ');
    int pid;
    if (!from || sscanf(from, " %15s %*s %15s %d %*x:%*x:%" SCNu64 " %" SCNu64 " %23s", kind,
                        access, &pid, &line->inode, &line->start, end) != 6)
        return false;
    line->waits = arrow != NULL;
    memcpy(line->kind, kind, sizeof kind);
    line->writes = strcmp(access, "WRITE") == 0;
    line->pid = pid;
    line->end = strcmp(end, "EOF") == 0 ? UINT64_MAX : strtoull(end, NULL, 10);
    return true;
}

static bool is_flock(const struct lock_line *line)
{
    return strcmp(line->kind, "FLOCK") == 0;
}

/* Whether the one stands in the way of the other. flock() and fcntl() do not know of each other. */
static bool conflicts(const struct lock_line *held, const struct lock_line *wanted)
{
    if (held->waits || held->inode != wanted->inode || is_flock(held) != is_flock(wanted) ||
        !(held->writes || wanted->writes))
        return false;
    bool same_owner = held->pid == wanted->pid && strcmp(held->kind, "POSIX") == 0 &&
                      strcmp(wanted->kind, "POSIX") == 0;
    return !same_owner && held->start <= wanted->end && wanted->start <= held->end;
}

/* Calls `use` for every line until it answers false. */
static void each_line(const char *text, bool (*use)(void *, const struct lock_line *),
                      void *context)
{
    char *copy = xstrdup(text);
    char *rest = NULL;
    for (char *at = strtok_r(copy, "\n", &rest); at; at = strtok_r(NULL, "\n", &rest)) {
        struct lock_line line;
        if (parse(at, &line) && !use(context, &line))
            break;
    }
    free(copy);
}

struct lock_search {
    const struct explanation *explanation;
    struct waiting *waiting;
    pid_t pid;
    uint64_t inode;
    struct lock_line wanted; /* inode 0 until it is found */
    bool found;
    bool described; /* it is held by an open file description */
};

static bool find_wanted(void *context, const struct lock_line *line)
{
    struct lock_search *search = context;
    if (!line->waits || line->inode != search->inode)
        return true;
    /* A wait of an open file description has no process in the list: the next best. */
    if (line->pid == search->pid || (line->pid == -1 && search->wanted.inode == 0))
        search->wanted = *line;
    return line->pid != search->pid;
}

static bool add_by_process(void *context, const struct lock_line *line)
{
    struct lock_search *search = context;
    if (!conflicts(line, &search->wanted))
        return true;
    if (line->pid > 0 && strcmp(line->kind, "POSIX") == 0)
        holder_add_process(search->explanation, search->waiting, line->pid, -1);
    else
        search->described = true;
    return true;
}

static bool note_description(void *context, const struct lock_line *line)
{
    struct lock_search *search = context;
    search->found = conflicts(line, &search->wanted) && strcmp(line->kind, "POSIX") != 0;
    return !search->found;
}

/* The locks of a description are listed with each descriptor of it. */
static int find_description(struct lock_search *search, pid_t pid, pid_t tid)
{
    char folder[PATH_SIZE];
    char path[PATH_SIZE + 256];
    char *text = xcalloc(1, INFO_SIZE);
    int fd = -1;
    snprintf(folder, sizeof folder, "/proc/%d/task/%d/fdinfo", (int)pid, (int)tid);
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        int number = (int)strtol(entry->d_name, NULL, 10);
        if (!isdigit((unsigned char)entry->d_name[0]) || (fd >= 0 && number > fd))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        search->found = false;
        if (proc_read_file(path, text, INFO_SIZE) > 0)
            each_line(text, note_description, search);
        if (search->found)
            fd = number;
    }
    if (dir)
        closedir(dir);
    free(text);
    return fd;
}

static void add_by_description(struct lock_search *search)
{
    const struct explanation *explanation = search->explanation;
    for (size_t i = 0; i < explanation->process_count; i++) {
        pid_t tid = explanation->processes[i].pid;
        for (size_t t = 0; t < explanation->thread_count; t++)
            if (explanation->threads[t].process == i)
                tid = explanation->threads[t].tid;
        int fd = find_description(search, explanation->processes[i].pid, tid);
        if (fd >= 0)
            holder_add_process(explanation, search->waiting, explanation->processes[i].pid, fd);
    }
}

/* The one that /proc/locks names for a lock of flock(): whoever took it. */
static bool add_taker(void *context, const struct lock_line *line)
{
    struct lock_search *search = context;
    if (conflicts(line, &search->wanted) && line->pid > 0)
        holder_add_process(search->explanation, search->waiting, line->pid, -1);
    return true;
}

char *file_locks_read(void)
{
    char *text = xcalloc(1, LOCKS_SIZE);
    (void)proc_read_file("/proc/locks", text, LOCKS_SIZE);
    return text;
}

void file_lock_tell(const struct explanation *explanation, size_t index, int fd, const char *locks,
                    struct waiting *waiting)
{
    const struct stuck_thread *thread = &explanation->threads[index];
    struct lock_search search = {.explanation = explanation,
                                 .waiting = waiting,
                                 .pid = explanation->processes[thread->process].pid};
    struct descriptor file;
    waiting->fd = fd;
    if (!descriptor_open(search.pid, thread->tid, fd, &file)) {
        waiting->note = xstrdup("its descriptor could not be looked at");
        return;
    }
    waiting->name = descriptor_name(search.pid, &file);
    search.inode = file.inode;
    each_line(locks, find_wanted, &search);
    if (search.wanted.inode != 0) {
        each_line(locks, add_by_process, &search);
        if (search.described)
            add_by_description(&search);
        if (waiting->holder_count == 0)
            each_line(locks, add_taker, &search);
    }
    if (waiting->holder_count == 0)
        waiting->note = xstrdup("the kernel's list of locks does not show who holds it");
}
