#include "cli/runner.h"

#include "cli/report_dir.h"
#include "detect/elf.h"
#include "detect/witness.h"
#include "explain/explain.h"
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
    sigset_t blocked_before;
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
    sigset_t caught;
    *session = (struct session){0};
    int error = uv_loop_init(&session->loop);
    if (error)
        return error;
    error = supervisor_new(&session->loop, lab->keeper, &session->supervisor);
    if (error) {
        uv_loop_close(&session->loop);
        return error;
    }
    sigemptyset(&caught);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        sigaddset(&caught, numbers[i]);
        uv_signal_init(&session->loop, &session->signals[i]);
        session->signals[i].data = session;
        uv_signal_start(&session->signals[i], on_signal, numbers[i]);
        /* Waiting for a signal alone must not keep the loop alive. */
        uv_unref((uv_handle_t *)&session->signals[i]);
    }
    /* Who runs several sessions blocks these in between, and one that came there is taken here. */
    pthread_sigmask(SIG_UNBLOCK, &caught, &session->blocked_before);
    return 0;
}

static void session_close(struct session *session)
{
    pthread_sigmask(SIG_SETMASK, &session->blocked_before, NULL);
    for (size_t i = 0; i < sizeof(session->signals) / sizeof(*session->signals); i++)
        uv_close((uv_handle_t *)&session->signals[i], NULL);
    supervisor_free(session->supervisor);
    uv_run(&session->loop, UV_RUN_DEFAULT);
    uv_loop_close(&session->loop);
}

/* Explains what a run's look shows. A part that turns out to be no deadlock leaves no word, and false
 * is returned. */
static bool look_at(enum look look, const struct tree_scan *tree, const char *own_source,
                    struct explanation *explanation)
{
    const struct explain_options options = {.own_source = own_source,
                                            .gentle = look == LOOK_PART,
                                            .freeze = look == LOOK_HUNG,
                                            .ended = look == LOOK_HUNG,
                                            .busy = look == LOOK_TIME_LIMIT};
    struct explanation seen;
    explain_tree(tree, &options, &seen);
    if (look == LOOK_PART && seen.stuck == STUCK_NOT) {
        explanation_release(&seen);
        return false;
    }
    explanation_release(explanation);
    *explanation = seen;
    return true;
}

/* Starts what `request` asks for, with its reports in `target->report_dir`. Returns 0 or a negative errno. */
static int start(struct session *session, const struct run_request *request,
                 const struct target *target, uint64_t time_limit_ms, run_look_fn *look,
                 run_done_fn *done, void *user)
{
    struct command command = {0};
    char *witness = witness_path(target->report_dir);
    for (size_t i = 0; target->env && target->env[i]; i++)
        command_set(&command, "%s", target->env[i]);
    request->detector->command(target, &command);
    if (target->own_source)
        command_set(&command, WITNESS_VARIABLE "=%s", witness);
    struct run_spec spec = {
        .argv = (const char *const *)command.argv,
        .env = (const char *const *)command.env,
        .report_dir = target->report_dir,
        .time_limit_ms = time_limit_ms,
        .mark = request->own_limit_ms ? witness : NULL,
        .mark_limit_ms = request->own_limit_ms,
        .output_cap = OUTPUT_CAP,
        .report_cap = REPORT_CAP,
        .input = target->input,
        .look = look,
    };
    int error = supervisor_start(session->supervisor, &spec, done, user);
    free(witness);
    command_release(&command);
    return error;
}

struct runner {
    struct session session;
    const struct lab *lab;
    const struct batch *batch;
    size_t next; /* the next request */
    unsigned running;
};

/* One request under way. */
struct job {
    struct runner *runner;
    size_t index;
    struct target target;
    struct explanation explanation;
};

static void job_free(struct job *job)
{
    report_dir_remove((char *)job->target.report_dir);
    explanation_release(&job->explanation);
    free(job);
}

static void start_more(struct runner *runner);

static void on_look(enum look look, const struct tree_scan *tree, void *user)
{
    struct job *job = user;
    look_at(look, tree, job->target.own_source, &job->explanation);
}

static void on_done(const struct run_outcome *outcome, void *user)
{
    struct job *job = user;
    struct runner *runner = job->runner;
    const struct batch *batch = runner->batch;
    struct report report;
    detector_report(batch->requests[job->index].detector, &job->target, outcome, &job->explanation,
                    &report);
    batch->over(job->index, outcome, &report, batch->user);
    job_free(job);
    runner->running--;
    start_more(runner);
}

/* Why this run cannot even begin, as a sentence from malloc; NULL once it is under way. */
static char *try_start(struct job *job, const struct run_request *request)
{
    struct runner *runner = job->runner;
    char *unfit = detector_unfit(request->detector, &job->target);
    if (unfit)
        return unfit;
    job->target.report_dir = report_dir_make();
    if (!job->target.report_dir)
        return xasprintf("no temporary folder for its reports: %s (TMPDIR, or /tmp)",
                         strerror(errno));
    int error = start(&runner->session, request, &job->target, runner->batch->time_limit_ms,
                      on_look, on_done, job);
    return error ? xasprintf("could not be started through the keeper %s: %s", runner->lab->keeper,
                             strerror(-error))
                 : NULL;
}

