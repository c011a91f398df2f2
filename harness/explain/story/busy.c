#include "explain/story/busy.h"

#include <stdlib.h>
#include <string.h>

#include "explain/story/group.h"
#include "model/memory.h"

enum { BUSY = 3, WAITING = 3 }; /* told before "and N more" */

/* A lock that the others keep taking makes a busy thread sleep for moments. */
static bool is_busy(const struct stuck_thread *thread)
{
    if (thread->cpu_ms == 0 || thread->stopped)
        return false;
    switch (thread->waiting.what) {
    case FOR_MUTEX:
    case FOR_READ_LOCK:
    case FOR_WRITE_LOCK:
        return true;
    default:
        return thread->ready;
    }
}

static bool has_holder(const struct explanation *explanation, const struct waiting *waiting)
{
    for (size_t i = 0; i < waiting->holder_count; i++) {
        if (waiting->holders[i].thread < explanation->thread_count ||
            waiting->holders[i].process < explanation->process_count)
            return true;
    }
    return false;
}

static bool waits_for_tree(const struct explanation *explanation, const struct stuck_thread *thread)
{
    if (thread->stopped || thread->waiting.limited)
        return false;
    switch (thread->waiting.what) {
    case FOR_CONDITION:
    case FOR_SEMAPHORE:
    case FOR_BARRIER:
    case FOR_JOIN:
        return true;
    case FOR_NOTHING:
    case FOR_UNKNOWN:
    case FOR_TIME:
    case FOR_SIGNAL:
    case FOR_FUTEX:
        return false;
    default:
        return has_holder(explanation, &thread->waiting);
    }
}

bool busy_only(const struct explanation *explanation)
{
    bool busy = false;
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *thread = &explanation->threads[i];
        if (thread->ready && is_busy(thread))
            busy = true;
        else if (!thread->ready && !waits_for_tree(explanation, thread))
            return false;
    }
    return busy;
}

static void tell_busy(struct teller *teller, const bool *chosen)
{
    size_t told = 0, count = 0;
    for (size_t i = 0; i < teller->explanation->thread_count; i++)
        count += chosen[i];
    tell(teller, count > 1 ? "livelock: " : "busy without end: ");
    for (size_t i = 0; i < teller->explanation->thread_count && told < BUSY; i++) {
        if (!chosen[i])
            continue;
        const struct place *place = stuck_thread_place(&teller->explanation->threads[i]);
        tell(teller, "%s", told == 0 ? "" : told + 1 == count ? " and " : ", ");
        tell_label(teller, i);
        tell(teller, told == 0 ? " is busy to the time limit " : " ");
        tell_place(teller, place);
        if (place && place->line > 0 && place->function && strcmp(place->function, "main") != 0)
            tell(teller, " (in %s)", place->function);
        told++;
    }
    if (count > told)
        tell(teller, " and %zu more", count - told);
}

void busy_tell(struct teller *teller)
{
    const struct explanation *explanation = teller->explanation;
    bool *chosen = xcalloc(explanation->thread_count, sizeof *chosen);
    bool *none = xcalloc(explanation->thread_count, sizeof *none);
    for (size_t i = 0; i < explanation->thread_count; i++)
        chosen[i] = is_busy(&explanation->threads[i]);
    tell_busy(teller, chosen);
    for (size_t i = 0; i < explanation->thread_count; i++)
        chosen[i] = !chosen[i] && !explanation->threads[i].ready;
    struct wait_groups groups;
    groups_make(teller, chosen, &groups);
    size_t more = 0;
    for (size_t i = 0; i < groups.count; i++) {
        if (i >= WAITING) {
            more += groups.items[i].count;
            continue;
        }
        tell(teller, "; ");
        group_tell_follower(teller, &groups.items[i], none);
    }
    if (more > 0)
        tell(teller, "; %zu more thread%s", more, more == 1 ? " waits" : "s wait");
    tell(teller, "; a computation that only takes longer looks the same");
    groups_release(&groups);
    free(chosen);
    free(none);
}
