#include "supervise/sweep.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/memory.h"
#include "supervise/clear.h"
#include "supervise/proc.h"

/* What tells a process that a run left from the others that are children of this one. */
struct stray {
    pid_t session; /* this process's */
    uint64_t since;
    pid_t *own; /* the processes of the loop */
    size_t own_count;
};

static void note_own(uv_handle_t *handle, void *data)
{
    struct stray *stray = data;
    if (handle->type != UV_PROCESS)
        return;
    pid_t *added = xappend((void **)&stray->own, &stray->own_count, sizeof *added);
    *added = uv_process_get_pid((uv_process_t *)handle);
}

static bool is_stray(const struct proc_process *process, const void *user)
{
    const struct stray *stray = user;
    if (process->parent != getpid() || process->session == stray->session ||
        process->start < stray->since)
        return false;
    for (size_t i = 0; i < stray->own_count; i++)
        if (stray->own[i] == process->pid)
            return false;
    return true;
}

int sweep_pass(uv_loop_t *loop, uint64_t since)
{
    struct proc_table table;
    struct stray stray = {.session = getsid(0), .since = since};
    int rc = proc_table_read(&table);
    if (rc < 0)
        return rc;
    uv_walk(loop, note_own, &stray);
    bool *member = xcalloc(table.count, sizeof *member);
    for (size_t i = 0; i < table.count; i++)
        member[i] = is_stray(&table.processes[i], &stray);
    /* By its own number each: waiting for any child would take the exits of others. */
    for (size_t i = 0; i < table.count; i++)
        if (member[i] && !proc_process_alive(&table.processes[i]) &&
            waitpid(table.processes[i].pid, NULL, WNOHANG) > 0)
            clear_successors(getpid(), table.processes[i].pid, is_stray, &stray);
    int found = (int)proc_table_descendants(&table, -1, member);
    clear_signal(&table, member, SIGKILL);
    free(stray.own);
    free(member);
    proc_table_release(&table);
    return found;
}
