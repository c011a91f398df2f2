#include "cli/choice.h"
#include "cli/compile.h"
#include "corpus/diagnostics.h"
#include "corpus/lint.h"
#include "judge/judge.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define MAX_JOBS 256

static const struct argp_option options[] = {
    {"jobs", 'j', "N", 0, "Compile N programs at once (default: the processors)", 0},
    {0},
};

struct arguments {
    char **names;
    size_t name_count;
    unsigned jobs;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'j':
        arguments->jobs = choice_number(state, argument, MAX_JOBS, "--jobs");
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
    "Whether pairs may be admitted: their headers, annotations and size, that the twins differ by "
    "the fix alone, and that neither gcc nor clang warns. Prints every fault with file and line."
    "\v"
    "Exit status: 0 no fault; 2 wrong usage; 3 a compiler is missing or could not be started; 4 "
    "faults; 77 neither compiler is there.",
    NULL,
    NULL,
    NULL,
};

enum { COMPILERS = 2, ARGUMENTS = 13, COMPILE_LIMIT_S = 60 };

struct compiler {
    const char *name; /* in PATH */
    char *path;       /* from malloc; NULL where there is none of that name */
};

/* One twin under one compiler. */
struct warned {
    const struct compiler *compiler;
    const char *source;
    char *arguments[ARGUMENTS];
};

struct check {
    const struct corpus *corpus;
    const struct selection *selection;
    struct complaints *faults; /* by pair of the selection */
    struct compiler compilers[COMPILERS];
    struct warned *warned; /* what is compiled */
    struct compilation *compilations;
    size_t compilation_count; /* of both */
};

/* The selected pair that the file belongs to, or NULL. */
static struct complaints *faults_of(const struct check *check, const char *file)
{
    for (size_t i = 0; i < check->selection->count; i++) {
        for (enum polarity p = BUGGY; p <= FIXED; p++) {
            const char *path = check->selection->pairs[i]->twin[p].path;
            if (path && strcmp(path, file) == 0)
                return &check->faults[i];
        }
    }
    return NULL;
}

static void take_over(struct complaints *target, const struct complaint *complaint)
{
    complaints_add(target, complaint->file, complaint->line, "%s", complaint->text);
}

/* Whether some detector must report the buggy twin, and need not report the patch. */
static bool hides(const struct pair *patch)
{
    for (size_t i = 0; i < detector_count; i++) {
        if (judge_demands(&patch->of->twin[BUGGY].annotations.promises, &detectors[i]) &&
            !judge_demands(&patch->twin[BUGGY].annotations.promises, &detectors[i]))
            return true;
    }
    return false;
}

static void check_texts(struct check *check)
{
    for (size_t i = 0; i < check->corpus->complaints.count; i++) {
        const struct complaint *complaint = &check->corpus->complaints.items[i];
        struct complaints *target = faults_of(check, complaint->file);
        /* What belongs to no pair is a folder's, and told where all is. */
        if (!target &&
            check->selection->count == check->corpus->count + check->corpus->change_count)
            target = &check->faults[0];
        if (target)
            take_over(target, complaint);
    }
    for (size_t i = 0; i < check->selection->count; i++) {
        const struct pair *pair = check->selection->pairs[i];
        lint_pair(check->corpus, pair, &check->faults[i]);
        if (pair->of && pair->patch == PATCH_HIDES && !hides(pair))
            complaints_add(&check->faults[i], pair->twin[BUGGY].path, 0,
                           "hides the bug from nobody: every detector that must report the buggy "
                           "twin must report this, too");
    }
}

static void add_compilation(struct check *check, const struct compiler *compiler,
                            const char *source)
{
    struct warned *warned =
        xappend((void **)&check->warned, &check->compilation_count, sizeof(*check->warned));
    /* -O2: some warnings need the optimiser. Nothing is written anywhere. */
    char *const arguments[ARGUMENTS] = {compiler->path,
                                        "-std=gnu17",
                                        "-pthread",
                                        "-UNDEBUG",
                                        "-Wall",
                                        "-Wextra",
                                        "-O2",
                                        "-fdiagnostics-color=never",
                                        "-S",
                                        "-o",
                                        "-",
                                        (char *)source,
                                        NULL};
    warned->compiler = compiler;
    warned->source = source;
    memcpy((void *)warned->arguments, (const void *)arguments, sizeof(arguments));
}

/* What the compiler said is said of the pair. */
static void read_compilation(struct check *check, size_t index)
{
    const struct warned *warned = &check->warned[index];
    const struct compilation *compilation = &check->compilations[index];
    struct complaints *target = faults_of(check, warned->source);
    struct complaints faults = {0};
    if (compilation->timed_out)
        complaints_add(&faults, warned->source, 0, "%s has not compiled it within %d s",
                       warned->compiler->name, COMPILE_LIMIT_S);
    else if (compilation->done)
        diagnostics_read(warned->compiler->name, warned->source, compilation->output,
                         compilation->failed, &faults);
    for (size_t f = 0; target && f < faults.count; f++)
        take_over(target, &faults.items[f]);
    complaints_release(&faults);
}

/* Every twin by every compiler that is there. Returns as compile_all(), with the name of the compiler
 * that could not be started. */
