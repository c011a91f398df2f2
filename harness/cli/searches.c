/*
 * The cells of the matrix whose detector searches: each twin runs under one schedule after the other. What the
 * judge gets of a twin is one run: that of the first schedule that failed, once more and alone; or of the first
 * schedule of all, where none failed.
 */
#include "cli/explore.h"
#include "cli/report_dir.h"
#include "cli/runner.h"
#include "corpus/lesson.h"
#include "explore/block.h"
#include "judge/judge.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of one run in the search: much longer than any program of the corpus needs that ends at all. */
#define LIMIT_MS UINT64_C(5000)
/* Preemptions that a search in order goes up to. */
#define BOUND 2

/* One twin on its way. */
struct twin_search {
    const struct lab *lab;
    const struct runner_options *options;
    struct cell *cell;
    enum polarity polarity;
    char *program;
    char *folder;
    struct wire_segment *guide; /* of the schedule that failed; NULL: none */
    size_t guide_length;
    char *told; /* what the search gave, for people */
};

static char *outcome_told(const struct session_result *result, const struct session_result *bounded)
{
    if (result->trouble)
        return xstrdup(result->trouble);
    if (result->first)
        return xasprintf("fails in schedule %zu (%s)", result->first->number,
                         result->first->strategy);
    if (bounded->exhausted.all)
        return xasprintf("no failure in %zu schedules; all %zu that there are, but for equivalent "
                         "ones, end well",
                         result->schedules, bounded->exhausted.schedules);
    if (bounded->exhausted.bound >= 0)
        return xasprintf("no failure in %zu schedules; all %zu with at most %d preemption%s end "
                         "well",
                         result->schedules, bounded->exhausted.schedules, bounded->exhausted.bound,
                         bounded->exhausted.bound == 1 ? "" : "s");
    return xasprintf("no failure in %zu schedules", result->schedules);
}

/* Keeps the guide of the first schedule that failed. Returns as session_search(). */
static int search(struct twin_search *twin, enum search_kind kind, struct session_result *result)
{
    const struct session_spec spec = {
        .server = {.keeper = twin->lab->keeper,
                   .program = twin->program,
                   .runtime = twin->lab->runtime,
                   .folder = twin->folder},
        .search = {.seed = 1,
                   .kind = kind,
                   .bound = BOUND,
                   .flags = kind == SEARCH_MIX ? WIRE_BUFFERED : 0},
        .schedules = twin->options->schedules,
        .limit_ms = LIMIT_MS,
        .jobs = uv_available_parallelism(),
    };
    struct session *session = NULL;
    int error = session_open(&spec, &session);
    if (!error)
        error = session_search(session, result);
    session_close(session);
    if (!error && result->first) {
        twin->guide_length = result->first->guide_length;
        twin->guide = xcalloc(twin->guide_length, sizeof(*twin->guide));
        memcpy(twin->guide, result->first->guide, twin->guide_length * sizeof(*twin->guide));
    }
    return error;
}

static void on_over(size_t index, const struct run_outcome *outcome, struct report *report,
                    void *user)
{
    (void)index;
    struct twin_search *search = user;
    struct twin_run *twin = &search->cell->twin[search->polarity];
    twin->report = *report;
    twin->end = outcome ? outcome->end : RUN_NOT_STARTED;
    twin->ran = true;
    if (!outcome)
        return;
    twin->status = outcome->status;
    twin->duration_ns = outcome->ended_ns - outcome->started_ns;
}

/* The run that is judged. Returns as runner_batch(). */
static int replay(struct twin_search *twin)
{
    char *path = xasprintf("%s/replay", twin->folder);
    struct wire_block *block =
        explore_block(path, twin->guide, twin->guide_length, WIRE_STUCK_FOR_REAL | WIRE_BUFFERED);
    char *setting = xasprintf(WIRE_VARIABLE "=%s", path);
    const char *const env[] = {setting, NULL};
    const struct run_request request = {
        .detector = twin->cell->detector,
        .target = {.program = twin->program,
                   .env = env,
                   .preload = twin->lab->runtime,
                   .recorder = twin->lab->recorder,
                   .own_source = twin->cell->pair->twin[twin->polarity].path},
        .own_limit_ms = twin->polarity == BUGGY ? lesson_limit_ms(&twin->cell->pair->lesson) : 0,
    };
    const struct batch batch = {.requests = &request,
                                .count = 1,
                                .jobs = 1,
                                .time_limit_ms = twin->options->time_limit_ms,
                                .over = on_over,
                                .user = twin};
    block_close(block);
    int result = block ? runner_batch(twin->lab, &batch) : -ENOSPC;
    free(setting);
    free(path);
    return result;
}

static int search_twin(struct twin_search *twin)
{
    struct session_result mixed = {0};
    struct session_result bounded = {.exhausted.bound = -1};
    int result = search(twin, SEARCH_MIX, &mixed);
    if (!result && !mixed.first && !mixed.trouble && twin->polarity == FIXED)
        result = search(twin, SEARCH_BOUNDED, &bounded);
    if (!result) {
        twin->told = outcome_told(bounded.first ? &bounded : &mixed, &bounded);
        /* Of a program whose runs do not end, the search knows nothing, and another run would not either. */
        if (mixed.trouble && twin->polarity == BUGGY)
            twin->cell->twin[BUGGY].ran = true;
        else
            result = replay(twin);
    }
    session_result_release(&mixed);
    session_result_release(&bounded);
    return result;
}

static int search_cell(const struct lab *lab, const struct runner_options *options,
                       struct cell *cell)
{
    int result = 0;
    char *told[2] = {0};
    for (enum polarity p = BUGGY; p <= FIXED && !result; p++) {
        struct twin_search twin = {
            .lab = lab,
            .options = options,
            .cell = cell,
            .polarity = p,
            .program = cli_program(lab, cell->pair, cell->detector->flavour, p),
            .folder = report_dir_make(),
        };
        result = twin.folder ? search_twin(&twin) : -errno;
        told[p] = twin.told;
        report_dir_remove(twin.folder);
        free(twin.program);
        free(twin.guide);
    }
    if (!result) {
        const struct report reports[2] = {cell->twin[BUGGY].report, cell->twin[FIXED].report};
        judge_cell(cell->pair, cell->detector, reports, &cell->verdict);
        for (enum polarity p = BUGGY; p <= FIXED; p++)
            if (told[p])
                cell_verdict_add(&cell->verdict, VERDICT_KEPT,
                                 xasprintf("%s: %s", polarity_word(p), told[p]));
        cell->judged = true;
    }
    free(told[BUGGY]);
    free(told[FIXED]);
    return result;
}

int runner_searches(const struct lab *lab, struct matrix *matrix,
                    const struct runner_options *options)
{
    size_t cells = matrix->pair_count * matrix->column_count;
    int result = 0;
    for (size_t i = 0; i < cells && !result; i++) {
        struct cell *cell = &matrix->cells[i];
        if (!cell->detector->searches)
            continue;
        result = search_cell(lab, options, cell);
        if (options->progress)
            options->progress(options->what, i + 1, cells, cell);
    }
    return result;
}
