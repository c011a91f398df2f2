/* The rounds of a search (see session.h). */
#include "explore/block.h"
#include "explore/search/overlap.h"
#include "explore/session_part.h"
#include "model/memory.h"
#include "supervise/supervise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST_RACES 32u /* candidates kept: each costs a run under a detector */
/* In succession: then no more can be learnt. Fewer, where no run has ended at all. */
#define MOST_TIMED_OUT  10u
#define FIRST_TIMED_OUT 3u

/* A run of a round. */
struct slot {
    struct wire_block *block; /* as the run left it */
    bool done;
    bool timed_out;
};

struct round {
    struct session *session;
    struct search *search;
    struct session_result *result;
    struct slot *slots;
    size_t slot_count; /* that have a block */
    size_t count;      /* runs of this round */
    size_t next;
    size_t stop_at;             /* no run at or above this index is begun: one below it failed */
    struct session_race *known; /* pairs that an earlier schedule had */
    size_t known_count;
    unsigned timed_out; /* the last so many */
};

static void dispatch(struct round *round, struct worker *worker)
{
    struct session *session = round->session;
    struct wire_block *block = server_block(worker->server);
    if (session_stopped(session) || round->next >= round->count || round->next >= round->stop_at)
        return;
    size_t index = round->next++;
    int error = search_plan(round->search, index, block);
    if (error) {
        session_fail(session, xasprintf("a plan of the search does not fit into its memory: %s",
                                        strerror(-error)));
        return;
    }
    block->plan.flags |= WIRE_RECORD;
    session_begin(session, worker, index);
}

static void on_over(struct worker *worker, enum server_end end, void *user)
{
    struct round *round = user;
    struct slot *slot = &round->slots[worker->index];
    struct wire_block *block = server_block(worker->server);
    if (end == SERVER_OVER || end == SERVER_TIMED_OUT) {
        block_copy(slot->block, block);
        slot->done = true;
        slot->timed_out = end == SERVER_TIMED_OUT;
        bool failed = !slot->timed_out &&
                      session_failure(round->session->spec, &block->outcome) != FAILURE_NONE;
        if (failed && !round->session->spec->keep_going && worker->index < round->stop_at)
            round->stop_at = worker->index + 1;
    }
    dispatch(round, worker);
}

/* As many blocks as the round has runs. */
static int make_room(struct round *round)
{
    if (round->count > round->slot_count) {
        struct slot *slots = xcalloc(round->count, sizeof(*slots));
        if (round->slots)
            memcpy(slots, round->slots, round->slot_count * sizeof(*slots));
        free(round->slots);
        round->slots = slots;
    }
    for (; round->slot_count < round->count; round->slot_count++) {
        int error = block_new(&round->slots[round->slot_count].block);
        if (error)
            return error;
    }
    for (size_t i = 0; i < round->count; i++)
        round->slots[i].done = false;
    return 0;
}

static void count_strategy(struct session_result *result, const char *strategy, bool failed)
{
    struct exploration_tally *tally = NULL;
    for (size_t i = 0; i < result->tally_count && !tally; i++) {
        if (strcmp(result->tallies[i].strategy, strategy) == 0)
            tally = &result->tallies[i];
    }
    if (!tally) {
        tally = xappend((void **)&result->tallies, &result->tally_count, sizeof(*tally));
        tally->strategy = xstrdup(strategy);
    }
    tally->schedules++;
    tally->failed += failed;
}

static void note_lost(struct session_result *result, const struct wire_outcome *outcome)
{
    uint32_t known = 0;
    for (size_t i = 0; i < result->lost_count; i++)
        known |= result->lost[i].lost;
    if ((outcome->lost & ~known) == 0)
        return;
    struct wire_outcome *lost =
        xappend((void **)&result->lost, &result->lost_count, sizeof(*result->lost));
    *lost = *outcome;
    lost->lost &= ~known;
}

static bool is_known(const struct round *round, const struct session_race *race)
{
    for (size_t i = 0; i < round->known_count; i++) {
        if (memcmp(&round->known[i], race, sizeof(*race)) == 0)
            return true;
    }
    return false;
}

/* Keeps the schedule where it has a race that none before it had. */
static void look_for_races(struct round *round, const char *strategy, struct wire_block *block)
{
    struct session_result *result = round->result;
    size_t count = 0;
    struct session_race *races = session_races(block, &count);
    struct session_race *fresh = NULL;
    size_t fresh_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_known(round, &races[i]))
            continue;
        *(struct session_race *)xappend((void **)&fresh, &fresh_count, sizeof(*fresh)) = races[i];
        *(struct session_race *)xappend((void **)&round->known, &round->known_count,
                                        sizeof(*fresh)) = races[i];
    }
    free(races);
    if (block->outcome.steps > SESSION_RACE_STEPS ||
        (fresh_count > 0 && result->race_count == MOST_RACES))
        result->races_left_out = true;
    if (fresh_count == 0 || result->race_count == MOST_RACES) {
        free(fresh);
        return;
    }
    struct session_case *found = session_case_new(result->schedules, strategy, FAILURE_RACE, block);
    found->races = fresh;
    found->race_count = fresh_count;
    *(struct session_case *)xappend((void **)&result->races, &result->race_count,
                                    sizeof(*result->races)) = *found;
    free(found);
}

