#include "cli/choice.h"

#include "cli/runner.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_JOBS       256
#define MAX_TIME_LIMIT 3600 /* seconds */
#define MAX_SCHEDULES  1000000
#define SCHEDULES      300

static const struct argp_option options[] = {
    {"detector", 'd', "NAME", 0, "Only this detector; may be given several times", 0},
    {"jobs", 'j', "N", 0,
     "Run N programs at once (default: half as many again as processors, and one)", 0},
    {"time-limit", 't', "SECONDS", 0, "End a run that neither ends nor hangs (default: 60)", 0},
    {"explore", 'x', "N", 0,
     "Also look for a schedule that fails, in N schedules of each twin (300 with --detector "
     "explore); fewer where the runs are very long",
     0},
    {0},
};

unsigned choice_number(const struct argp_state *state, const char *text, unsigned most,
                       const char *what)
{
    char *end = NULL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-' || value == 0 || value > most)
        argp_error(state, "%s: `%s` is no whole number from 1 to %u", what, text, most);
    return (unsigned)value;
}

void detectors_add(const struct detector ***list, size_t *count, const char *name,
                   const struct argp_state *state)
{
    const struct detector *detector = detector_find(name);
    if (!detector) {
        char *known = cli_detector_list();
        argp_error(state, "unknown detector `%s`; known are %s", name, known);
        free(known);
    }
    for (size_t i = 0; i < *count; i++) {
        if ((*list)[i] == detector)
            return;
    }
    const struct detector **slot = xappend((void **)list, count, sizeof(**list));
    *slot = detector;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct choice *choice = state->input;
    switch (key) {
    case 'd':
        detectors_add(&choice->columns, &choice->column_count, argument, state);
        return 0;
    case 'j':
        choice->jobs = choice_number(state, argument, MAX_JOBS, "--jobs");
        return 0;
    case 't':
        choice->time_limit_ms =
            UINT64_C(1000) * choice_number(state, argument, MAX_TIME_LIMIT, "--time-limit");
        return 0;
    case 'x':
        choice->schedules = choice_number(state, argument, MAX_SCHEDULES, "--explore");
        return 0;
    case ARGP_KEY_ARGS:
        choice->names = state->argv + state->next;
        choice->name_count = (size_t)(state->argc - state->next);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp choice_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

void choice_init(struct choice *choice)
{
    *choice = (struct choice){.time_limit_ms = RUN_TIME_LIMIT_MS};
}

void choice_complete(struct choice *choice)
{
    bool all = choice->column_count == 0;
    for (size_t i = 0; all && i < detector_count; i++)
        if (!detectors[i].searches)
            detectors_add(&choice->columns, &choice->column_count, detectors[i].name, NULL);
    if (choice->schedules > 0)
        detectors_add(&choice->columns, &choice->column_count, "explore", NULL);
    else
        choice->schedules = SCHEDULES;
    if (choice->jobs == 0)
        choice->jobs = runner_default_jobs();
}

void choice_release(struct choice *choice)
{
    free(choice->columns);
    *choice = (struct choice){0};
}

int choice_load(const struct lab *lab, const struct choice *choice, struct corpus *corpus,
                struct selection *selection)
{
    *selection = (struct selection){0};
    int status = cli_load(lab, corpus);
    if (!status)
        status = (choice->changes ? selection_changes : selection_make)(
            corpus, choice->names, choice->name_count, selection);
    if (!status && selection_complain(selection, corpus) > 0)
        status = STATUS_CORPUS;
    return status ? status : cli_need_programs(lab);
}

static void show_progress(const char *what, size_t done, size_t total, const struct cell *cell)
{
    fprintf(stderr, "\r%s%zu of %zu runs, last %s under %s\033[K", what, done, total,
            cell->pair->id, cell->detector->name);
    fflush(stderr);
}

int choice_run(const struct lab *lab, const struct choice *choice,
               const struct selection *selection, const char *what, struct matrix *matrix)
{
    matrix_make(matrix, selection->pairs, selection->count, choice->columns, choice->column_count);
    bool progress = isatty(STDERR_FILENO);
    struct runner_options options = {
        .jobs = choice->jobs,
        .time_limit_ms = choice->time_limit_ms,
        .schedules = choice->schedules,
        .steps = choice->steps,
        .progress = progress ? show_progress : NULL,
        .what = what,
    };
    int result = runner_matrix(lab, matrix, &options);
    if (progress)
        fputs("\r\033[K", stderr);
    if (result < 0) {
        cli_error("cannot run programs: %s (%s)", strerror(-result), lab->keeper);
        return STATUS_FAILED;
    }
    if (result > 0) {
        cli_error("interrupted; nothing is left running");
        return 128 + result;
    }
    return STATUS_KEPT;
}
