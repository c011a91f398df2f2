#include "cli/cli.h"
#include "present/roadmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct argp_option options[] = {
    {"json", 'J', "FILE", 0, "Write it to FILE as JSON (-: standard output alone)", 0},
    {0},
};

struct arguments {
    struct roadmap_options shown;
    const char *json;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'J':
        arguments->json = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->shown.one)
            argp_error(state, "one STATION, or none for all");
        if (!station_from_text(argument, &arguments->shown.station))
            argp_error(state,
                       "no station `%s`; there are 1 threads, 2 locks, 3 queues, 4 pools, "
                       "5 processes, 6 bugs, 7 server",
                       argument);
        arguments->shown.one = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "[STATION]",
    "The pairs in the order in which they are learnt, station by station, and how well `racelab "
    "review` has shown each to be known. STATION is a number or name: 1 threads, 2 locks, "
    "3 queues, 4 pools, 5 processes, 6 bugs, 7 server.",
    NULL,
    NULL,
    NULL,
};

/* The history. Where it cannot be read, the roadmap is shown without it. Returns a status. */
static int read_history(struct records *records)
{
    struct store *store = NULL;
    char *message = NULL;
    int status = STATUS_KEPT;
    if (store_open_history(&store, &message) || store_history(store, records, &message)) {
        cli_error("%s", message);
        status = STATUS_FAILED;
    } else if (records->torn) {
        cli_error("%s", records->torn);
    }
    free(message);
    store_close(store);
    return status;
}

static int present(const struct arguments *arguments, const struct progress *progress)
{
    if (!arguments->json || strcmp(arguments->json, "-") != 0) {
        struct style style = style_for(stdout);
        roadmap_print(stdout, &style, progress, &arguments->shown);
    }
    int error =
        arguments->json ? roadmap_write_json(arguments->json, progress, &arguments->shown) : 0;
    if (!error)
        return STATUS_KEPT;
    cli_error("%s: %s", arguments->json, strerror(-error));
    return STATUS_OUTPUT;
}

int cli_roadmap(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    struct corpus corpus = {0};
    struct selection all = {0};
    struct records records = {0};
    int status = cli_load(lab, &corpus);
    if (!status)
        status = selection_make(&corpus, NULL, 0, &all);
    if (status)
        goto out;
    int history = read_history(&records);
    arguments.shown.known = history == STATUS_KEPT;
    struct progress progress;
    progress_make(&corpus, records.items, arguments.shown.known ? records.count : 0, &progress);
    status = present(&arguments, &progress);
    progress_release(&progress);
    if (!status)
        status = history;
    if (selection_complain(&all, &corpus) > 0 && !status)
        status = STATUS_CORPUS;
out:
    records_release(&records);
    selection_release(&all);
    corpus_release(&corpus);
    return status;
}