/* Learns from one run. Whether the search is to go on. */
static bool learn(struct round *round, size_t index)
{
    const struct session_spec *spec = round->session->spec;
    struct session_result *result = round->result;
    struct slot *slot = &round->slots[index];
    const char *strategy = search_strategy(round->search, index);
    enum failure failure =
        slot->timed_out ? FAILURE_NONE : session_failure(spec, &slot->block->outcome);
    result->schedules++;
    result->points += slot->block->outcome.points;
    result->timed_out += slot->timed_out;
    result->too_long += slot->block->outcome.end == WIRE_TOO_LONG;
    result->failed += failure != FAILURE_NONE;
    count_strategy(result, strategy, failure != FAILURE_NONE);
    note_lost(result, &slot->block->outcome);
    if (failure != FAILURE_NONE && !result->first)
        result->first = session_case_new(result->schedules, strategy, failure, slot->block);
    if (spec->overlap && slot->block->outcome.steps <= SESSION_RACE_STEPS)
        result->overlapping += overlap_in(wire_steps(slot->block), slot->block->outcome.steps);
    if (spec->races)
        look_for_races(round, strategy, slot->block);
    search_learn(round->search, index, slot->block);
    round->timed_out = slot->timed_out ? round->timed_out + 1 : 0;
    if (round->timed_out == MOST_TIMED_OUT ||
        (round->timed_out == FIRST_TIMED_OUT && result->schedules == FIRST_TIMED_OUT))
        session_fail(round->session,
                     xasprintf("%u runs in succession were ended at their limit of %llu ms: a run "
                               "takes longer, or waits for something (--limit)",
                               round->timed_out, (unsigned long long)spec->limit_ms));
    return !round->session->trouble && (spec->keep_going || failure == FAILURE_NONE);
}

static void show_progress(const struct round *round)
{
    const struct session_spec *spec = round->session->spec;
    const struct session_result *result = round->result;
    const struct session_progress progress = {
        .schedules = result->schedules,
        .failed = result->failed,
        .races = result->race_count,
        .strategy = search_strategy(round->search, 0),
    };
    if (spec->progress)
        spec->progress(&progress, spec->user);
}

/* Runs one round, and learns from it. Whether there is to be another. */
static bool run_round(struct round *round)
{
    struct session *session = round->session;
    const struct session_spec *spec = session->spec;
    bool goes_on = true;
    if (spec->schedules && round->result->schedules >= spec->schedules)
        return false;
    if (spec->points && round->result->points >= spec->points)
        return false;
    round->count = search_round(round->search);
    if (spec->schedules && round->count > spec->schedules - round->result->schedules)
        round->count = spec->schedules - round->result->schedules;
    if (round->count == 0)
        return false;
    int error = make_room(round);
    if (error) {
        session_fail(session, xasprintf("no memory for the runs of a round: %s", strerror(-error)));
        return false;
    }
    round->next = 0;
    round->stop_at = SIZE_MAX;
    for (unsigned i = 0; i < session->worker_count; i++)
        dispatch(round, &session->workers[i]);
    session_wait(session);
    for (size_t i = 0; i < round->count && round->slots[i].done && goes_on; i++)
        goes_on = learn(round, i);
    show_progress(round);
    return goes_on && !session_stopped(session);
}

static void on_time(uv_timer_t *timer)
{
    struct session *session = timer->data;
    session->out_of_time = true;
    for (unsigned i = 0; i < session->worker_count; i++) {
        if (session->workers[i].busy)
            server_cancel(session->workers[i].server);
    }
}

int session_search(struct session *session, struct session_result *result)
{
    const struct session_spec *spec = session->spec;
    struct round round = {.session = session, .result = result};
    uint64_t begun = run_now_ns();
    *result = (struct session_result){.exhausted.bound = -1};
    round.search = search_new(&spec->search);
    session->over = on_over;
    session->user = &round;
    session->out_of_time = false;
    if (spec->time_ms) {
        uv_update_time(&session->loop);
        uv_timer_start(&session->time, on_time, spec->time_ms, 0);
    }
    while (!session_stopped(session) && run_round(&round))
        ;
    uv_timer_stop(&session->time);
    session->out_of_time = false;
    result->exhausted = search_exhausted(round.search);
    result->elapsed_ms = (run_now_ns() - begun) / 1000000;
    result->trouble = session->trouble;
    session->trouble = NULL;
    search_free(round.search);
    for (size_t i = 0; i < round.slot_count; i++)
        block_close(round.slots[i].block);
    free(round.slots);
    free(round.known);
    return session->interrupted;
}

void session_result_release(struct session_result *result)
{
    for (size_t i = 0; i < result->tally_count; i++)
        free(result->tallies[i].strategy);
    for (size_t i = 0; i < result->race_count; i++)
        session_case_release(&result->races[i]);
    if (result->first)
        session_case_release(result->first);
    free(result->tallies);
    free(result->races);
    free(result->first);
    free(result->lost);
    free(result->trouble);
    *result = (struct session_result){0};
}
