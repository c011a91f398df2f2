/* The smallest schedule that fails in the same way (see session.h). */
#include "explore/block.h"
#include "explore/search/minimise.h"
#include "explore/session_part.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* One run after the other: each is planned from what the last gave. */
struct trial {
    bool over; /* the run ended by itself */
};

static void on_over(struct worker *worker, enum server_end end, void *user)
{
    struct trial *trial = user;
    (void)worker;
    trial->over = end == SERVER_OVER;
}

/* Whether the run of what the block has as its plan failed in the way of the case. */
static bool try_plan(struct session *session, const struct session_case *found)
{
    struct trial trial = {0};
    struct worker *worker = &session->workers[0];
    struct wire_block *block = server_block(worker->server);
    /* What the search allowed is allowed here. */
    block->plan.flags |= WIRE_RECORD | session->spec->search.flags;
    session->over = on_over;
    session->user = &trial;
    session_begin(session, worker, 0);
    session_wait(session);
    return trial.over && session_same(session->spec, found, block);
}

static uint32_t point_limit(const struct session_case *found)
{
    uint64_t limit = found->outcome.points * 4 + 10000;
    return limit < UINT32_MAX ? (uint32_t)limit : UINT32_MAX;
}

/* Runs this guide alone. */
static bool try_guide(struct session *session, const struct session_case *found,
                      const struct wire_segment *guide, size_t length)
{
    struct wire_block *block = server_block(session->workers[0].server);
    memset(&block->plan, 0, sizeof(block->plan));
    block->plan.strategy = WIRE_STAY;
    block->plan.length = 1;
    block->plan.point_limit = point_limit(found);
    return block_guide(block, guide, length) == 0 && try_plan(session, found);
}

static void take_guide(struct session_minimal *minimal, const struct wire_segment *guide,
                       size_t length)
{
    free(minimal->guide);
    minimal->guide = xcalloc(length + 1, sizeof(*guide));
    memcpy(minimal->guide, guide, length * sizeof(*guide));
    minimal->guide_length = length;
}

static void keep_block(struct session *session, struct session_minimal *minimal)
{
    struct wire_block *block = server_block(session->workers[0].server);
    if (!minimal->block && block_new(&minimal->block) != 0)
        return;
    block_copy(minimal->block, block);
}

static void make_smaller(struct session *session, const struct session_case *found, size_t budget,
                         struct session_minimal *minimal)
{
    struct wire_block *block = server_block(session->workers[0].server);
    struct minimiser *minimiser = minimiser_new(minimal->block, budget);
    while (!session_stopped(session)) {
        if (!minimiser_next(minimiser, block))
            break;
        if (block->plan.point_limit == 0)
            block->plan.point_limit = point_limit(found);
        bool same = try_plan(session, found);
        minimal->runs++;
        if (!session_stopped(session))
            minimiser_tell(minimiser, same, block);
    }
    size_t length = 0;
    const struct wire_segment *guide = minimiser_guide(minimiser, &length);
    /* What is shown is a run of the guide itself. */
    if (!session_stopped(session) && try_guide(session, found, guide, length)) {
        take_guide(minimal, guide, length);
        minimal->preemptions = minimiser_preemptions(minimiser);
        minimal->fewest = minimiser_fewest(minimiser);
        keep_block(session, minimal);
    }
    minimiser_free(minimiser);
}

int session_minimise(struct session *session, const struct session_case *found, size_t budget,
                     struct session_minimal *minimal)
{
    *minimal = (struct session_minimal){.found_preemptions = found->outcome.preemptions,
                                        .preemptions = found->outcome.preemptions};
    take_guide(minimal, found->guide, found->guide_length);
    minimal->repeated = try_guide(session, found, found->guide, found->guide_length);
    minimal->runs = 1;
    keep_block(session, minimal);
    if (minimal->repeated && budget > 1 && minimal->block)
        make_smaller(session, found, budget - 1, minimal);
    minimal->trouble = session->trouble;
    session->trouble = NULL;
    return session->interrupted;
}

void session_minimal_release(struct session_minimal *minimal)
{
    block_close(minimal->block);
    free(minimal->guide);
    free(minimal->trouble);
    *minimal = (struct session_minimal){0};
}
