#include "cli/choice.h"
#include "cli/run_review.h"
#include "present/html.h"
#include "present/json.h"
#include "present/table.h"

#include <string.h>

static const struct argp_option options[] = {
    {"json", 'J', "FILE", 0, "Also write everything to FILE as JSON (-: standard output alone)", 0},
    {"html", 'H', "FILE", 0,
     "Also write everything to FILE as one page for a browser (-: standard output alone)", 0},
    {"changes", 'c', 0, 0,
     "Run not the pairs but the changes beside them, wrong patches and refactorings", 0},
    {"findings", 'f', 0, 0, "List every finding, not only the verdicts (default for one pair)", 0},
    {0},
};

struct arguments {
    struct choice choice;
    const char *json;
    const char *html;
    bool findings;
};

static bool is_standard_output(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->choice;
        return 0;
    case 'J':
        arguments->json = argument;
        return 0;
    case 'H':
        arguments->html = argument;
        return 0;
    case 'c':
        arguments->choice.changes = true;
        return 0;
    case 'f':
        arguments->findings = true;
        return 0;
    case ARGP_KEY_END:
        if (arguments->choice.changes && arguments->html)
            argp_error(state, "--html shows pairs; --changes goes with --json");
        if (is_standard_output(arguments->json) && is_standard_output(arguments->html))
            argp_error(state, "--json and --html cannot both be standard output");
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
    "Runs both twins of each pair under each detector, and judges what they said.",
    children,
    NULL,
    NULL,
};

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

/* STATUS_OUTPUT after a message where the file could not be written; else the status itself. */
static int written(const char *path, int error, int status)
{
    if (!error)
        return status;
    cli_error("%s: %s", path, strerror(-error));
    return STATUS_OUTPUT;
}

/* What the changes of its review give does not change the status. */
static int write_page(const struct lab *lab, const struct arguments *arguments,
                      const struct matrix *matrix, struct run_review *review, int status)
{
    int failed = run_review_run(lab, &arguments->choice, review);
    if (failed)
        return failed;
    return written(arguments->html, html_write_run(arguments->html, matrix, &review->html), status);
}

/* `review`: of the page, where one is to be written. */
static int run_selection(const struct lab *lab, const struct selection *selection,
                         const struct arguments *arguments, struct run_review *review)
{
    struct matrix matrix;
    int status = choice_run(lab, &arguments->choice, selection, "", &matrix);
    if (!status) {
        bool quiet = is_standard_output(arguments->json) || is_standard_output(arguments->html);
        struct style style = style_for(stdout);
        struct table_options table = {.findings = arguments->findings || selection->count == 1};
        if (!quiet)
            table_print(stdout, &style, &matrix, &table);
        status = status_of(&matrix);
        if (arguments->json)
            status = written(arguments->json, json_write(arguments->json, &matrix), status);
        if (arguments->html)
            status = write_page(lab, arguments, &matrix, review, status);
    }
    matrix_release(&matrix);
    return status;
}

int cli_run(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {0};
    choice_init(&arguments.choice);
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    choice_complete(&arguments.choice);
    arguments.choice.steps = arguments.json || arguments.html;
    struct corpus corpus;
    struct selection selection;
    struct run_review review = {0};
    int status = choice_load(lab, &arguments.choice, &corpus, &selection);
    if (!status && arguments.html)
        status = run_review_draw(&corpus, &selection, &review);
    if (!status)
        status = run_selection(lab, &selection, &arguments, &review);
    run_review_release(&review);
    choice_release(&arguments.choice);
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
