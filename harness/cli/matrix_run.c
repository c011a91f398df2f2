/* The matrix as one batch of runs (see runner.h). */
#include "cli/runner.h"
#include "corpus/lesson.h"
#include "judge/judge.h"
#include "model/memory.h"

#include <stdlib.h>

struct matrix_run {
    struct matrix *matrix;
    const struct runner_options *options;
    struct run_request *requests;
    size_t *places; /* of each request: cell * 2 + polarity */
    size_t count;
    size_t done;
};

static void add_request(struct matrix_run *run, const struct lab *lab, size_t place)
{
    const struct cell *cell = &run->matrix->cells[place / 2];
    enum polarity polarity = place % 2;
    struct run_request *request = &run->requests[run->count];
    run->places[run->count++] = place;
    request->detector = cell->detector;
    request->target = (struct target){
        .program = cli_program(lab, cell->pair, cell->detector->flavour, polarity),
        .own_source = cell->pair->twin[polarity].path,
        .recorder = lab->recorder,
    };
    request->own_limit_ms = polarity == BUGGY ? lesson_limit_ms(&cell->pair->lesson) : 0;
}

/* Every program of the cell ran to its end. */
static bool all_ran(const struct cell *cell)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        const struct twin_run *twin = &cell->twin[p];
        if (cell->pair->twin[p].path && (!twin->ran || twin->end == RUN_CANCELLED))
            return false;
    }
    return true;
}

/* Takes over the report, and judges the cell once both of its twins have run. */
static void on_over(size_t index, const struct run_outcome *outcome, struct report *report,
                    void *user)
{
    struct matrix_run *run = user;
    struct cell *cell = &run->matrix->cells[run->places[index] / 2];
    struct twin_run *twin = &cell->twin[run->places[index] % 2];
    twin->report = *report;
    twin->end = outcome ? outcome->end : RUN_NOT_STARTED;
    if (outcome) {
        twin->status = outcome->status;
        twin->duration_ns = outcome->ended_ns - outcome->started_ns;
        if (outcome->last_progress_ns > outcome->started_ns)
            twin->progress_ns = outcome->last_progress_ns - outcome->started_ns;
    }
    twin->ran = true;
    run->done++;
    if (all_ran(cell)) {
        const struct report reports[2] = {cell->twin[BUGGY].report, cell->twin[FIXED].report};
        judge_cell(cell->pair, cell->detector, reports, &cell->verdict);
        cell->judged = true;
    }
    if (run->options->progress)
        run->options->progress(run->options->what, run->done, run->count, cell);
}

int runner_matrix(const struct lab *lab, struct matrix *matrix,
                  const struct runner_options *options)
{
    size_t cells = matrix->pair_count * matrix->column_count;
    struct matrix_run run = {
        .matrix = matrix,
        .options = options,
        .requests = xcalloc(cells * 2, sizeof(*run.requests)),
        .places = xcalloc(cells * 2, sizeof(*run.places)),
    };
    for (size_t i = 0; i < cells; i++) {
        struct cell *cell = &matrix->cells[i];
        char *unavailable = detector_unavailable(cell->detector);
        if (unavailable) {
            cell_verdict_add(&cell->verdict, VERDICT_SKIPPED, unavailable);
            cell->judged = true;
            continue;
        }
        if (cell->detector->searches)
            continue;
        for (enum polarity p = BUGGY; p <= FIXED; p++) {
            if (cell->pair->twin[p].path)
                add_request(&run, lab, i * 2 + p);
        }
    }
    const struct batch batch = {
        .requests = run.requests,
        .count = run.count,
        .jobs = options->jobs,
        .time_limit_ms = options->time_limit_ms,
        .over = on_over,
        .user = &run,
    };
    int result = run.count > 0 ? runner_batch(lab, &batch) : 0;
    if (!result)
        result = runner_searches(lab, matrix, options);
    for (size_t i = 0; i < run.count; i++)
        free((char *)run.requests[i].target.program);
    free(run.requests);
    free(run.places);
    return result;
}
