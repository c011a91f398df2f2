#include "explain/waits/watched.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "explain/waits/descriptor.h"
#include "explain/waits/ends.h"
#include "model/memory.h"

enum { MOST_WATCHED = 64, MOST_NAMED = 4, MOST_SCANNED = 1024, PATH_SIZE = 96, INFO_SIZE = 16384 };

struct watched {
    int fd;
    bool for_data;
    bool for_room;
};

/* What one call watches. More than MOST_WATCHED are only counted. */
struct watch_list {
    struct watched items[MOST_WATCHED];
    size_t count;
};

bool watched_is_wait(long call)
{
    switch (call) {
#ifdef SYS_poll
    case SYS_poll:
#endif
    case SYS_ppoll:
#ifdef SYS_select
    case SYS_select:
#endif
    case SYS_pselect6:
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait:
#ifdef SYS_epoll_pwait2
    case SYS_epoll_pwait2:
#endif
        return true;
    default:
        return false;
    }
}

static void add_watched(struct watch_list *list, int fd, bool for_data, bool for_room)
{
    if (list->count < MOST_WATCHED)
        list->items[list->count] = (struct watched){fd, for_data, for_room};
    list->count++;
}

static void list_poll(const struct proc_thread *sample, const struct wait_sources *sources,
                      struct watch_list *list)
{
    for (uint64_t i = 0; i < sample->args[1] && i < MOST_SCANNED; i++) {
        struct pollfd polled;
        if (!sources->read(sources->context, sample->pid, sample->args[0] + i * sizeof polled,
                           &polled, sizeof polled))
            return;
        if (polled.fd >= 0)
            add_watched(list, polled.fd, polled.events & (POLLIN | POLLPRI | POLLRDHUP),
                        polled.events & POLLOUT);
    }
}

/* The kernel's copy of the sets is its own: while it sleeps, memory still has what was asked. */
static void list_select(const struct proc_thread *sample, const struct wait_sources *sources,
                        struct watch_list *list)
{
    enum { BITS = 8 * sizeof(unsigned long) };
    unsigned long sets[3][MOST_SCANNED / BITS] = {0};
    uint64_t count = sample->args[0] < MOST_SCANNED ? sample->args[0] : MOST_SCANNED;
    size_t bytes = (size_t)((count + BITS - 1) / BITS) * sizeof(unsigned long);
    for (int set = 0; set < 3 && bytes > 0; set++)
        if (sample->args[1 + set] != 0 &&
            !sources->read(sources->context, sample->pid, sample->args[1 + set], sets[set], bytes))
            memset(sets[set], 0, sizeof sets[set]);
    for (uint64_t fd = 0; fd < count; fd++) {
        bool in[3];
        for (int set = 0; set < 3; set++)
            in[set] = sets[set][fd / BITS] >> (fd % BITS) & 1;
        if (in[0] || in[1] || in[2])
            add_watched(list, (int)fd, in[0] || in[2], in[1]);
    }
}

static void list_epoll(const struct proc_thread *sample, struct watch_list *list)
{
    char path[PATH_SIZE];
    char *text = xcalloc(1, INFO_SIZE);
    snprintf(path, sizeof path, "/proc/%d/task/%d/fdinfo/%d", (int)sample->pid, (int)sample->tid,
             (int)sample->args[0]);
    if (proc_read_file(path, text, INFO_SIZE) > 0) {
        for (const char *at = strstr(text, "\ntfd:"); at; at = strstr(at + 1, "\ntfd:")) {
            int fd;
            unsigned events;
            if (sscanf(at, "\ntfd: %d events: %x", &fd, &events) == 2)
                add_watched(list, fd, events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP),
                            events & EPOLLOUT);
        }
    }
    free(text);
}

/* Also tells whether the wait has a time limit. */
static void list_all(const struct proc_thread *sample, const struct wait_sources *sources,
                     struct watch_list *list, struct waiting *waiting)
{
    switch (sample->call) {
#ifdef SYS_poll
    case SYS_poll:
        waiting->limited = (int)sample->args[2] >= 0;
        list_poll(sample, sources, list);
        break;
#endif
    case SYS_ppoll:
        waiting->limited = sample->args[2] != 0;
        list_poll(sample, sources, list);
        break;
#ifdef SYS_select
    case SYS_select:
#endif
    case SYS_pselect6:
        waiting->limited = sample->args[4] != 0;
        list_select(sample, sources, list);
        break;
#ifdef SYS_epoll_pwait2
    case SYS_epoll_pwait2:
        waiting->limited = sample->args[3] != 0;
        list_epoll(sample, list);
        break;
#endif
    default:
        waiting->limited = (int)sample->args[3] >= 0;
        list_epoll(sample, list);
        break;
    }
}

/* "a pipe (fd 3), an eventfd (fd 5) and 2 more" */
static char *spell(const struct proc_thread *sample, const struct watch_list *list)
{
    char *text = NULL;
    for (size_t i = 0; i < list->count && i < MOST_NAMED; i++) {
        int fd = list->items[i].fd;
        struct descriptor descriptor;
        char *name = descriptor_open(sample->pid, sample->tid, fd, &descriptor)
                         ? descriptor_name(sample->pid, &descriptor)
                         : xstrdup("a descriptor");
        char *longer;
        if (list->count == 1)
            longer = xstrdup(name);
        else if (i == 0)
            longer = xasprintf("%s (fd %d)", name, fd);
        else
            longer =
                xasprintf("%s%s%s (fd %d)", text, i + 1 == list->count ? " and " : ", ", name, fd);
        free(name);
        free(text);
        text = longer;
    }
    if (list->count > MOST_NAMED) {
        char *longer = xasprintf("%s and %zu more", text, list->count - MOST_NAMED);
        free(text);
        text = longer;
    }
    return text;
}

void watched_tell(const struct explanation *explanation, size_t index,
                  const struct proc_thread *sample, const struct wait_sources *sources,
                  struct waiting *waiting)
{
    struct watch_list list = {.count = 0};
    list_all(sample, sources, &list, waiting);
    waiting->name = spell(sample, &list);
    if (list.count == 0)
        waiting->note = xstrdup(waiting->limited ? "it watches no descriptor"
                                                 : "it watches no descriptor that is known");
    if (list.count == 1)
        waiting->fd = list.items[0].fd;
    for (size_t i = 0; i < list.count && i < MOST_WATCHED; i++) {
        const struct watched *item = &list.items[i];
        if (item->for_data)
            ends_add_holders(explanation, index, item->fd, false, waiting);
        if (item->for_room)
            ends_add_holders(explanation, index, item->fd, true, waiting);
    }
    for (size_t i = 0; i < list.count && i < MOST_WATCHED; i++)
        waiting->limited =
            waiting->limited || descriptor_is_armed(sample->pid, sample->tid, list.items[i].fd);
}
