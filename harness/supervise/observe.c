#include "supervise/observe.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "supervise/hang.h"
#include "supervise/supervise.h"

enum { MOST_SCANS = 12, BETWEEN_NS = 40000000 };

/* /proc/PID/syscall is for those who may trace the process (proc(5)). */
static int may_look(pid_t pid)
{
    char path[64];
    char text[256];
    snprintf(path, sizeof path, "/proc/%d/syscall", pid);
    ssize_t length = proc_read_file(path, text, sizeof text);
    return length == -ENOENT ? -ESRCH : length == -EPERM ? -EACCES : length < 0 ? (int)length : 0;
}

int observe(pid_t pid, struct tree_scan *scan, bool *hung)
{
    const struct timespec pause = {.tv_nsec = BETWEEN_NS};
    struct hang_watch watch = {0};
    *hung = false;
    int rc = may_look(pid);
    for (int i = 0; rc == 0 && i < MOST_SCANS && !*hung; i++) {
        struct proc_table table;
        struct tree_scan now;
        if (i > 0)
            nanosleep(&pause, NULL);
        rc = proc_table_read(&table);
        if (rc < 0)
            break;
        tree_scan_read_strange(&table, pid, &watch.last, &now);
        proc_table_release(&table);
        *hung = hang_watch_add(&watch, &now, run_now_ns());
    }
    if (rc == 0 && watch.last.count == 0)
        rc = -ESRCH;
    *scan = watch.last;
    watch.last = (struct tree_scan){0};
    if (rc < 0)
        tree_scan_release(scan);
    hang_watch_release(&watch);
    return rc;
}
