#include "explain/waits/holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain/waits/calls.h"
#include "model/memory.h"
#include "supervise/proc.h"

enum { PATH_SIZE = 64, STAT_SIZE = 1024 };

static const char ended_thread[] = "a thread that has ended";

size_t holder_find_process(const struct explanation *explanation, pid_t pid)
{
    for (size_t i = 0; i < explanation->process_count; i++)
        if (explanation->processes[i].pid == pid)
            return i;
    return NO_INDEX;
}

size_t holder_find_thread(const struct explanation *explanation, pid_t tid)
{
    for (size_t i = 0; i < explanation->thread_count; i++)
        if (explanation->threads[i].tid == tid)
            return i;
    return NO_INDEX;
}

void holder_add(struct waiting *waiting, size_t thread, size_t process, char *who, int fd)
{
    struct holder *added =
        xappend((void **)&waiting->holders, &waiting->holder_count, sizeof *waiting->holders);
    *added = (struct holder){.thread = thread, .process = process, .who = who, .fd = fd};
}

char *holder_outsider(pid_t pid)
{
    struct proc_process process;
    if (proc_process_read(pid, &process) < 0 || !proc_process_alive(&process))
        return xstrdup("a process that has ended");
    return xasprintf("pid %d (%s)", (int)pid, process.name);
}

void holder_add_process(const struct explanation *explanation, struct waiting *waiting, pid_t pid,
                        int fd)
{
    size_t process = holder_find_process(explanation, pid);
    char *who = process == NO_INDEX ? holder_outsider(pid) : NULL;
    for (size_t i = 0; i < waiting->holder_count; i++) {
        const struct holder *known = &waiting->holders[i];
        if (known->process == process &&
            (process != NO_INDEX || (known->who && strcmp(known->who, who) == 0))) {
            free(who);
            return;
        }
    }
    holder_add(waiting, NO_INDEX, process, who, fd);
}

static bool thread_lives(pid_t pid, pid_t tid)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/proc/%d/task/%d", (int)pid, (int)tid);
    return access(path, F_OK) == 0;
}

/* Whether the process still runs the program it was forked from. */
static bool is_fork(const struct explanation *explanation, size_t index)
{
    enum { FORKED_NO_EXEC = 0x40 }; /* PF_FORKNOEXEC of the kernel's <linux/sched.h> */
    const struct stuck_process *process = &explanation->processes[index];
    char path[PATH_SIZE];
    char text[STAT_SIZE];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process->pid);
    if (proc_read_file(path, text, sizeof text) > 0) {
        const char *rest = strrchr(text, ')');
        unsigned flags = 0;
        return rest && sscanf(rest + 1, " %*c %*s %*s %*s %*s %*s %u", &flags) == 1 &&
               (flags & FORKED_NO_EXEC) && process->parent != NO_INDEX;
    }
    if (process->parent >= explanation->process_count || !process->program)
        return false;
    const char *parent = explanation->processes[process->parent].program;
    return parent && strcmp(parent, process->program) == 0;
}

static bool is_ancestor(const struct explanation *explanation, size_t process, size_t ancestor)
{
    for (size_t steps = 0; steps < explanation->process_count; steps++) {
        process = explanation->processes[process].parent;
        if (process >= explanation->process_count)
            return false;
        if (process == ancestor)
            return true;
    }
    return false;
}

/*
 * Which of the parent's threads an id of before the fork names. The child's first thread is a copy
 * of the one that called fork, down to its stack: where that begins in main(), it was the parent's
 * first thread, whose id is the parent's own.
 */
static const char *forked_owner(const struct explanation *explanation, size_t process,
                                bool owner_first)
{
    const struct stuck_thread *copy = NULL;
    for (size_t i = 0; i < explanation->thread_count && !copy; i++)
        if (explanation->threads[i].tid == explanation->processes[process].pid)
            copy = &explanation->threads[i];
    bool from_main = copy && call_in_stack(copy->frames, copy->frame_count, "main");
    bool from_thread = copy && call_in_stack(copy->frames, copy->frame_count, "start_thread");
    if (owner_first && from_main)
        return "the thread of the parent process that called fork, before the fork";
    if ((owner_first && from_thread) || (!owner_first && from_main))
        return "a thread of the parent process that fork did not copy";
    return "a thread of the parent process, before the fork";
}

/* The owner of a lock of one process, which has no such thread. */
static const char *lost_owner(const struct explanation *explanation, size_t process, pid_t owner)
{
    const struct stuck_process *child = &explanation->processes[process];
    size_t thread = holder_find_thread(explanation, owner);
    if (thread != NO_INDEX) {
        const struct stuck_thread *found = &explanation->threads[thread];
        if (!is_ancestor(explanation, process, found->process) || !is_fork(explanation, process))
            return ended_thread;
        return forked_owner(explanation, process,
                            found->tid == explanation->processes[found->process].pid);
    }
    /* Ids are given in ascending order: the threads that were there at the fork have lower ones
     * than the child, those that it made itself have higher ones. */
    if (owner < child->pid && is_fork(explanation, process))
        return forked_owner(explanation, process, false);
    return ended_thread;
}

void holder_add_owner(const struct explanation *explanation, size_t waiter, pid_t owner,
                      bool shared, struct waiting *waiting)
{
    size_t process = explanation->threads[waiter].process;
    size_t thread = holder_find_thread(explanation, owner);
    if (thread != NO_INDEX && (shared || explanation->threads[thread].process == process)) {
        holder_add(waiting, thread, explanation->threads[thread].process, NULL, -1);
        return;
    }
    struct proc_process other;
    char *who;
    if (shared && thread == NO_INDEX && proc_process_read(owner, &other) == 0 &&
        other.state != 'Z' && other.state != 'X')
        who = holder_outsider(owner);
    else if (!shared && thread == NO_INDEX &&
             thread_lives(explanation->processes[process].pid, owner))
        who = xstrdup("a thread that could not be looked at");
    else
        who = xstrdup(shared ? ended_thread : lost_owner(explanation, process, owner));
    holder_add(waiting, NO_INDEX, NO_INDEX, who, -1);
}