static int compile_twins(struct check *check, unsigned jobs, const char **failed)
{
    size_t not_started = 0;
    for (size_t i = 0; i < check->selection->count; i++) {
        for (enum polarity p = BUGGY; p <= FIXED; p++) {
            const char *path = check->selection->pairs[i]->twin[p].path;
            for (size_t c = 0; path && c < COMPILERS; c++) {
                if (check->compilers[c].path)
                    add_compilation(check, &check->compilers[c], path);
            }
        }
    }
    check->compilations = xcalloc(check->compilation_count, sizeof(*check->compilations));
    for (size_t i = 0; i < check->compilation_count; i++)
        check->compilations[i].arguments = check->warned[i].arguments;
    int result = compile_all(check->compilations, check->compilation_count, jobs, COMPILE_LIMIT_S,
                             &not_started);
    *failed = result < 0 && check->warned ? check->warned[not_started].compiler->name : NULL;
    for (size_t i = 0; i < check->compilation_count; i++)
        read_compilation(check, i);
    return result;
}

static int by_place(const void *left, const void *right)
{
    const struct complaint *first = *(const struct complaint *const *)left;
    const struct complaint *second = *(const struct complaint *const *)right;
    int files = strcmp(first->file, second->file);
    int lines = (first->line > second->line) - (first->line < second->line);
    int order = (first > second) - (first < second);
    return files ? files : lines ? lines : order;
}

static void print_faults(const struct complaints *faults)
{
    const struct complaint **sorted = xcalloc(faults->count + 1, sizeof(struct complaint *));
    for (size_t i = 0; i < faults->count; i++)
        sorted[i] = &faults->items[i];
    qsort((void *)sorted, faults->count, sizeof(struct complaint *), by_place);
    for (size_t i = 0; i < faults->count; i++)
        complaint_print(stdout, sorted[i]);
    free((void *)sorted);
}

/* All faults, pair by pair, and the line that sums them up; `whole`: nothing was left out. Returns
 * their number. */
static size_t print_result(const struct check *check, bool whole)
{
    size_t total = 0;
    size_t pairs = 0;
    size_t compiled = 0;
    for (size_t i = 0; i < check->selection->count; i++) {
        print_faults(&check->faults[i]);
        total += check->faults[i].count;
        pairs += check->faults[i].count > 0;
    }
    for (size_t i = 0; i < check->compilation_count; i++)
        compiled += check->compilations[i].done;
    size_t changes = 0;
    for (size_t i = 0; i < check->selection->count; i++)
        changes += check->selection->pairs[i]->of != NULL;
    size_t chosen = check->selection->count - changes;
    printf("%zu pair%s, ", chosen, chosen == 1 ? "" : "s");
    if (changes > 0)
        printf("%zu change%s, ", changes, changes == 1 ? "" : "s");
    printf("%zu compilation%s: ", compiled, compiled == 1 ? "" : "s");
    if (total == 0)
        printf("no fault%s\n", whole ? "" : " in what was checked");
    else
        printf("%zu fault%s in %zu of them\n", total, total == 1 ? "" : "s", pairs);
    return total;
}

static size_t missing_compilers(const struct check *check)
{
    size_t missing = 0;
    for (size_t c = 0; c < COMPILERS; c++)
        missing += check->compilers[c].path == NULL;
    return missing;
}

static int status_of(const struct check *check, size_t faults, int compiled)
{
    if (compiled > 0)
        return 128 + compiled;
    if (faults > 0)
        return STATUS_CORPUS;
    if (missing_compilers(check) == COMPILERS)
        return STATUS_SKIPPED;
    return compiled < 0 || missing_compilers(check) > 0 ? STATUS_FAILED : STATUS_KEPT;
}

static int lint_selection(const struct corpus *corpus, const struct selection *selection,
                          unsigned jobs)
{
    struct check check = {
        .corpus = corpus,
        .selection = selection,
        .faults = xcalloc(selection->count, sizeof(*check.faults)),
        .compilers = {{.name = "gcc"}, {.name = "clang"}},
    };
    const char *failed = NULL;
    check_texts(&check);
    for (size_t c = 0; c < COMPILERS; c++) {
        check.compilers[c].path = find_in_path(check.compilers[c].name);
        if (!check.compilers[c].path)
            cli_error("%s is not installed: no pair was checked for its warnings",
                      check.compilers[c].name);
    }
    int compiled = compile_twins(&check, jobs, &failed);
    if (compiled < 0)
        cli_error("%s could not be started: %s", failed ? failed : "a compiler",
                  strerror(-compiled));
    if (compiled > 0)
        cli_error("interrupted; nothing is left running");
    size_t faults = print_result(&check, compiled == 0 && missing_compilers(&check) == 0);
    int status = status_of(&check, faults, compiled);
    compilations_release(check.compilations, check.compilation_count);
    for (size_t i = 0; i < selection->count; i++)
        complaints_release(&check.faults[i]);
    for (size_t c = 0; c < COMPILERS; c++)
        free(check.compilers[c].path);
    free(check.compilations);
    free(check.warned);
    free(check.faults);
    return status;
}

/* The changes of the chosen pairs, too. */
static void add_changes(const struct corpus *corpus, struct selection *selection)
{
    size_t pairs = selection->count;
    for (size_t i = 0; i < corpus->change_count; i++) {
        for (size_t k = 0; k < pairs; k++) {
            if (corpus->changes[i].of != selection->pairs[k])
                continue;
            const struct pair **slot =
                xappend((void **)&selection->pairs, &selection->count, sizeof(*selection->pairs));
            *slot = &corpus->changes[i];
        }
    }
}

int cli_lint(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {.jobs = uv_available_parallelism()};
    struct corpus corpus = {0};
    struct selection selection = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int status = cli_load(lab, &corpus);
    if (!status)
        status = selection_make(&corpus, arguments.names, arguments.name_count, &selection);
    if (!status)
        add_changes(&corpus, &selection);
    if (!status)
        status = lint_selection(&corpus, &selection, arguments.jobs);
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
