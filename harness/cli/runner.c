#include "cli/runner.h"

#include "cli/report_dir.h"
#include "detect/witness.h"
#include "judge/judge.h"
#include "model/memory.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT_CAP   ((size_t)1 << 20)   /* of what a program prints: only asserts are read */
#define READABLE_CAP ((size_t)16 << 20)  /* of a report that somebody wants to see */
#define REPORT_CAP   ((size_t)256 << 20) /* of the reports of one run */

/* A loop with a supervisor, which ends early on a signal. */
struct session {
    uv_loop_t loop;
    uv_signal_t signals[3];
    struct supervisor *supervisor;
    int interrupted; /* the signal's number; 0 for none */
};

static void on_signal(uv_signal_t *handle, int number)
{
    struct session *session = handle->data;
    session->interrupted = number;
    supervisor_cancel(session->supervisor);
}

static int session_open(struct session *session, const struct lab *lab)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    *session = (struct session){0};
    int error = uv_loop_init(&session->loop);
    if (error)
        return error;
    error = supervisor_new(&session->loop, lab->keeper, &session->supervisor);
    if (error) {
        uv_loop_close(&session->loop);
        return error;
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        uv_signal_init(&session->loop, &session->signals[i]);
        session->signals[i].data = session;
        uv_signal_start(&session->signals[i], on_signal, numbers[i]);
        /* Waiting for a signal alone must not keep the loop alive. */
        uv_unref((uv_handle_t *)&session->signals[i]);
    }
    return 0;
}

static void session_close(struct session *session)
{
    for (size_t i = 0; i < sizeof(session->signals) / sizeof(*session->signals); i++)
        uv_close((uv_handle_t *)&session->signals[i], NULL);
    supervisor_free(session->supervisor);
    uv_run(&session->loop, UV_RUN_DEFAULT);
    uv_loop_close(&session->loop);
}

/* Starts `target` under `detector`. Returns 0 or a negative errno. */
static int start(struct session *session, const struct detector *detector,
                 const struct target *target, uint64_t time_limit_ms, run_done_fn *done, void *user)
{
    struct command command = {0};
    char *witness = witness_path(target->report_dir);
    detector->command(target, &command);
    if (!target->readable)
        command_set(&command, WITNESS_VARIABLE "=%s", witness);
    struct run_spec spec = {
        .argv = (const char *const *)command.argv,
        .env = (const char *const *)command.env,
        .report_dir = target->report_dir,
        .time_limit_ms = time_limit_ms,
        .output_cap = target->readable ? READABLE_CAP : OUTPUT_CAP,
        .report_cap = REPORT_CAP,
    };
    int error = supervisor_start(session->supervisor, &spec, done, user);
    free(witness);
    command_release(&command);
    return error;
}

struct runner {
    struct session session;
    const struct lab *lab;
    struct matrix *matrix;
    const struct runner_options *options;
    size_t next; /* the next run: cell * 2 + polarity */
    size_t total;
    size_t done;
    unsigned running;
};

struct job {
    struct runner *runner;
    struct cell *cell;
    enum polarity polarity;
    char *program;
    struct target target;
};

static void job_free(struct job *job)
{
    report_dir_remove((char *)job->target.report_dir);
    free(job->program);
    free(job);
}

static struct job *job_new(struct runner *runner, struct cell *cell, enum polarity polarity)
{
    struct job *job = xcalloc(1, sizeof(*job));
    job->runner = runner;
    job->cell = cell;
    job->polarity = polarity;
    job->program = cli_program(runner->lab, cell->pair, cell->detector->flavour, polarity);
    job->target.program = job->program;
    job->target.own_source = cell->pair->twin[polarity].path;
    return job;
}

/* One more run of this cell is over, or will never be. */
static void run_over(struct runner *runner, struct cell *cell, enum polarity polarity)
{
    struct report reports[2] = {cell->twin[BUGGY].report, cell->twin[FIXED].report};
    runner->done++;
    cell->twin[polarity].ran = true;
    if (cell->twin[BUGGY].ran && cell->twin[FIXED].ran && !runner->session.interrupted) {
        judge_cell(cell->pair, cell->detector, reports, &cell->verdict);
        cell->judged = true;
    }
    if (runner->options->progress)
        runner->options->progress(runner->done, runner->total, cell);
}

