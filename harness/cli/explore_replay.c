/* What was found, run once more under the detectors (see explore.h). */
#include "cli/explore.h"
#include "cli/runner.h"
#include "explore/block.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MINIMISE_BUDGET 400u

struct wire_block *explore_block(const char *path, const struct wire_segment *guide, size_t length,
                                 unsigned flags)
{
    struct wire_block *block = NULL;
    int error = block_open(path, &block);
    if (!error) {
        block->plan.strategy = WIRE_STAY;
        block->plan.length = 1;
        block->plan.point_limit = UINT32_MAX;
        block->plan.flags = flags;
        error = block_guide(block, guide, length);
    }
    if (!error)
        return block;
    if (error == -ENOSPC && block)
        cli_error("the schedule has %zu turns, and at most %llu can be replayed", length,
                  (unsigned long long)block->segments_room);
    else
        cli_error("%s: %s", path, strerror(-error));
    block_close(block);
    return NULL;
}

/* Runs of one batch. */
struct replays {
    struct explored *explored;
    struct run_request *requests;
    const char **detectors;
    char **settings;                      /* RACELAB_EXPLORE of each, and what the user sets */
    const struct session_case **cases;    /* of each: which candidate it is of; NULL: none */
    size_t *numbers;                      /* of each: which schedule it is */
    const struct session_case *confirmed; /* the first candidate that a race was reported for */
    size_t confirmed_at;
    size_t count;
};

static bool has_race(const struct report *report)
{
    for (size_t i = 0; i < report->findings.count; i++) {
        if (report->findings.items[i].defect == DEFECT_RACE)
            return true;
    }
    return false;
}

/* Takes over the report. */
static void on_over(size_t index, const struct run_outcome *outcome, struct report *report,
                    void *user)
{
    struct replays *replays = user;
    struct inspection *inspection = &replays->explored->inspection;
    struct inspected *inspected = inspection_get(inspection, replays->detectors[index]);
    struct inspected_run *run = inspected_add_run(inspected);
    run->report = *report;
    run->schedule = replays->numbers[index];
    explanation_cut_root(&run->report.explanation, inspection->root);
    run->end = outcome ? outcome->end : RUN_NOT_STARTED;
    if (outcome) {
        run->status = outcome->status;
        run->duration_ns = outcome->ended_ns - outcome->started_ns;
    }
    if (replays->cases[index] && index < replays->confirmed_at && has_race(&run->report)) {
        replays->confirmed = replays->cases[index];
        replays->confirmed_at = index;
    }
}

static void add(struct replays *replays, const char *detector, const struct wire_segment *guide,
                size_t length, size_t schedule, const struct session_case *of)
{
    struct explored *explored = replays->explored;
    const struct subject *subject = explored->subject;
    static unsigned number;
    char *path = xasprintf("%s/replay-%06u", explored->folder, number++ % 1000000);
    struct wire_block *block =
        explore_block(path, guide, length, WIRE_STUCK_FOR_REAL | explored->spec.search.flags);
    if (!block) {
        free(path);
        return;
    }
    block_close(block);
    bool plain = strcmp(detector, "watchdog") == 0;
    size_t own = subject->env_count;
    const char **env = xcalloc(own + 2, sizeof(*env));
    char *setting = xasprintf(WIRE_VARIABLE "=%s", path);
    for (size_t i = 0; i < own; i++)
        env[i] = subject->env[i];
    env[own] = setting;
    free(path);
    struct run_request *request = &replays->requests[replays->count];
    request->detector = detector_find(detector);
    request->target = (struct target){
        .program = plain ? explored->program : subject->program[FLAVOUR_EXPLORE_TSAN],
        .arguments = (const char *const *)subject->arguments,
        .env = env,
        .input = subject->input,
        .recorder = explored->lab->recorder,
        .preload = plain ? explored->lab->runtime : NULL,
        .ok_status = subject->ok_status,
        .ok_status_count = subject->ok_status_count,
    };
    replays->settings[replays->count] = setting;
    for (int i = 0; i < SUPPRESSION_KINDS; i++)
        request->target.suppressions[i] = explored->exploring->suppressions[i];
    replays->detectors[replays->count] = detector;
    replays->numbers[replays->count] = schedule;
    replays->cases[replays->count++] = of;
}

static void replays_open(struct replays *replays, struct explored *explored, size_t most)
{
    *replays = (struct replays){.explored = explored, .confirmed_at = SIZE_MAX};
    replays->requests = xcalloc(most, sizeof(*replays->requests));
    replays->detectors = xcalloc(most, sizeof(*replays->detectors));
    replays->settings = xcalloc(most, sizeof(*replays->settings));
    replays->cases = xcalloc(most, sizeof(*replays->cases));
    replays->numbers = xcalloc(most, sizeof(*replays->numbers));
}

static int replays_run(struct replays *replays)
{
    const struct batch batch = {
        .requests = replays->requests,
        .count = replays->count,
        .jobs = 1, /* so that the inspection is the same every time */
        .time_limit_ms = RUN_TIME_LIMIT_MS,
        .over = on_over,
        .user = replays,
    };
    int result = replays->count > 0 ? runner_batch(replays->explored->lab, &batch) : 0;
    for (size_t i = 0; i < replays->count; i++) {
        free((void *)replays->requests[i].target.env);
        free(replays->settings[i]);
    }
    free(replays->requests);
    free((void *)replays->detectors);
    free(replays->settings);
    free((void *)replays->cases);
    free(replays->numbers);
    return result;
}

static int minimise(struct explored *explored, const struct session_case *found)
{
    session_minimal_release(&explored->minimal);
    explored->shown = found;
    return session_minimise(explored->session, found, MINIMISE_BUDGET, &explored->minimal);
}

int explore_replay(struct explored *explored)
{
    struct session_result *found = &explored->result;
    struct replays replays;
    bool tsan = explored->subject->program[FLAVOUR_EXPLORE_TSAN] != NULL;
    int result = found->first ? minimise(explored, found->first) : 0;
    if (result)
        return result;
    const struct session_minimal *minimal = &explored->minimal;
    replays_open(&replays, explored, found->race_count + 2);
    if (found->first)
        add(&replays, "watchdog", minimal->guide, minimal->guide_length, found->first->number,
            NULL);
    /* Of a deadlock ThreadSanitizer has no more to tell than the watchdog. */
    if (found->first && tsan && found->first->failure != FAILURE_DEADLOCK)
        add(&replays, "tsan", minimal->guide, minimal->guide_length, found->first->number, NULL);
    for (size_t i = 0; tsan && i < found->race_count; i++)
        add(&replays, "tsan", found->races[i].guide, found->races[i].guide_length,
            found->races[i].number, &found->races[i]);
    result = replays_run(&replays);
    if (result || found->first || !replays.confirmed)
        return result;
    result = minimise(explored, replays.confirmed);
    if (result)
        return result;
    /* What the small schedule gives is what is told. */
    replays_open(&replays, explored, 1);
    add(&replays, "tsan", minimal->guide, minimal->guide_length, explored->shown->number, NULL);
    return replays_run(&replays);
}
