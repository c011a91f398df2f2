#include "cli/cli.h"
#include "cli/runner.h"
#include "model/memory.h"
#include "present/json.h"
#include "present/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_JOBS       256
#define MAX_TIME_LIMIT 3600 /* seconds */

static const struct argp_option options[] = {
    {"detector", 'd', "NAME", 0, "Only this detector; may be given several times", 0},
    {"jobs", 'j', "N", 0, "Run N programs at once (default: the processors and one more)", 0},
    {"json", 'J', "FILE", 0, "Also write everything to FILE as JSON (-: standard output alone)", 0},
    {"time-limit", 't', "SECONDS", 0, "End a run that neither ends nor hangs (default: 60)", 0},
    {"findings", 'f', 0, 0, "List every finding, not only the verdicts (default for one pair)", 0},
    {0},
};

struct arguments {
    const struct detector **columns;
    size_t column_count;
    char **names;
    size_t name_count;
    unsigned jobs;
    uint64_t time_limit_ms;
    const char *json;
    bool findings;
};

static unsigned read_number(const struct argp_state *state, const char *text, unsigned most,
                            const char *what)
{
    char *end = NULL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-' || value == 0 || value > most)
        argp_error(state, "%s: `%s` is no whole number from 1 to %u", what, text, most);
    return (unsigned)value;
}

static void add_column(struct arguments *arguments, const struct detector *detector)
{
    for (size_t i = 0; i < arguments->column_count; i++) {
        if (arguments->columns[i] == detector)
            return;
    }
    const struct detector **slot = xappend((void **)&arguments->columns, &arguments->column_count,
                                           sizeof(*arguments->columns));
    *slot = detector;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'd': {
        const struct detector *detector = detector_find(argument);
        if (!detector) {
            char *known = cli_detector_list();
            argp_error(state, "unknown detector `%s`; known are %s", argument, known);
            free(known);
        }
        add_column(arguments, detector);
        return 0;
    }
    case 'j':
        arguments->jobs = read_number(state, argument, MAX_JOBS, "--jobs");
        return 0;
    case 't':
        arguments->time_limit_ms =
            UINT64_C(1000) * read_number(state, argument, MAX_TIME_LIMIT, "--time-limit");
        return 0;
    case 'J':
        arguments->json = argument;
        return 0;
    case 'f':
        arguments->findings = true;
        return 0;
    case ARGP_KEY_ARGS:
        arguments->names = state->argv + state->next;
        arguments->name_count = (size_t)(state->argc - state->next);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "[CASE|FAMILY]...",
    "Runs both twins of each pair under each detector, and judges what they said.",
    NULL,
    NULL,
    NULL,
};

static void show_progress(size_t done, size_t total, const struct cell *cell)
{
    fprintf(stderr, "\r%zu of %zu runs, last %s under %s\033[K", done, total, cell->pair->id,
            cell->detector->name);
    fflush(stderr);
}

static int status_of(const struct matrix *matrix)
{
    if (matrix_count(matrix, VERDICT_ERROR) > 0)
        return STATUS_FAILED;
    for (enum verdict verdict = VERDICT_KEPT; verdict < VERDICT_COUNT; verdict++) {
        if (verdict_fails(verdict) && matrix_count(matrix, verdict) > 0)
            return STATUS_NOT_KEPT;
    }
    if (matrix_count(matrix, VERDICT_SKIPPED) == matrix->pair_count * matrix->column_count)
        return STATUS_SKIPPED;
    return STATUS_KEPT;
}

static int run_selection(const struct lab *lab, const struct selection *selection,
                         const struct arguments *arguments)
{
    struct matrix matrix;
    matrix_make(&matrix, selection->pairs, selection->count, arguments->columns,
                arguments->column_count);
    bool progress = isatty(STDERR_FILENO);
    struct runner_options runner = {
        .jobs = arguments->jobs,
        .time_limit_ms = arguments->time_limit_ms,
        .progress = progress ? show_progress : NULL,
    };
    int result = runner_matrix(lab, &matrix, &runner);
    if (progress)
        fputs("\r\033[K", stderr);
    int status = STATUS_KEPT;
    if (result < 0) {
        cli_error("cannot run programs: %s (%s)", strerror(-result), lab->keeper);
        status = STATUS_FAILED;
    } else if (result > 0) {
        cli_error("interrupted; nothing is left running");
        status = 128 + result;
    } else {
        bool json_only = arguments->json && strcmp(arguments->json, "-") == 0;
        struct style style = style_for(stdout);
        struct table_options table = {.findings = arguments->findings || selection->count == 1};
        if (!json_only)
            table_print(stdout, &style, &matrix, &table);
        status = status_of(&matrix);
        int error = arguments->json ? json_write(arguments->json, &matrix) : 0;
        if (error) {
            cli_error("%s: %s", arguments->json, strerror(-error));
            status = STATUS_OUTPUT;
        }
    }
    matrix_release(&matrix);
    return status;
}

int cli_run(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {.jobs = runner_default_jobs(),
                                  .time_limit_ms = RUN_TIME_LIMIT_MS};
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    bool all = arguments.column_count == 0;
    for (size_t i = 0; all && i < detector_count; i++)
        add_column(&arguments, &detectors[i]);
    struct corpus corpus;
    struct selection selection = {0};
    int status = cli_load(lab, &corpus);
    if (!status)
        status = selection_make(&corpus, arguments.names, arguments.name_count, &selection);
    if (!status && selection_complain(&selection, &corpus) > 0)
        status = STATUS_CORPUS;
    if (!status)
        status = run_selection(lab, &selection, &arguments);
    free(arguments.columns);
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
