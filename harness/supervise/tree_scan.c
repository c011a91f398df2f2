#include "supervise/tree_scan.h"

#include <stdlib.h>

#include "model/memory.h"
#include "supervise/alarm.h"

static bool known_background(const struct tree_scan *previous, const struct proc_thread *thread,
                             uint64_t start)
{
    for (size_t i = 0; previous && i < previous->count; i++) {
        const struct tree_thread *known = &previous->threads[i];
        if (known->thread.tid == thread->tid)
            return known->background && known->thread.pid == thread->pid && known->start == start;
    }
    return false;
}

/*
 * The runtime makes its thread before the process makes any of its own, and again after a fork, so
 * that a process may have several, all between the first thread and the program's others. One that
 * runs is passed over too, since it runs for microseconds and holds no lock while it sleeps; one
 * that waits for anything else may be part of a hang and is an ordinary thread.
 */
static bool is_background(const struct tree_scan *previous, struct tree_thread *found)
{
    const struct proc_thread *thread = &found->thread;
    bool asleep = wait_is_tsan_background(thread);
    if (!asleep && thread->state != 'R')
        return false;
    if (!asleep && !previous)
        return false;
    if (proc_thread_start(thread->pid, thread->tid, &found->start) < 0)
        return false;
    return asleep || known_background(previous, thread, found->start);
}

/* True when a thread was found that settles that the tree does not hang. */
static bool scan_process(struct object_context *context, const struct tree_scan *previous,
                         bool settled, struct tree_scan *scan)
{
    struct wait_world world = objects_world(context);
    pid_t *tids = NULL;
    size_t count = 0;
    bool prefix = true;
    if (proc_list_threads(context->pid, &tids, &count) < 0)
        return settled;
    /* What the process has prepared may wake any of its threads; asked of the first that lives. */
    bool timers = !settled && objects_timers(context->pid);
    bool asked = false;
    for (size_t i = 0; i < count; i++) {
        struct tree_thread found = {.wait = WAIT_MAY_END};
        if (proc_read_thread(context->pid, tids[i], &found.thread) < 0 ||
            found.thread.state == 'Z' || found.thread.state == 'X')
            continue;
        if (tids[i] != context->pid)
            prefix = found.background = prefix && is_background(previous, &found);
        context->tid = tids[i];
        if (!settled && !found.background) {
            timers = timers || (!asked && alarm_possible(&found.thread));
            asked = true;
            if (!timers)
                found.wait = wait_classify(&found.thread, &world);
            settled = found.wait == WAIT_MAY_END;
        }
        struct tree_thread *added = xappend((void **)&scan->threads, &scan->count, sizeof found);
        *added = found;
    }
    free(tids);
    return settled;
}

static void scan_members(struct object_context *context, const struct tree_scan *previous,
                         struct tree_scan *scan)
{
    bool settled = false;
    *scan = (struct tree_scan){0};
    for (size_t i = 0; i < context->table->count; i++) {
        if (!context->member[i])
            continue;
        context->pid = context->table->processes[i].pid;
        settled = scan_process(context, previous, settled, scan);
    }
}

void tree_scan_read(const struct proc_table *table, pid_t keeper, const struct served_pipe *served,
                    size_t served_count, const struct tree_scan *previous, struct tree_scan *scan)
{
    bool *member = xcalloc(table->count, sizeof *member);
    struct object_context context = {
        .table = table, .member = member, .served = served, .served_count = served_count};
    proc_table_descendants(table, keeper, member);
    scan_members(&context, previous, scan);
    free(member);
}

void tree_scan_read_strange(const struct proc_table *table, pid_t pid,
                            const struct tree_scan *previous, struct tree_scan *scan)
{
    bool *member = xcalloc(table->count, sizeof *member);
    struct object_context context = {.table = table, .member = member, .strangers = true};
    const struct proc_process *root = proc_table_find(table, pid);
    if (root)
        member[root - table->processes] = true;
    proc_table_descendants(table, pid, member);
    scan_members(&context, previous, scan);
    free(member);
}

void tree_scan_release(struct tree_scan *scan)
{
    free(scan->threads);
    *scan = (struct tree_scan){0};
}
