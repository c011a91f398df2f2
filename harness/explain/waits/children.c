#include "explain/waits/children.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "explain/waits/holder.h"
#include "model/memory.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

enum { PATH_SIZE = 96, INFO_SIZE = 1024 };

/* Which children a call accepts: one, those of a group, or all. */
struct accepted {
    pid_t pid;   /* 0: any */
    pid_t group; /* 0: any */
};

bool children_is_wait(const struct proc_thread *sample)
{
    switch (sample->call) {
    case SYS_wait4:
    case SYS_waitid:
#ifdef SYS_vfork
    case SYS_vfork:
#endif
#ifdef SYS_clone3
    case SYS_clone3: /* nothing else sleeps there */
#endif
        return true;
    case SYS_clone:
        return (sample->args[0] & CLONE_VFORK) != 0;
    default:
        return false;
    }
}

static pid_t group_of(pid_t pid)
{
    struct proc_process process;
    return proc_process_read(pid, &process) == 0 ? process.group : -1;
}

static pid_t process_of_descriptor(const struct proc_thread *sample, int fd)
{
    char path[PATH_SIZE];
    char text[INFO_SIZE];
    snprintf(path, sizeof path, "/proc/%d/task/%d/fdinfo/%d", (int)sample->pid, (int)sample->tid,
             fd);
    if (proc_read_file(path, text, sizeof text) <= 0)
        return 0;
    const char *found = strstr(text, "\nPid:");
    long pid = found ? strtol(found + strlen("\nPid:"), NULL, 10) : 0;
    return pid > 0 ? (pid_t)pid : 0;
}

static struct accepted accepted_by(const struct proc_thread *sample)
{
    pid_t id = (pid_t)sample->args[sample->call == SYS_waitid ? 1 : 0];
    if (sample->call == SYS_wait4) {
        if (id > 0)
            return (struct accepted){.pid = id};
        if (id == 0)
            return (struct accepted){.group = group_of(sample->pid)};
        return (struct accepted){.group = id == -1 ? 0 : -id};
    }
    if (sample->call != SYS_waitid)
        return (struct accepted){0};
    switch ((int)sample->args[0]) {
    case P_PID:
        return (struct accepted){.pid = id};
    case P_PGID:
        return (struct accepted){.group = id ? id : group_of(sample->pid)};
    case P_PIDFD:
        return (struct accepted){.pid = process_of_descriptor(sample, id)};
    default:
        return (struct accepted){0};
    }
}

void children_tell(const struct explanation *explanation, size_t index,
                   const struct proc_thread *sample, struct waiting *waiting)
{
    struct accepted accepted = accepted_by(sample);
    if (accepted.pid > 0) {
        holder_add_process(explanation, waiting, accepted.pid, -1);
        return;
    }
    for (size_t i = 0; i < explanation->process_count; i++) {
        const struct stuck_process *process = &explanation->processes[i];
        if (process->parent == explanation->threads[index].process &&
            (accepted.group == 0 || group_of(process->pid) == accepted.group))
            holder_add(waiting, NO_INDEX, i, NULL, -1);
    }
    if (waiting->holder_count == 0)
        waiting->note = xstrdup("no child that it could wait for was found");
}
