/*
 * Is the watchdog ever wrong? Runs every program that only looks hung, plain and under
 * ThreadSanitizer, and every program of the corpus that promises to hang, many times each, and
 * counts the runs that were called hung. Exits with 1 where one of the first was, or where one of
 * the second was not.
 *
 * Usage: racelab-hang-soak [--runs N] [--jobs N] [NAME]...    (NAME: a way to look hung, or a CASE)
 */
#include "cli/cli.h"
#include "cli/runner.h"
#include "corpus/lesson.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_RUNS = 200, OUTPUT_CAP = 65536 };

/* One program, run again and again. */
struct subject {
    char *name;
    char *argv[3];
    bool hangs;
    unsigned started;
    unsigned hung;
    unsigned failed; /* ended neither as a hang nor with 0 */
    char *failure;   /* how the first of them ended */
};

struct soak {
    const struct lab *lab;
    uv_loop_t loop;
    struct supervisor *supervisor;
    unsigned runs;
    unsigned jobs;
    char **names; /* of the subjects wanted; ended by NULL, none for all */
    struct subject **subjects;
    size_t count;
    size_t next;
};

struct arguments {
    unsigned runs;
    unsigned jobs;
    char **names;
};

static const struct argp_option options[] = {
    {"runs", 'r', "N", 0, "Run each program so often (default 200)", 0},
    {"jobs", 'j', "N", 0, "Programs at once (default: one more than processors)", 0},
    {0},
};

static unsigned number(struct argp_state *state, const char *text)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || *end || end == text || value == 0 || value > 1000000)
        argp_error(state, "`%s` is no number from 1 to 1000000", text);
    return (unsigned)value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'r':
        arguments->runs = number(state, argument);
        return 0;
    case 'j':
        arguments->jobs = number(state, argument);
        return 0;
    case ARGP_KEY_ARG:
        arguments->names = &state->argv[state->next - 1];
        state->next = state->argc;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options, parse, "[NAME]...", "Counts how often the watchdog is wrong.", NULL, NULL, NULL,
};

static bool is_wanted(const struct soak *soak, const char *name)
{
    if (!soak->names)
        return true;
    for (char **wanted = soak->names; *wanted; wanted++)
        if (strcmp(*wanted, name) == 0)
            return true;
    return false;
}

static struct subject *add_subject(struct soak *soak)
{
    struct subject **slot =
        xappend((void **)&soak->subjects, &soak->count, sizeof(*soak->subjects));
    *slot = xcalloc(1, sizeof(**slot));
    return *slot;
}

static void run(struct soak *soak, char *const *argv, run_done_fn *done, void *user)
{
    const struct run_spec spec = {.argv = (const char *const *)argv,
                                  .time_limit_ms = RUN_TIME_LIMIT_MS,
                                  .output_cap = OUTPUT_CAP};
    int error = supervisor_start(soak->supervisor, &spec, done, user);
    if (error) {
        cli_error("cannot start %s: %s", argv[0], strerror(-error));
        exit(STATUS_FAILED);
    }
}

struct listing {
    struct soak *soak;
    const char *flavour;
    const char *program;
};

static void on_list(const struct run_outcome *outcome, void *user)
{
    const struct listing *listing = user;
    char *rest = NULL;
    if (outcome->end != RUN_EXITED || outcome->status != 0 || outcome->out.dropped) {
        cli_error("%s --list: %s", listing->program, run_end_word(outcome->end));
        exit(STATUS_FAILED);
    }
    for (char *way = strtok_r(outcome->out.text, "\n", &rest); way;
         way = strtok_r(NULL, "\n", &rest)) {
        if (!is_wanted(listing->soak, way))
            continue;
        struct subject *added = add_subject(listing->soak);
        added->name = xasprintf("%s %s", listing->flavour, way);
        added->argv[0] = xstrdup(listing->program);
        added->argv[1] = xstrdup(way);
    }
}

/* The program itself knows in how many ways it looks hung. */
static void list_ways(struct soak *soak, const char *flavour, char *program)
{
    struct listing listing = {.soak = soak, .flavour = flavour, .program = program};
    char list[] = "--list";
    char *argv[] = {program, list, NULL};
    run(soak, argv, on_list, &listing);
    uv_run(&soak->loop, UV_RUN_DEFAULT);
}