static void start_more(struct runner *runner);

static void on_done(const struct run_outcome *outcome, void *user)
{
    struct job *job = user;
    struct runner *runner = job->runner;
    struct twin_run *run = &job->cell->twin[job->polarity];
    detector_report(job->cell->detector, &job->target, outcome, &run->report);
    run->end = outcome->end;
    run->status = outcome->status;
    run->duration_ns = outcome->ended_ns - outcome->started_ns;
    if (outcome->last_progress_ns > outcome->started_ns)
        run->progress_ns = outcome->last_progress_ns - outcome->started_ns;
    run_over(runner, job->cell, job->polarity);
    job_free(job);
    runner->running--;
    start_more(runner);
}

/* Why this run cannot even begin, as a sentence from malloc; NULL once it is under way. */
static char *try_start(struct job *job)
{
    const struct runner *runner = job->runner;
    char *unfit = detector_unfit(job->cell->detector, &job->target);
    if (unfit)
        return unfit;
    job->target.report_dir = report_dir_make();
    if (!job->target.report_dir)
        return xasprintf("no temporary folder for its reports: %s (TMPDIR, or /tmp)",
                         strerror(errno));
    int error = start(&job->runner->session, job->cell->detector, &job->target,
                      runner->options->time_limit_ms, on_done, job);
    return error ? xasprintf("could not be started through the keeper %s: %s", runner->lab->keeper,
                             strerror(-error))
                 : NULL;
}

static void start_run(struct runner *runner, struct cell *cell, enum polarity polarity)
{
    struct job *job = job_new(runner, cell, polarity);
    struct twin_run *run = &cell->twin[polarity];
    run->report.trouble = try_start(job);
    if (run->report.trouble) {
        run->end = RUN_NOT_STARTED;
        run_over(runner, cell, polarity);
        job_free(job);
    } else {
        runner->running++;
    }
}

static void start_more(struct runner *runner)
{
    while (!runner->session.interrupted && runner->running < runner->options->jobs &&
           runner->next < runner->total) {
        struct cell *cell = &runner->matrix->cells[runner->next / 2];
        enum polarity polarity = runner->next % 2 == 0 ? BUGGY : FIXED;
        runner->next++;
        if (cell->judged) /* skipped beforehand */
            runner->done++;
        else
            start_run(runner, cell, polarity);
    }
}

unsigned runner_default_jobs(void)
{
    return uv_available_parallelism() + 1;
}

int runner_matrix(const struct lab *lab, struct matrix *matrix,
                  const struct runner_options *options)
{
    struct runner runner = {
        .lab = lab,
        .matrix = matrix,
        .options = options,
        .total = matrix->pair_count * matrix->column_count * 2,
    };
    for (size_t i = 0; i < matrix->pair_count * matrix->column_count; i++) {
        struct cell *cell = &matrix->cells[i];
        char *unavailable = detector_unavailable(cell->detector);
        if (unavailable) {
            cell_verdict_add(&cell->verdict, VERDICT_SKIPPED, unavailable);
            cell->judged = true;
        }
    }
    int error = session_open(&runner.session, lab);
    if (error)
        return error;
    start_more(&runner);
    uv_run(&runner.session.loop, UV_RUN_DEFAULT);
    session_close(&runner.session);
    return runner.session.interrupted;
}

struct readable_run {
    void (*done)(const struct run_outcome *outcome, void *user);
    void *user;
};

static void on_readable_done(const struct run_outcome *outcome, void *user)
{
    struct readable_run *run = user;
    run->done(outcome, run->user);
}

int runner_readable(const struct lab *lab, const struct detector *detector,
                    const struct target *target, uint64_t time_limit_ms,
                    void (*done)(const struct run_outcome *outcome, void *user), void *user)
{
    struct readable_run run = {done, user};
    struct target readable = *target;
    struct session session;
    readable.readable = true;
    readable.report_dir = report_dir_make();
    if (!readable.report_dir)
        return -errno;
    int error = session_open(&session, lab);
    if (!error) {
        error = start(&session, detector, &readable, time_limit_ms, on_readable_done, &run);
        uv_run(&session.loop, UV_RUN_DEFAULT);
        session_close(&session);
        if (!error)
            error = session.interrupted;
    }
    report_dir_remove((char *)readable.report_dir);
    return error;
}
