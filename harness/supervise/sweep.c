#include "supervise/sweep.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/memory.h"
#include "supervise/clear.h"
#include "supervise/proc.h"

struct children {
    const struct proc_table *table;
    bool *inherited;
};

static void leave_out(uv_handle_t *handle, void *data)
{
    struct children *children = data;
    if (handle->type != UV_PROCESS)
        return;
    pid_t pid = uv_process_get_pid((uv_process_t *)handle);
    const struct proc_process *own = proc_table_find(children->table, pid);
    if (own)
        children->inherited[own - children->table->processes] = false;
}

int sweep_pass(uv_loop_t *loop, uint64_t since)
{
    struct proc_table table;
    int rc = proc_table_read(&table);
    if (rc < 0)
        return rc;
    bool *member = xcalloc(table.count, sizeof *member);
    struct children children = {.table = &table, .inherited = member};
    pid_t session = getsid(0);
    for (size_t i = 0; i < table.count; i++) {
        const struct proc_process *process = &table.processes[i];
        member[i] =
            process->parent == getpid() && process->session != session && process->start >= since;
    }
    uv_walk(loop, leave_out, &children);
    /* By its own number each: waiting for any child would take the exits of others. */
    for (size_t i = 0; i < table.count; i++)
        if (member[i] && !proc_process_alive(&table.processes[i]) &&
            waitpid(table.processes[i].pid, NULL, WNOHANG) > 0)
            clear_successors(getpid(), table.processes[i].pid);
    int found = (int)proc_table_descendants(&table, -1, member);
    clear_signal(&table, member, SIGKILL);
    free(member);
    proc_table_release(&table);
    return found;
}
