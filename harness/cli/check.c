#include "cli/check.h"

#include "cli/choice.h"
#include "cli/promised.h"
#include "cli/report_dir.h"
#include "cli/runner.h"
#include "model/memory.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_RUNS       100000
#define MAX_JOBS       256
#define MAX_TIME_LIMIT 86400 /* seconds */
#define MAX_STATUS     255

enum {
    OPTION_PLAIN = 256,
    OPTION_TSAN,
    OPTION_CFLAGS,
    OPTION_LDFLAGS,
    OPTION_TIMEOUT,
    OPTION_STDIN,
    OPTION_ENV,
    OPTION_OK_STATUS,
    OPTION_ANNOTATIONS,
    OPTION_SUPPRESSIONS_TSAN,
    OPTION_SUPPRESSIONS_VALGRIND,
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What is checked:", 0},
    {"plain", OPTION_PLAIN, "BIN", 0, "A built program, without sanitizers (-g -gdwarf-4)", 0},
    {"tsan", OPTION_TSAN, "BIN", 0,
     "The same built with -fsanitize=thread, by clang or by gcc; may be given for each", 0},
    {"tsan-gcc", OPTION_TSAN, 0, OPTION_ALIAS, 0, 0},
    {"cflags", OPTION_CFLAGS, "FLAGS", 0, "Compile the sources with these, too", 0},
    {"ldflags", OPTION_LDFLAGS, "FLAGS", 0, "Link them with these, too", 0},
    {0, 0, 0, 0, "How it is run:", 1},
    {"detector", 'd', "NAME", 0, "Only this detector; may be given several times", 1},
    {"runs", 'n', "N", 0, "Run it N times under each detector (default: 1)", 1},
    {"jobs", 'j', "N", 0, "N runs at once, where the program can run beside itself (default: 1)",
     1},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0,
     "End each run after so long, as a program wants it that never ends by itself (default: a run "
     "is "
     "ended after 300 seconds, and that is a failure)",
     1},
    {"stdin", OPTION_STDIN, "FILE", 0, "Its standard input (default: nothing)", 1},
    {"env", OPTION_ENV, "NAME=VALUE", 0, "Set this for the program; may be given several times", 1},
    {"ok-status", OPTION_OK_STATUS, "N", 0,
     "This exit status is as good as 0; may be given several times", 1},
    {"suppressions-tsan", OPTION_SUPPRESSIONS_TSAN, "FILE", 0, "ThreadSanitizer's suppressions", 1},
    {"suppressions-valgrind", OPTION_SUPPRESSIONS_VALGRIND, "FILE", 0, "Valgrind's suppressions",
     1},
    {"annotations", OPTION_ANNOTATIONS, "FILE", 0,
     "The program promises its bugs in this source, as the corpus does: show what is kept of that, "
     "and "
     "what is not; may be given several times",
     1},
    {0},
};

struct arguments {
    struct check check;
    const char *plain;
    const char *tsan[2]; /* as given: whose they are is told by the files */
    size_t tsan_count;
};

static void add_string(const char ***list, size_t *count, const char *text)
{
    const char **slot = xappend((void **)list, count, sizeof(**list));
    *slot = text;
    xappend((void **)list, count, sizeof(**list)); /* NULL, which does not count */
    --*count;
}

static void set_suppressions(struct check *check, enum suppression_kind kind, const char *path,
                             struct argp_state *state)
{
    free(check->suppressions[kind]);
    check->suppressions[kind] = realpath(path, NULL);
    if (!check->suppressions[kind])
        argp_error(state, "%s: %s", path, strerror(errno));
}

/* What stands behind `--` is the program's, what stands before it a source. */
static void add_positional(struct check *check, char *argument, const struct argp_state *state)
{
    if (state->quoted && state->next > state->quoted) {
        size_t count = (size_t)(state->argc - state->next + 1);
        check->arguments = state->argv + state->next - 1;
        check->arguments[count] = NULL;
        return;
    }
    char **slot = xappend((void **)&check->sources, &check->source_count, sizeof(*check->sources));
    *slot = argument;
}

