/* Schedules worth keeping: how they failed, and whether another run failed in the same way (see session.h). */
#include "explore/block.h"
#include "explore/resolve.h"
#include "explore/search/minimise.h"
#include "explore/search/order.h"
#include "explore/session_part.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum failure session_failure(const struct session_spec *spec, const struct wire_outcome *outcome)
{
    for (size_t i = 0; i < spec->ok_status_count && outcome->end == WIRE_EXITED; i++) {
        if (outcome->status == spec->ok_status[i])
            return FAILURE_NONE;
    }
    return resolve_failure(outcome);
}

static size_t steps_of(const struct wire_block *block)
{
    return block->outcome.steps < block->steps_room ? block->outcome.steps : block->steps_room;
}

static size_t threads_of(const struct wire_outcome *outcome)
{
    return outcome->threads < WIRE_THREADS ? outcome->threads : WIRE_THREADS;
}

struct session_case *session_case_new(size_t number, const char *strategy, enum failure failure,
                                      struct wire_block *block)
{
    struct session_case *kept = xcalloc(1, sizeof(*kept));
    size_t threads = threads_of(&block->outcome);
    kept->number = number;
    kept->strategy = xstrdup(strategy);
    kept->failure = failure;
    kept->outcome = block->outcome;
    kept->threads = xcalloc(threads + 1, sizeof(*kept->threads));
    memcpy(kept->threads, block->threads, threads * sizeof(*kept->threads));
    if (failure != FAILURE_RACE && block_new(&kept->block) == 0)
        block_copy(kept->block, block);
    kept->guide = guide_of_steps(wire_steps(block), steps_of(block), &kept->guide_length);
    return kept;
}

void session_case_release(struct session_case *kept)
{
    free(kept->strategy);
    free(kept->threads);
    free(kept->guide);
    free(kept->races);
    block_close(kept->block);
    *kept = (struct session_case){0};
}

/* Whether some thread of these waits before this very operation. */
static bool waits_there(const struct wire_thread *threads, size_t count,
                        const struct wire_step *step)
{
    for (size_t i = 0; i < count; i++) {
        if (!threads[i].ended && threads[i].next.op == step->op && threads[i].next.pc == step->pc)
            return true;
    }
    return false;
}

/* A deadlock of fewer threads, or with threads of the same function in each other's place, is the same: what counts
 * is where they wait. Whoever joins them waits in any deadlock. */
static bool same_deadlock(const struct session_case *found, const struct wire_block *block)
{
    size_t before = threads_of(&found->outcome);
    size_t now = threads_of(&block->outcome);
    size_t waiting = 0;
    for (size_t i = 0; i < now; i++) {
        const struct wire_thread *thread = &block->threads[i];
        if (thread->ended || thread->next.op == WIRE_JOIN)
            continue;
        if (!waits_there(found->threads, before, &thread->next))
            return false;
        waiting++;
    }
    return waiting > 0 || now == before;
}

static bool has_race(struct wire_block *block, const struct session_race *wanted)
{
    size_t count = 0;
    bool found = false;
    struct session_race *races = session_races(block, &count);
    for (size_t i = 0; i < count; i++)
        found = found || (races[i].pc[0] == wanted->pc[0] && races[i].pc[1] == wanted->pc[1]);
    free(races);
    return found;
}

bool session_same(const struct session_spec *spec, const struct session_case *found,
                  struct wire_block *block)
{
    const struct wire_outcome *before = &found->outcome;
    const struct wire_outcome *now = &block->outcome;
    if (found->failure == FAILURE_RACE)
        return has_race(block, &found->races[0]);
    if (session_failure(spec, now) != found->failure || now->end != before->end)
        return false;
    switch (before->end) {
    case WIRE_DEADLOCK:
        return same_deadlock(found, block);
    case WIRE_ASSERTED:
        return now->line == before->line &&
               strncmp(now->file, before->file, sizeof(now->file)) == 0;
    case WIRE_EXITED:
        return now->status == before->status;
    case WIRE_SIGNALLED:
        return now->status == before->status && now->pc == before->pc;
    case WIRE_DESTROYED:
    case WIRE_FREED:
        return now->pc == before->pc;
    default:
        return true;
    }
}

struct session_race *session_races(struct wire_block *block, size_t *count)
{
    struct session_race *races = NULL;
    size_t steps = steps_of(block);
    size_t found = 0;
    *count = 0;
    if (steps > SESSION_RACE_STEPS)
        return NULL;
    const struct wire_step *step = wire_steps(block);
    struct order *order = order_new(step, steps);
    const struct order_race *pairs = order_races(order, &found);
    for (size_t i = 0; i < found; i++) {
        uint64_t one = step[pairs[i].first].pc;
        uint64_t other = step[pairs[i].second].pc;
        struct session_race *race = xappend((void **)&races, count, sizeof(*races));
        race->pc[0] = one < other ? one : other;
        race->pc[1] = one < other ? other : one;
    }
    order_free(order);
    return races;
}
