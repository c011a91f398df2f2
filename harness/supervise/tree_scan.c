#include "supervise/tree_scan.h"

#include <stdlib.h>

#include "model/memory.h"
#include "supervise/alarm.h"
#include "supervise/outside.h"

enum { CLOCK_READINGS = 3 };

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
static bool is_background(const struct tree_scan *previous, const struct wait_world *world,
                          struct tree_thread *found)
{
    const struct proc_thread *thread = &found->thread;
    bool asleep = wait_is_tsan_background(thread, world);
    if (!asleep && thread->state != 'R')
        return false;
    if (!asleep && !previous)
        return false;
    if (proc_thread_start(thread->pid, thread->tid, &found->start) < 0)
        return false;
    return asleep || known_background(previous, thread, found->start);
}

/*
 * True when a thread was found that settles that the tree does not hang. Of the process that is
 * `first` in its tree nothing is asked about its end, which is the end of all.
 */
static bool scan_process(struct object_context *context, const struct tree_scan *previous,
                         const struct proc_process *process, bool first, bool settled,
                         struct tree_scan *scan)
{
    struct wait_world world = objects_world(context);
    pid_t *tids = NULL;
    size_t count = 0;
    bool prefix = true;
    if (proc_list_threads(context->pid, &tids, &count) < 0)
        return settled;
    /* What the process has prepared may wake any of its threads; asked of the first that lives. */
    bool timers = !settled && (objects_timers(context->pid) || outside_has_requests(context->pid));
    bool asked = false;
    for (size_t i = 0; i < count; i++) {
        struct tree_thread found = {.wait = WAIT_MAY_END};
        if (proc_read_thread(context->pid, tids[i], &found.thread) < 0 ||
            found.thread.state == 'Z' || found.thread.state == 'X')
            continue;
        context->tid = tids[i];
        if (tids[i] != context->pid)
            prefix = found.background = prefix && is_background(previous, &world, &found);
        if (!settled && !found.background) {
            /* A symbolizer could set an alarm, and never does for what it does here. */
            timers = timers || (!asked && !proc_process_symbolizes(process) &&
                                alarm_possible(&found.thread, !first));
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

/* The processor time that the runtime's own threads of a process have used; false where the kernel
 * does not tell. */
static bool background_ran(const struct tree_scan *scan, pid_t pid, uint64_t *ran_ns)
{
    *ran_ns = 0;
    for (size_t i = 0; i < scan->count; i++) {
        const struct tree_thread *thread = &scan->threads[i];
        uint64_t thread_ns;
        if (!thread->background || thread->thread.pid != pid)
            continue;
        if (proc_thread_ran(pid, thread->thread.tid, &thread_ns) < 0)
            return false;
        *ran_ns += thread_ns;
    }
    return true;
}

/* The processor time of all threads a process ever had, but for the runtime's own. */
static uint64_t process_ran(const struct tree_scan *scan, pid_t pid)
{
    uint64_t all = 0;
    uint64_t before = 0;
    uint64_t after = 1;
    for (int i = 0; i < CLOCK_READINGS && before != after; i++)
        if (!background_ran(scan, pid, &before) || proc_process_ran(pid, &all) < 0 ||
            !background_ran(scan, pid, &after))
            return 0;
    return all - after;
}

static uint64_t mix(uint64_t pulse, uint64_t value)
{
    return (pulse ^ value) * UINT64_C(0x100000001b3) + 1;
}

/*
 * A thread that comes and goes between two listings has used its process's time. A process that does
 * was made by one like it, and is an orphan with it, which the keeper is woken for to reap, or lies
 * in the table unreaped.
 */
static uint64_t take_pulse(const struct object_context *context, pid_t keeper,
                           const struct tree_scan *scan)
{
    uint64_t pulse = keeper ? process_ran(scan, keeper) : 0;
    for (size_t i = 0; i < context->table->count; i++)
        if (context->member[i]) {
            pid_t pid = context->table->processes[i].pid;
            pulse = mix(mix(pulse, (uint64_t)pid), process_ran(scan, pid));
        }
    return pulse;
}

/* The one that was there before all others of its tree, as the table has it. */
static pid_t find_first(const struct object_context *context)
{
    const struct proc_process *first = NULL;
    for (size_t i = 0; i < context->table->count; i++) {
        const struct proc_process *process = &context->table->processes[i];
        if (context->member[i] && (!first || process->start < first->start))
            first = process;
    }
    return first ? first->pid : 0;
}

/* keeper: 0 in a tree that has none. */
static void scan_members(struct object_context *context, pid_t keeper,
                         const struct tree_scan *previous, struct tree_scan *scan)
{
    bool settled = false;
    pid_t first = find_first(context);
    *scan = (struct tree_scan){0};
    for (size_t i = 0; i < context->table->count; i++) {
        if (!context->member[i])
            continue;
        const struct proc_process *process = &context->table->processes[i];
        context->pid = process->pid;
        settled = scan_process(context, previous, process, process->pid == first, settled, scan);
    }
    if (!settled)
        scan->pulse = take_pulse(context, keeper, scan);
}

void tree_scan_read(const struct proc_table *table, pid_t keeper, const struct served_pipe *served,
                    size_t served_count, const struct tree_scan *previous, struct tree_scan *scan)
{
    bool *member = xcalloc(table->count, sizeof *member);
    struct object_context context = {
        .table = table, .member = member, .served = served, .served_count = served_count};
    proc_table_descendants(table, keeper, member);
    scan_members(&context, keeper, previous, scan);
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
    scan_members(&context, 0, previous, scan);
    free(member);
}

void tree_scan_release(struct tree_scan *scan)
{
    free(scan->threads);
    *scan = (struct tree_scan){0};
}