static void check_usage(const struct arguments *arguments, struct argp_state *state)
{
    const struct check *check = &arguments->check;
    bool built = arguments->plain || arguments->tsan_count > 0;
    if (built && check->source_count > 0)
        argp_error(state, "either sources or built programs (--plain, --tsan); arguments of the "
                          "program stand behind `--`");
    if (!built && check->source_count == 0)
        argp_error(state, "what is to be checked? FILE.c... or --plain BIN");
    if (built && (check->cflags || check->ldflags))
        argp_error(state, "--cflags and --ldflags are for sources; %s is built already",
                   arguments->plain ? arguments->plain : arguments->tsan[0]);
    if (check->input && access(check->input, R_OK) != 0)
        argp_error(state, "%s: %s", check->input, strerror(errno));
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct check *check = &arguments->check;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &check->outputs;
        return 0;
    case OPTION_PLAIN:
        arguments->plain = argument;
        return 0;
    case OPTION_TSAN:
        if (arguments->tsan_count == 2)
            argp_error(state, "--tsan is for one build of clang's and one of gcc's");
        arguments->tsan[arguments->tsan_count++] = argument;
        return 0;
    case OPTION_CFLAGS:
        check->cflags = argument;
        return 0;
    case OPTION_LDFLAGS:
        check->ldflags = argument;
        return 0;
    case 'd':
        detectors_add(&check->columns, &check->column_count, argument, state);
        return 0;
    case 'n':
        check->runs = choice_number(state, argument, MAX_RUNS, "--runs");
        return 0;
    case 'j':
        check->jobs = choice_number(state, argument, MAX_JOBS, "--jobs");
        return 0;
    case OPTION_TIMEOUT:
        check->time_limit_ms =
            UINT64_C(1000) * choice_number(state, argument, MAX_TIME_LIMIT, "--timeout");
        check->limited = true;
        return 0;
    case OPTION_STDIN:
        check->input = argument;
        return 0;
    case OPTION_ENV:
        if (!strchr(argument, '=') || argument[0] == '=')
            argp_error(state, "--env takes NAME=VALUE, not `%s`", argument);
        add_string(&check->env, &check->env_count, argument);
        return 0;
    case OPTION_OK_STATUS:
        *(int *)xappend((void **)&check->ok_status, &check->ok_status_count,
                        sizeof(*check->ok_status)) =
            (int)choice_number(state, argument, MAX_STATUS, "--ok-status");
        return 0;
    case OPTION_ANNOTATIONS:
        *(char **)xappend((void **)&check->annotated, &check->annotated_count,
                          sizeof(*check->annotated)) = argument;
        return 0;
    case OPTION_SUPPRESSIONS_TSAN:
        set_suppressions(check, SUPPRESS_TSAN, argument, state);
        return 0;
    case OPTION_SUPPRESSIONS_VALGRIND:
        set_suppressions(check, SUPPRESS_VALGRIND, argument, state);
        return 0;
    case ARGP_KEY_ARG:
        add_positional(check, argument, state);
        if (check->arguments)
            state->next = state->argc;
        return 0;
    case ARGP_KEY_END:
        check_usage(arguments, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&outputs_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    options,
    parse,
    "FILE.c... [-- ARGUMENT...]\n--plain BIN [--tsan BIN] [-- ARGUMENT...]",
    "Runs a program of yours under every detector, and tells each bug once: what it is, where, who "
    "saw "
    "it, who did not and why, and how it may be mended. Sources, of C or C++, are built for each "
    "detector and need nothing but a compiler; a program that your build system made is given as "
    "it is."
    "\v"
    "Exit status: 0 no bug was seen, or all promises are kept; 1 bugs, or not; 2 wrong usage; 3 a "
    "detector failed, and no other saw "
    "a bug; "
    "5 a result could not be written; 6 the sources could not be built; 77 no detector could run.",
    children,
    NULL,
    NULL,
};

/* The path of a program: as given where that is a file, else as the shell would find it. */
static char *locate(const char *name)
{
    char folder[PATH_MAX];
    bool here = strchr(name, '/') || access(name, F_OK) == 0;
    char *found = here ? NULL : find_in_path(name);
    if (found)
        return found;
    return name[0] != '/' && getcwd(folder, sizeof(folder)) ? xasprintf("%s/%s", folder, name)
                                                            : xstrdup(name);
}

/* Which ThreadSanitizer a program holds, it tells itself. */
static int place_tsan(struct check *check, const char *name)
{
    char *program = locate(name);
    const struct target target = {.program = program};
    const struct detector *row = detector_find("tsan");
    char *not_clang = detector_unfit(row, &target);
    const struct detector *gcc = detector_find("tsan-gcc");
    char *not_gcc = not_clang ? detector_unfit(gcc, &target) : NULL;
    enum flavour flavour = not_clang && !not_gcc ? gcc->flavour : row->flavour;
    int status = STATUS_KEPT;
    if (check->program[flavour]) {
        cli_error("%s and %s are both built by the same compiler's ThreadSanitizer",
                  check->program[flavour], name);
        free(program);
        status = STATUS_USAGE;
    } else {
        check->program[flavour] = program;
    }
    free(not_clang);
    free(not_gcc);
    return status;
}

/* The command as it was given, for people. */
static char *describe(const struct arguments *arguments)
{
    const struct check *check = &arguments->check;
    const char *first = arguments->plain ? arguments->plain : arguments->tsan[0];
    char *text = xstrdup(first ? first : check->sources[0]);
    for (size_t i = 1; i < check->source_count; i++) {
        char *longer = xasprintf("%s %s", text, check->sources[i]);
        free(text);
        text = longer;
    }
    for (size_t i = 0; check->arguments && check->arguments[i]; i++) {
        char *longer = xasprintf("%s %s", text, check->arguments[i]);
        free(text);
        text = longer;
    }
    return text;
}

/* What is wrong with the programs is told at once; the detectors that can go on do. */
static void complain(const struct check *check, const struct inspection *inspection)
{
    for (enum flavour f = FLAVOUR_PLAIN; f < FLAVOURS; f++) {
        char *lacks = check->program[f] ? program_lacks(check->program[f]) : NULL;
        if (lacks)
            cli_error("%s", lacks);
        free(lacks);
    }
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *inspected = &inspection->detectors[i];
        if (inspected->skipped)
            cli_error("%s is left out: %s", inspected->name, inspected->skipped);
    }
}