static void start_run(struct runner *runner, size_t index)
{
    const struct run_request *request = &runner->batch->requests[index];
    struct job *job = xcalloc(1, sizeof(*job));
    struct report report = {0};
    job->runner = runner;
    job->index = index;
    job->target = request->target;
    report.trouble = try_start(job, request);
    if (report.trouble) {
        runner->batch->over(index, NULL, &report, runner->batch->user);
        job_free(job);
    } else {
        runner->running++;
    }
}

static void start_more(struct runner *runner)
{
    while (!runner->session.interrupted && runner->running < runner->batch->jobs &&
           runner->next < runner->batch->count)
        start_run(runner, runner->next++);
}

int runner_batch(const struct lab *lab, const struct batch *batch)
{
    struct runner runner = {.lab = lab, .batch = batch};
    int error = session_open(&runner.session, lab);
    if (error)
        return error;
    start_more(&runner);
    uv_run(&runner.session.loop, UV_RUN_DEFAULT);
    session_close(&runner.session);
    return runner.session.interrupted;
}

unsigned runner_default_jobs(void)
{
    unsigned processors = uv_available_parallelism();
    return processors + processors / 2 + 1;
}

struct readable_run {
    readable_done_fn *done;
    void *user;
    const char *own_source;
    void (*part)(const struct explanation *explanation, void *user); /* may be NULL */
    struct explanation explanation;
};

static void on_readable_look(enum look look, const struct tree_scan *tree, void *user)
{
    struct readable_run *run = user;
    if (look_at(look, tree, run->own_source, &run->explanation) && look == LOOK_PART && run->part)
        run->part(&run->explanation, run->user);
}

static void on_readable_done(const struct run_outcome *outcome, void *user)
{
    struct readable_run *run = user;
    run->done(outcome, &run->explanation, run->user);
    explanation_release(&run->explanation);
}

/* Runs what `start` begins to its end on a loop of its own. */
static int run_one(const struct lab *lab, const struct run_spec *spec, struct readable_run *run)
{
    struct session session;
    int error = session_open(&session, lab);
    if (error)
        return error;
    error = supervisor_start(session.supervisor, spec, on_readable_done, run);
    uv_run(&session.loop, UV_RUN_DEFAULT);
    session_close(&session);
    return error ? error : session.interrupted;
}

int runner_readable(const struct lab *lab, const struct detector *detector,
                    const struct target *target, uint64_t time_limit_ms, readable_done_fn *done,
                    void *user)
{
    struct readable_run run = {.done = done, .user = user, .own_source = target->own_source};
    struct target readable = *target;
    struct command command = {0};
    readable.readable = true;
    readable.recorder = lab->recorder;
    readable.report_dir = report_dir_make();
    if (!readable.report_dir)
        return -errno;
    detector->command(&readable, &command);
    const struct run_spec spec = {
        .argv = (const char *const *)command.argv,
        .env = (const char *const *)command.env,
        .report_dir = readable.report_dir,
        .time_limit_ms = time_limit_ms,
        .output_cap = READABLE_CAP,
        .report_cap = REPORT_CAP,
        .look = on_readable_look,
    };
    int result = run_one(lab, &spec, &run);
    command_release(&command);
    report_dir_remove((char *)readable.report_dir);
    return result;
}

int runner_replay(const struct lab *lab, const struct target *target, uint64_t time_limit_ms,
                  readable_done_fn *done, void *user)
{
    struct readable_run run = {.done = done, .user = user};
    struct command command = {0};
    for (size_t i = 0; target->env && target->env[i]; i++)
        command_set(&command, "%s", target->env[i]);
    detector_find("watchdog")->command(target, &command);
    const struct run_spec spec = {
        .argv = (const char *const *)command.argv,
        .env = (const char *const *)command.env,
        .time_limit_ms = time_limit_ms,
        .input = target->input,
        .look = on_readable_look,
        .attached = true,
    };
    int result = run_one(lab, &spec, &run);
    command_release(&command);
    return result;
}

/* The recorder's setting for a program that can take it; else NULL. */
static char *recorder_setting(const struct lab *lab, const char *program)
{
    struct elf_facts facts = {0};
    const char *others = getenv("LD_PRELOAD");
    char *path = strchr(program, '/') ? xstrdup(program) : find_in_path(program);
    bool fit = lab->recorder && path && elf_inspect(path, &facts) == 0 && facts.recordable;
    free(path);
    if (!fit)
        return NULL;
    return others && *others ? xasprintf("LD_PRELOAD=%s:%s", lab->recorder, others)
                             : xasprintf("LD_PRELOAD=%s", lab->recorder);
}

int runner_watch(const struct lab *lab, char **argv, uint64_t time_limit_ms,
                 void (*part)(const struct explanation *explanation, void *user),
                 readable_done_fn *done, void *user)
{
    struct readable_run run = {.done = done, .user = user, .part = part};
    char *setting = recorder_setting(lab, argv[0]);
    const char *const env[] = {setting, NULL};
    const struct run_spec spec = {
        .argv = (const char *const *)argv,
        .env = env,
        .time_limit_ms = time_limit_ms,
        .look = on_readable_look,
        .attached = true,
    };
    int result = run_one(lab, &spec, &run);
    free(setting);
    return result;
}
