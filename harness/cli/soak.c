#include "cli/choice.h"
#include "cli/load.h"
#include "model/memory.h"
#include "present/soak.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define MAX_RUNS     1000000
#define DEFAULT_RUNS 20

enum { OPTION_LOAD = 256, OPTION_ONE_CORE };

static const struct argp_option options[] = {
    {"runs", 'n', "N", 0, "Run each cell N times (default: 20)", 0},
    {"changes", 'c', 0, 0, "Run not the pairs but the changes beside them", 0},
    {"load", OPTION_LOAD, 0, 0, "Keep every processor busy with something else meanwhile", 0},
    {"one-core", OPTION_ONE_CORE, 0, 0, "Run everything on one processor", 0},
    {"promises", 'p', 0, 0, "List every promise of every cell (default for one pair)", 0},
    {"json", 'J', "FILE", 0, "Also write every count to FILE as JSON, anew after each round", 0},
    {0},
};

struct arguments {
    struct choice choice;
    unsigned runs;
    bool load;
    bool one_core;
    bool promises;
    const char *json;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->choice;
        return 0;
    case 'n':
        arguments->runs = choice_number(state, argument, MAX_RUNS, "--runs");
        return 0;
    case OPTION_LOAD:
        arguments->load = true;
        return 0;
    case OPTION_ONE_CORE:
        arguments->one_core = true;
        return 0;
    case 'c':
        arguments->choice.changes = true;
        return 0;
    case 'p':
        arguments->promises = true;
        return 0;
    case 'J':
        arguments->json = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&choice_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    options,
    parse,
    "[CASE|FAMILY|CHANGE]...",
    "Runs each pair many times under each detector, and counts how often each promise was kept. A "
    "fixed program that is flagged in one run of them all is wrong.",
    children,
    NULL,
    NULL,
};

/* What comes between two rounds waits for the next one, in which it ends the soak as it should. */
static void block_interruptions(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

/* One more run of every cell. */
static int run_round(const struct lab *lab, const struct arguments *arguments,
                     const struct selection *selection, struct soak *soak)
{
    struct matrix matrix;
    char *what = xasprintf("round %zu of %zu: ", soak->done + 1, soak->runs);
    int status = choice_run(lab, &arguments->choice, selection, what, &matrix);
    free(what);
    if (soak->tally.cells == NULL)
        tally_init(&soak->tally, &matrix);
    tally_add(&soak->tally, &matrix); /* of an interrupted round, the cells that were judged */
    soak->done += status == STATUS_KEPT;
    matrix_release(&matrix);
    return status;
}

static int status_of(const struct soak *soak)
{
    if (tally_wrong(&soak->tally) > 0)
        return STATUS_NOT_KEPT;
    return tally_runs(&soak->tally) > 0 ? STATUS_KEPT : STATUS_SKIPPED;
}

static int soak_selection(const struct lab *lab, const struct arguments *arguments,
                          const struct selection *selection)
{
    struct soak soak = {
        .runs = arguments->runs,
        .load = arguments->load,
        .one_core = arguments->one_core,
        .promises = arguments->promises || selection->count == 1,
    };
    int status = STATUS_KEPT;
    int written = 0;
    block_interruptions();
    bool json_only = arguments->json && strcmp(arguments->json, "-") == 0;
    while (!status && !written && soak.done < soak.runs) {
        status = run_round(lab, arguments, selection, &soak);
        bool over = status || soak.done == soak.runs;
        if (arguments->json && (over || !json_only))
            written = soak_write_json(arguments->json, &soak);
    }
    struct style style = style_for(stdout);
    if (!json_only)
        soak_print(stdout, &style, &soak);
    if (written) {
        cli_error("%s: %s", arguments->json, strerror(-written));
        status = STATUS_OUTPUT;
    } else if (!status) {
        status = status_of(&soak);
    }
    tally_release(&soak.tally);
    return status;
}

int cli_soak(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {.runs = DEFAULT_RUNS};
    choice_init(&arguments.choice);
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    struct load *load = NULL;
    struct corpus corpus = {0};
    struct selection selection = {0};
    int status = STATUS_KEPT;
    int error = arguments.one_core ? load_use_one_processor() : 0;
    if (error) {
        cli_error("--one-core: %s", strerror(-error));
        status = STATUS_FAILED;
    }
    choice_complete(&arguments.choice);
    if (!status)
        status = choice_load(lab, &arguments.choice, &corpus, &selection);
    if (!status && arguments.load) {
        load = load_start(uv_available_parallelism());
        if (!load) {
            cli_error("--load: %s", strerror(errno));
            status = STATUS_FAILED;
        }
    }
    if (!status)
        status = soak_selection(lab, &arguments, &selection);
    load_stop(load);
    choice_release(&arguments.choice);
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