/* A pair with a limit never ends and is no hang either. */
static bool promises_hang(const struct pair *pair)
{
    const struct promises *promises = &pair->twin[BUGGY].annotations.promises;
    if (lesson_limit_ms(&pair->lesson) > 0)
        return false;
    for (size_t i = 0; i < promises->count; i++) {
        const struct promise *promise = &promises->items[i];
        if (promise->kind == PROMISE_BUG && promise->defect == DEFECT_HANG &&
            !promise_exception(promise, "watchdog", NULL))
            return true;
    }
    return false;
}

static void list_hangs(struct soak *soak, const struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++) {
        const struct pair *pair = &corpus->pairs[i];
        if (!promises_hang(pair) || !is_wanted(soak, pair->id))
            continue;
        struct subject *added = add_subject(soak);
        added->name = xstrdup(pair->id);
        added->argv[0] = cli_program(soak->lab, pair, FLAVOUR_PLAIN, BUGGY);
        added->hangs = true;
    }
}

struct one_run {
    struct soak *soak;
    struct subject *subject;
};

static void on_done(const struct run_outcome *outcome, void *user);

/* Each subject once before any of them again, so that different programs meet. */
static void start_next(struct soak *soak)
{
    if (soak->next == soak->count * soak->runs)
        return;
    struct one_run *one = xcalloc(1, sizeof(*one));
    *one = (struct one_run){.soak = soak, .subject = soak->subjects[soak->next % soak->count]};
    soak->next++;
    one->subject->started++;
    run(soak, one->subject->argv, on_done, one);
}

static void on_done(const struct run_outcome *outcome, void *user)
{
    struct one_run *one = user;
    struct subject *subject = one->subject;
    if (outcome->end == RUN_HUNG) {
        subject->hung++;
    } else if (subject->hangs || outcome->end != RUN_EXITED || outcome->status != 0) {
        subject->failed++;
        if (!subject->failure)
            subject->failure = xasprintf("%s %d %s", run_end_word(outcome->end), outcome->status,
                                         outcome->error ? outcome->error : outcome->err.text);
    }
    start_next(one->soak);
    free(one);
}

/* Returns true where the watchdog was never wrong. */
static bool tell(const struct soak *soak)
{
    size_t wrong = 0;
    for (size_t i = 0; i < soak->count; i++) {
        struct subject *subject = soak->subjects[i];
        bool right = subject->failed == 0 && subject->hung == (subject->hangs ? soak->runs : 0);
        printf("%-40s %u/%u %s%s%s\n", subject->name, subject->hung, subject->started,
               subject->hangs ? "hang" : "called hung", subject->failure ? "; otherwise: " : "",
               subject->failure ? subject->failure : "");
        wrong += !right;
    }
    printf("%zu programs, %zu of them not as they should be\n", soak->count, wrong);
    return wrong == 0;
}

static void release(struct soak *soak)
{
    for (size_t i = 0; i < soak->count; i++) {
        struct subject *subject = soak->subjects[i];
        free(subject->name);
        free(subject->argv[0]);
        free(subject->argv[1]);
        free(subject->failure);
        free(subject);
    }
    free(soak->subjects);
    supervisor_free(soak->supervisor);
    uv_loop_close(&soak->loop);
}

static int measure(struct soak *soak, const struct corpus *corpus)
{
    char plain[] = WAKE_PLAIN;
    char tsan[] = WAKE_TSAN;
    uv_loop_init(&soak->loop);
    int error = supervisor_new(&soak->loop, soak->lab->keeper, &soak->supervisor);
    if (error) {
        cli_error("no supervisor: %s", strerror(-error));
        return STATUS_FAILED;
    }
    list_ways(soak, "plain", plain);
    list_ways(soak, "tsan", tsan);
    list_hangs(soak, corpus);
    if (soak->count == 0) {
        cli_error("no way to look hung and no promise to hang has such a name");
        return STATUS_USAGE;
    }
    for (unsigned i = 0; i < soak->jobs; i++)
        start_next(soak);
    uv_run(&soak->loop, UV_RUN_DEFAULT);
    return tell(soak) ? STATUS_KEPT : STATUS_NOT_KEPT;
}

int main(int argc, char **argv)
{
    const struct lab lab = {.root = RACELAB_ROOT, .programs = RACELAB_PROGRAMS, .keeper = KEEPER};
    struct arguments arguments = {.runs = DEFAULT_RUNS, .jobs = runner_default_jobs()};
    struct corpus corpus;
    argp_err_exit_status = STATUS_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int status = cli_load(&lab, &corpus);
    if (!status) {
        struct soak soak = {
            .lab = &lab, .runs = arguments.runs, .jobs = arguments.jobs, .names = arguments.names};
        status = measure(&soak, &corpus);
        release(&soak);
    }
    corpus_release(&corpus);
    return status;
}