/* Of what ran, when no bug was seen. */
static int status_of(const struct check *check, const struct inspection *inspection)
{
    size_t ran = 0;
    size_t troubled = 0;
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *inspected = &inspection->detectors[i];
        const struct detector *row = detector_find(inspected->name);
        /* A program that was named, and cannot be run so. */
        troubled +=
            inspected->skipped && check->program[row->flavour] != NULL && !check->all_columns;
        for (size_t r = 0; r < inspected->run_count; r++)
            troubled += inspected->runs[r].report.trouble != NULL;
        ran += inspected->run_count;
    }
    if (ran == 0)
        return STATUS_SKIPPED;
    return troubled > 0 ? STATUS_FAILED : STATUS_KEPT;
}

static int check_program(const struct lab *lab, const struct arguments *arguments,
                         const struct promises *promises)
{
    const struct check *check = &arguments->check;
    struct inspection inspection = {.program = describe(arguments),
                                    .root = outputs_root(&check->outputs)};
    int result = check_run(lab, check, &inspection);
    int status = STATUS_FAILED;
    if (result < 0) {
        cli_error("cannot run programs: %s (%s)", strerror(-result), lab->keeper);
    } else {
        complain(check, &inspection);
        status = outputs_show(&check->outputs, &inspection);
        if (check->annotated_count > 0 && status != STATUS_OUTPUT)
            status = promised_judge(outputs_for_people(&check->outputs), promises, &inspection);
        if (status == STATUS_KEPT)
            status = status_of(check, &inspection);
    }
    if (result > 0) {
        cli_error("interrupted; this is of the runs until then, and nothing is left running");
        status = 128 + result;
    }
    inspection_release(&inspection);
    return status;
}

static int prepare(struct arguments *arguments, struct promises *promises, char **folder)
{
    struct check *check = &arguments->check;
    int status = outputs_open(&check->outputs);
    if (!status)
        status = promised_load(check->annotated, check->annotated_count, promises);
    if (!status && check->source_count > 0) {
        *folder = report_dir_make();
        if (!*folder)
            cli_error("no temporary folder for the build: %s (TMPDIR, or /tmp)", strerror(errno));
        return *folder ? check_build(check, *folder) : STATUS_FAILED;
    }
    if (arguments->plain)
        check->program[FLAVOUR_PLAIN] = locate(arguments->plain);
    for (size_t i = 0; !status && i < arguments->tsan_count; i++)
        status = place_tsan(check, arguments->tsan[i]);
    return status;
}

int cli_check(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {.check = {.runs = 1, .jobs = 1, .time_limit_ms = 300000}};
    struct check *check = &arguments.check;
    char *folder = NULL;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    check->all_columns = check->column_count == 0;
    for (size_t i = 0; check->all_columns && i < detector_count; i++)
        detectors_add(&check->columns, &check->column_count, detectors[i].name, NULL);
    struct promises promises = {0};
    int status = prepare(&arguments, &promises, &folder);
    if (!status)
        status = check_program(lab, &arguments, &promises);
    promises_release(&promises);
    report_dir_remove(folder);
    for (int i = 0; i < FLAVOURS; i++) {
        free(check->program[i]);
        free(check->no_program[i]);
    }
    for (int i = 0; i < SUPPRESSION_KINDS; i++)
        free(check->suppressions[i]);
    outputs_release(&check->outputs);
    free(check->annotated);
    free(check->sources);
    free(check->columns);
    free((void *)check->env);
    free(check->ok_status);
    return status;
}
