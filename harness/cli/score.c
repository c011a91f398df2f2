#include "cli/choice.h"
#include "present/score.h"

#include <stdlib.h>
#include <string.h>

static const struct argp_option options[] = {
    {"from", 'f', "FILE", 0,
     "Take the results from FILE, as `racelab run --json` wrote it; given several times, their "
     "detectors stand side by side",
     0},
    {"json", 'J', "FILE", 0, "Write the counts to FILE as JSON (-: standard output alone)", 0},
    {"markdown", 'm', "FILE", 0, "Write the tables to FILE as Markdown (-: standard output alone)",
     0},
    {0},
};

#define MAX_FILES 32

struct arguments {
    struct choice choice;
    const char *files[MAX_FILES];
    size_t file_count;
    const char *json;
    const char *markdown;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->choice;
        return 0;
    case 'f':
        if (arguments->file_count == MAX_FILES)
            argp_error(state, "--from: more than %d files", MAX_FILES);
        arguments->files[arguments->file_count++] = argument;
        return 0;
    case 'J':
        arguments->json = argument;
        return 0;
    case 'm':
        arguments->markdown = argument;
        return 0;
    case ARGP_KEY_SUCCESS:
        if (arguments->file_count > 0 &&
            (arguments->choice.name_count > 0 || arguments->choice.column_count > 0))
            argp_error(state, "--from takes results as they are; choose pairs and detectors with "
                              "`racelab run`");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&choice_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    options,
    parse,
    "[CASE|FAMILY]...",
    "What each detector finds of the corpus, by family: recall, precision and line-exact recall, "
    "with the counts. Runs the matrix, unless --from names results.",
    children,
    NULL,
    NULL,
};

static int score_files(const struct arguments *arguments, struct score *score)
{
    for (size_t i = 0; i < arguments->file_count; i++) {
        char *trouble = score_read(arguments->files[i], score);
        if (trouble) {
            cli_error("%s: %s", arguments->files[i], trouble);
            free(trouble);
            return STATUS_FAILED;
        }
    }
    return STATUS_KEPT;
}

static int score_matrix(const struct lab *lab, const struct choice *choice, struct score *score)
{
    struct corpus corpus;
    struct selection selection;
    int status = choice_load(lab, choice, &corpus, &selection);
    if (!status) {
        struct matrix matrix;
        status = choice_run(lab, choice, &selection, "", &matrix);
        if (!status)
            score_add_matrix(score, &matrix);
        matrix_release(&matrix);
    }
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}

static int tell_unwritten(const char *path, int error)
{
    if (!error)
        return STATUS_KEPT;
    cli_error("%s: %s", path, strerror(-error));
    return STATUS_OUTPUT;
}

static int present(const struct arguments *arguments, const struct score *score)
{
    if (score->column_count == 0) {
        cli_error("no detector ran, so that there is nothing to score; `racelab doctor` says why");
        return STATUS_SKIPPED;
    }
    const char *alone[] = {arguments->json, arguments->markdown};
    bool terminal = true;
    for (size_t i = 0; i < sizeof(alone) / sizeof(*alone); i++)
        terminal = terminal && !(alone[i] && strcmp(alone[i], "-") == 0);
    struct style style = style_for(stdout);
    if (terminal)
        score_print(stdout, &style, score);
    int status = STATUS_KEPT;
    if (arguments->json)
        status = tell_unwritten(arguments->json, score_write_json(arguments->json, score));
    if (arguments->markdown && !status)
        status =
            tell_unwritten(arguments->markdown, score_write_markdown(arguments->markdown, score));
    return status;
}

int cli_score(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {0};
    choice_init(&arguments.choice);
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    struct score score = {0};
    int status = STATUS_KEPT;
    if (arguments.file_count > 0) {
        status = score_files(&arguments, &score);
    } else {
        choice_complete(&arguments.choice);
        status = score_matrix(lab, &arguments.choice, &score);
    }
    if (!status)
        status = present(&arguments, &score);
    score_release(&score);
    choice_release(&arguments.choice);
    return status;
}
