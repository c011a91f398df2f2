#include "supervise/clear.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "model/memory.h"

static bool seen_group(const pid_t *groups, size_t count, pid_t group)
{
    /* Members of one group mostly have neighbouring pids. */
    for (size_t i = count; i > 0; i--)
        if (groups[i - 1] == group)
            return true;
    return false;
}

size_t clear_signal(const struct proc_table *table, const bool *member, int signal_number)
{
    pid_t own = getpgrp();
    pid_t *groups = NULL;
    size_t group_count = 0;
    size_t running = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct proc_process *process = &table->processes[i];
        if (!member[i] || !proc_process_alive(process))
            continue;
        running += process->state != 'T';
        if (process->group == own || process->group <= 1) {
            kill(process->pid, signal_number);
        } else if (!seen_group(groups, group_count, process->group)) {
            pid_t *added = xappend((void **)&groups, &group_count, sizeof *added);
            *added = process->group;
            kill(-process->group, signal_number);
        }
    }
    free(groups);
    return running;
}

void clear_successors(pid_t parent, pid_t after, clear_doomed_fn *doomed, const void *user)
{
    enum { REACH = 16 };
    for (pid_t pid = after + 1; pid <= after + REACH; pid++) {
        struct proc_process process;
        if (proc_process_read(pid, &process) == 0 && process.parent == parent &&
            (!doomed || doomed(&process, user)))
            kill(pid, SIGKILL);
    }
}
