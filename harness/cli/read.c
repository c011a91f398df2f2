#include "cli/cli.h"
#include "cli/outputs.h"
#include "detect/log.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct arguments {
    struct outputs outputs;
    char **logs;
    size_t log_count;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->outputs;
        return 0;
    case ARGP_KEY_ARGS:
        arguments->logs = state->argv + state->next;
        arguments->log_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which log? FILE..., or - for standard input");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&outputs_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    NULL,
    parse,
    "FILE...",
    "Reads logs that detectors left behind, of a CI run for example, and tells each bug once, as "
    "`check` "
    "does: text of ThreadSanitizer (clang's and gcc's) and of Go's race detector; text and XML of "
    "Helgrind "
    "and DRD. Other lines in them, time stamps and colours do not matter; - is standard input."
    "\v"
    "Exit status: 0 no bug is in them; 1 bugs; 2 wrong usage; 3 a log could not be read, or is cut "
    "off, and "
    "no other has a bug; 5 a result could not be written.",
    children,
    NULL,
    NULL,
};

/* Takes over what the log holds. */
static void enter(struct inspection *inspection, const char *path, struct log *log)
{
    for (size_t i = 0; i < log->count; i++) {
        struct log_part *part = &log->parts[i];
        struct inspected_run *run = inspected_add_run(inspection_get(inspection, part->detector));
        run->end = RUN_EXITED;
        run->report.findings = part->findings;
        run->report.version = part->version;
        if (part->trouble)
            run->report.trouble = xasprintf("%s: %s", path, part->trouble);
        free(part->trouble);
        *part = (struct log_part){0};
    }
    log_release(log);
}

/* False where the log cannot be read, or not all of it. */
static bool read_one(struct inspection *inspection, const char *path)
{
    struct log log;
    char *problem = NULL;
    int error = strcmp(path, "-") == 0 ? log_read_fd(STDIN_FILENO, "standard input", &log, &problem)
                                       : log_read(path, &log, &problem);
    if (error) {
        cli_error("%s", problem);
        free(problem);
        /* A silent detector leaves a log without a report, or an empty one. */
        return error == -ENOMSG || error == -ENODATA;
    }
    bool whole = true;
    for (size_t i = 0; i < log.count; i++)
        whole = whole && !log.parts[i].trouble;
    enter(inspection, path, &log);
    return whole;
}

int cli_read(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {0};
    (void)lab;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int status = outputs_open(&arguments.outputs);
    if (!status) {
        struct inspection inspection = {
            .program = xstrdup("logs"), .root = outputs_root(&arguments.outputs), .logs = true};
        bool whole = true;
        for (size_t i = 0; i < arguments.log_count; i++)
            whole = read_one(&inspection, arguments.logs[i]) && whole;
        status = outputs_show(&arguments.outputs, &inspection);
        if (!status && !whole)
            status = STATUS_FAILED;
        inspection_release(&inspection);
    }
    outputs_release(&arguments.outputs);
    return status;
}
