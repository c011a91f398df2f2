#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "model/memory.h"
#include "supervise/hang.h"

static const uint64_t still_ns = UINT64_C(1000000000);

/* An endless wait on a futex that has lasted. */
static bool is_stuck(const struct tree_thread *thread, uint64_t now_ns)
{
    const struct proc_thread *at = &thread->thread;
    int command = (int)at->args[1] & FUTEX_CMD_MASK;
    return !thread->background && at->state == 'S' && at->call == SYS_futex && at->args[3] == 0 &&
           (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET || command == FUTEX_LOCK_PI) &&
           now_ns - thread->since_ns >= still_ns;
}

/* The stuck threads that the words at a futex may name: of a thread being joined, or of a priority
 * inheriting mutex, in the first; of a mutex's owner in the third (glibc 2.36, struct_mutex.h). */
static size_t find_named(const struct tree_scan *scan, const size_t *stuck, size_t count,
                         const struct proc_thread *waiter)
{
    uint32_t words[3];
    if (!proc_read_memory(waiter->pid, waiter->args[0], words, sizeof words))
        return count;
    for (size_t i = 0; i < count; i++) {
        uint32_t tid = (uint32_t)scan->threads[stuck[i]].thread.tid;
        if (tid == (words[0] & FUTEX_TID_MASK) || tid == words[2])
            return i;
    }
    return count;
}

/* True where following the names leads round in a circle. */
static bool goes_round(const size_t *next, size_t count)
{
    for (size_t start = 0; start < count; start++) {
        size_t at = next[start];
        for (size_t steps = 0; at < count && steps < count; steps++) {
            if (at == start)
                return true;
            at = next[at];
        }
    }
    return false;
}

bool hang_watch_part(struct hang_watch *watch, uint64_t now_ns)
{
    const struct tree_scan *scan = &watch->last;
    size_t *stuck = NULL;
    size_t count = 0;
    uint64_t set = 0;
    for (size_t i = 0; i < scan->count; i++) {
        const struct proc_thread *thread = &scan->threads[i].thread;
        if (!is_stuck(&scan->threads[i], now_ns))
            continue;
        *(size_t *)xappend((void **)&stuck, &count, sizeof *stuck) = i;
        set = (set ^ (uint64_t)thread->tid ^ thread->args[0]) * UINT64_C(0x100000001b3) + 1;
    }
    bool found = false;
    if (count > 0 && set != watch->part) {
        size_t *next = xcalloc(count, sizeof *next);
        for (size_t i = 0; i < count; i++)
            next[i] = find_named(scan, stuck, count, &scan->threads[stuck[i]].thread);
        found = goes_round(next, count);
        free(next);
        watch->part = set;
    }
    free(stuck);
    return found;
}
