#include "supervise/hang.h"

#include <string.h>

enum {
    QUIET_SCANS = 4,
    MOST_SKIPPED = 3,
    MOST_UNSCANNED = 12, /* half a second: a part of the program may be stuck meanwhile */
};

static const uint64_t quiet_ns = UINT64_C(115000000);

void hang_watch_release(struct hang_watch *watch)
{
    tree_scan_release(&watch->last);
    *watch = (struct hang_watch){0};
}

bool hang_watch_skip(struct hang_watch *watch, uint64_t now_ns)
{
    if (!watch->has_witness || watch->skipped >= MOST_SKIPPED || watch->unscanned >= MOST_UNSCANNED)
        return false;
    watch->unscanned++;
    struct tree_thread *witness = &watch->last.threads[watch->witness];
    struct proc_thread now;
    if (proc_read_switches(witness->thread.pid, witness->thread.tid, &now) < 0 || now.state == 'Z')
        return false;
    if (now.state == 'R' || now.switches != witness->thread.switches) {
        watch->last_progress_ns = now_ns;
        witness->thread.switches = now.switches;
        /* It may wait without end from here on, and then it is no witness any more. */
        witness->wait = WAIT_ENDLESS;
        watch->quiet_scans = 0;
        return true;
    }
    if (witness->wait != WAIT_MAY_END)
        return false;
    watch->skipped++;
    return true;
}

static bool same_wait(const struct proc_thread *left, const struct proc_thread *right)
{
    return left->pid == right->pid && left->tid == right->tid &&
           left->switches == right->switches && left->call == right->call &&
           memcmp(left->args, right->args, sizeof left->args) == 0;
}

/* The next thread of the program from *index on; the background threads are nobody's business. */
static const struct tree_thread *next_thread(const struct tree_scan *scan, size_t *index)
{
    while (*index < scan->count && scan->threads[*index].background)
        ++*index;
    return *index < scan->count ? &scan->threads[(*index)++] : NULL;
}

/* What changed between two scans of the same tree; *moved is the index in `now` of a thread that
 * ran, or now->count where one came or went. */
static bool changed(const struct tree_scan *before, const struct tree_scan *now, size_t *moved)
{
    size_t at_before = 0;
    size_t at_now = 0;
    *moved = now->count;
    for (;;) {
        const struct tree_thread *old = next_thread(before, &at_before);
        const struct tree_thread *new = next_thread(now, &at_now);
        if (!old || !new)
            return old || new;
        if (new->thread.state == 'R' || !same_wait(&old->thread, &new->thread)) {
            *moved = at_now - 1;
            return true;
        }
    }
}

/* True when every thread waits without end; *free is the index of one that does not. */
static bool all_endless(struct hang_watch *watch, size_t *free)
{
    const struct tree_scan *scan = &watch->last;
    size_t index = 0;
    size_t threads = 0;
    const struct tree_thread *thread;
    watch->hidden = 0;
    *free = scan->count;
    while ((thread = next_thread(scan, &index))) {
        threads++;
        if (thread->wait == WAIT_HIDDEN)
            watch->hidden = thread->thread.call_error;
        else if (thread->wait == WAIT_MAY_END && *free == scan->count)
            *free = index - 1;
    }
    return threads > 0 && *free == scan->count && !watch->hidden;
}

/* Since when each thread has been in the wait it is in now. */
static void carry_since(const struct tree_scan *before, struct tree_scan *now, uint64_t now_ns)
{
    size_t at = 0;
    for (size_t i = 0; i < now->count; i++) {
        struct tree_thread *thread = &now->threads[i];
        size_t found = at;
        while (found < before->count && before->threads[found].thread.tid != thread->thread.tid)
            found++;
        thread->since_ns = now_ns;
        if (found == before->count)
            continue; /* a new one */
        at = found + 1;
        if (same_wait(&before->threads[found].thread, &thread->thread))
            thread->since_ns = before->threads[found].since_ns;
    }
}

bool hang_watch_add(struct hang_watch *watch, struct tree_scan *scan, uint64_t now_ns)
{
    size_t moved;
    size_t free;
    bool progress = changed(&watch->last, scan, &moved);
    bool unseen = watch->last.pulse != scan->pulse;
    carry_since(&watch->last, scan, now_ns);
    tree_scan_release(&watch->last);
    watch->last = *scan;
    *scan = (struct tree_scan){0};
    bool endless = all_endless(watch, &free);

    watch->skipped = 0;
    watch->unscanned = 0;
    watch->witness = free < watch->last.count ? free : moved;
    watch->has_witness = watch->witness < watch->last.count;
    if (progress)
        watch->last_progress_ns = now_ns;
    if (!endless) {
        watch->quiet_scans = 0;
        return false;
    }
    if (unseen && watch->quiet_scans > 0)
        watch->last_progress_ns = now_ns;
    if (progress || unseen || watch->quiet_scans == 0) {
        watch->quiet_scans = 1;
        watch->quiet_since_ns = now_ns;
        return false;
    }
    watch->quiet_scans++;
    return watch->quiet_scans >= QUIET_SCANS && now_ns - watch->quiet_since_ns >= quiet_ns;
}
