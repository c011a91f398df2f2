#include "cli/choice.h"
#include "cli/explore.h"
#include "cli/report_dir.h"
#include "cli/runner.h"
#include "explore/block.h"
#include "explore/resolve.h"
#include "explore/schedule_file.h"
#include "model/memory.h"
#include "present/schedule.h"
#include "present/source.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_COLUMNS 10000

enum { OPTION_SCHEDULE = 256, OPTION_GDB, OPTION_COLUMNS };

static const struct argp_option options[] = {
    {"schedule", OPTION_SCHEDULE, "FILE", 0,
     "The schedule, as `racelab explore` wrote it (required)", 0},
    {"gdb", OPTION_GDB, 0, 0, "In the debugger, which stops where the run fails or ends", 0},
    {"columns", OPTION_COLUMNS, "N", 0,
     "Lay the steps out for N columns; below 60 each is one line (default: the terminal's columns, "
     "and 100 in a pipe)",
     0},
    {0},
};

struct arguments {
    struct subject subject;
    const char *schedule;
    bool gdb;
    unsigned columns; /* 0: as the output is */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->subject;
        return 0;
    case OPTION_SCHEDULE:
        arguments->schedule = argument;
        return 0;
    case OPTION_GDB:
        arguments->gdb = true;
        return 0;
    case OPTION_COLUMNS:
        arguments->columns = choice_number(state, argument, MAX_COLUMNS, "--columns");
        return 0;
    case ARGP_KEY_ARG:
        subject_add(&arguments->subject, argument, state);
        return 0;
    case ARGP_KEY_END:
        if (arguments->subject.source_count == 0)
            argp_error(state,
                       "what is to be run? the CASE, PROGRAM or FILE.c... that was explored");
        if (!arguments->schedule)
            argp_error(state, "--schedule is required: the file that `racelab explore` wrote");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&subject_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    options,
    parse,
    "FILE.c... --schedule FILE\nPROGRAM --schedule FILE\nCASE --schedule FILE",
    "Runs a program once more under a schedule that `racelab explore` found, on this terminal, and "
    "shows it step by step. Sources are built again with the same flags. A schedule fits the build "
    "alone that it was found in, and where this is another, it is not run."
    "\v"
    "Exit status: 0 the run did not fail; 1 it did; 2 wrong usage, or the schedule is of another "
    "build; 3 the program cannot be run; 6 the sources could not be built.",
    children,
    NULL,
    NULL,
};

/* What is run again. */
struct replay {
    const struct lab *lab;
    struct arguments *arguments;
    struct schedule schedule;
    char *program;
    char *folder;
    char *source; /* of a CASE */
    char *setting;
    struct wire_block *block;
    int status;
};

static bool is_built(const struct subject *subject)
{
    const char *first = subject->sources[0];
    const char *dot = strrchr(first, '.');
    /* As a compiler tells a source. */
    return subject->source_count == 1 && (!dot || strchr(dot, '/') || access(first, X_OK) == 0);
}

/* The source of the twin that the schedule is of. */
static int take_case(struct replay *replay)
{
    struct subject *subject = &replay->arguments->subject;
    const char *program = replay->schedule.program;
    const char *slash = strchr(program, '/');
    if (!slash || strcmp(slash + 1, subject->sources[0]) != 0) {
        cli_error("%s is of %s, and not of %s", replay->arguments->schedule, program,
                  subject->sources[0]);
        return STATUS_USAGE;
    }
    replay->source = xasprintf("%s/%s.c", replay->lab->root, program);
    subject->sources[0] = replay->source;
    if (!subject->cflags)
        subject->cflags = EXPLORE_CORPUS_FLAGS;
    return STATUS_KEPT;
}

static int take_program(struct replay *replay)
{
    static const bool wanted[FLAVOURS] = {[FLAVOUR_EXPLORE] = true};
    struct subject *subject = &replay->arguments->subject;
    int status = STATUS_KEPT;
    if (subject_is_case(subject)) {
        status = take_case(replay);
    } else if (is_built(subject)) {
        replay->program = subject_locate(subject->sources[0]);
        return STATUS_KEPT;
    }
    if (!status)
        status = subject_build(replay->lab, subject, wanted, replay->folder);
    if (!status)
        replay->program = xstrdup(subject->program[FLAVOUR_EXPLORE]);
    return status;
}

static int check_build(const struct replay *replay)
{
    char *trouble;
    char *build = schedule_build(replay->program, &trouble);
    int status = STATUS_KEPT;
    if (!build) {
        cli_error("%s", trouble);
        status = STATUS_FAILED;
    } else if (strcmp(build, replay->schedule.build) != 0) {
        cli_error(
            "%s was found in another build of %s: the program has changed since, or was built "
            "with other flags (--cflags) or by another compiler; explore it again",
            replay->arguments->schedule, replay->schedule.program);
        status = STATUS_USAGE;
    }
    free(trouble);
    free(build);
    return status;
}

static int prepare(struct replay *replay)
{
    struct subject *subject = &replay->arguments->subject;
    char *trouble = schedule_read(replay->arguments->schedule, &replay->schedule);
    if (trouble) {
        cli_error("%s", trouble);
        free(trouble);
        return STATUS_USAGE;
    }
    if (access(replay->lab->runtime, R_OK) != 0) {
        cli_error("the scheduler %s is missing: install racelab anew", replay->lab->runtime);
        return STATUS_FAILED;
    }
    replay->folder = report_dir_make();
    if (!replay->folder) {
        cli_error("no temporary folder: %s (TMPDIR, or /tmp)", strerror(errno));
        return STATUS_FAILED;
    }
    int status = take_program(replay);
    explore_hold_signals(true);
    if (!status)
        status = check_build(replay);
    if (status)
        return status;
    if (!subject->arguments)
        subject->arguments = replay->schedule.arguments;
    char *path = xasprintf("%s/replay-000000", replay->folder);
    struct wire_segment *guide = schedule_guide(&replay->schedule);
    /* In the debugger it ends where nobody can go on, which is where that stops. */
    unsigned flags =
        replay->schedule.flags | WIRE_RECORD | (replay->arguments->gdb ? 0 : WIRE_STUCK_FOR_REAL);
    replay->block = explore_block(path, guide, replay->schedule.turn_count, flags);
    replay->setting = xasprintf(WIRE_VARIABLE "=%s", path);
    free(guide);
    free(path);
    server_fix_addresses();
    return replay->block ? STATUS_KEPT : STATUS_FAILED;
}

static void tell(FILE *out, char *text)
{
    print_inert(out, text, strlen(text));
    fputc('\n', out);
    free(text);
}

/* How it ended, beside what the program itself said. */
static void tell_end(const struct replay *replay, const struct run_outcome *outcome,
                     enum failure failure, char *sentence)
{
    const struct wire_outcome *end = &replay->block->outcome;
    if (end->threads == 0)
        tell(stdout, xasprintf("the scheduler in %s was not at work", replay->program));
    else if (end->diverged)
        tell(stdout, xasprintf("the schedule could be followed for %u of its %zu turns only: "
                               "something but the order of the threads decides",
                               end->diverged - 1, replay->schedule.turn_count));
    if (failure != FAILURE_NONE && sentence)
        tell(stdout, xstrdup(sentence));
    else if (outcome->end == RUN_EXITED)
        tell(stdout, xasprintf("ended with exit status %d", outcome->status));
    else if (outcome->end == RUN_SIGNALED)
        tell(stdout,
             xasprintf("ended by signal %d (%s)", outcome->status, strsignal(outcome->status)));
    else
        tell(stdout, xasprintf("ended: %s", run_end_word(outcome->end)));
}

static enum failure failure_of(const struct replay *replay, const struct run_outcome *outcome)
{
    const struct subject *subject = &replay->arguments->subject;
    const struct session_spec spec = {.ok_status = subject->ok_status,
                                      .ok_status_count = subject->ok_status_count};
    struct wire_outcome *end = &replay->block->outcome;
    if (end->end == WIRE_UNFINISHED && outcome->end == RUN_EXITED) {
        end->end = WIRE_EXITED;
        end->status = outcome->status;
    } else if (end->end == WIRE_UNFINISHED && outcome->end == RUN_SIGNALED) {
        end->end = WIRE_SIGNALLED;
        end->status = outcome->status;
    } else if (end->end == WIRE_UNFINISHED && outcome->end == RUN_HUNG) {
        end->end = WIRE_DEADLOCK;
    }
    return session_failure(&spec, end);
}

static void on_done(const struct run_outcome *outcome, struct explanation *explanation, void *user)
{
    struct replay *replay = user;
    struct outputs outputs = {0};
    struct inspection inspection = {.program = xstrdup(replay->program),
                                    .root = outputs_root(&outputs)};
    struct sources *sources = sources_new(&inspection);
    const struct resolve_options how = {
        .program = replay->program,
        .root = inspection.root,
        .line = sources_line,
        .user = sources,
    };
    struct style style = style_for(stdout);
    if (replay->arguments->columns > 0)
        style.width = (int)replay->arguments->columns;
    struct resolver *resolver = NULL;
    char *sentence = NULL;
    if (outcome->end == RUN_NOT_STARTED) {
        cli_error("%s", outcome->error ? outcome->error : strerror(outcome->status));
        replay->status = STATUS_FAILED;
    } else {
        enum failure failure = failure_of(replay, outcome);
        bool looked = explanation->thread_count > 0;
        fflush(stdout);
        if (resolver_new(&how, replay->block, &resolver) == 0) {
            if (looked)
                resolver_learn(resolver, explanation);
            resolve_schedule(resolver, replay->block, &replay->schedule);
            sentence = resolve_sentence(resolver, replay->block, looked ? explanation : NULL);
            const struct schedule_options show = schedule_options_for(stdout, &style);
            schedule_print(stdout, &style, &replay->schedule, &show);
        }
        tell_end(replay, outcome, failure, sentence);
        replay->status = failure != FAILURE_NONE ? STATUS_NOT_KEPT : STATUS_KEPT;
    }
    free(sentence);
    resolver_free(resolver);
    sources_free(sources);
    inspection_release(&inspection);
}

static int run(struct replay *replay)
{
    const struct subject *subject = &replay->arguments->subject;
    const char **env = xcalloc(subject->env_count + 2, sizeof(*env));
    for (size_t i = 0; i < subject->env_count; i++)
        env[i] = subject->env[i];
    env[subject->env_count] = replay->setting;
    const struct target target = {
        .program = replay->program,
        .arguments = (const char *const *)subject->arguments,
        .env = env,
        .input = subject->input,
        .recorder = replay->lab->recorder,
        .preload = replay->lab->runtime,
    };
    int result = runner_replay(replay->lab, &target, RUN_TIME_LIMIT_MS, on_done, replay);
    free((void *)env);
    if (result < 0) {
        cli_error("cannot run %s: %s", replay->program, strerror(-result));
        return STATUS_FAILED;
    }
    return result > 0 ? 128 + result : replay->status;
}

/* The debugger, on this terminal. The wrapper gives the program alone its environment. At its end all threads still
 * stand where they are. */
static int run_gdb(struct replay *replay)
{
    const struct subject *subject = &replay->arguments->subject;
    struct command command = {0};
    char *gdb = find_in_path("gdb");
    char *wrapper = xasprintf("set exec-wrapper env LD_PRELOAD='%s' '%s'", replay->lab->runtime,
                              replay->setting);
    for (size_t i = 0; i < subject->env_count; i++) {
        char *longer = xasprintf("%s '%s'", wrapper, subject->env[i]);
        free(wrapper);
        wrapper = longer;
    }
    int status = STATUS_FAILED;
    if (!gdb) {
        cli_error("gdb is not installed (Debian: apt-get install gdb)");
    } else {
        const char *const words[] = {gdb,     "-q",    "-ex", "set disable-randomization on",
                                     "-ex",   wrapper, "-ex", "catch syscall exit_group",
                                     "-ex",   "run",   "-ex", "thread apply all backtrace",
                                     "--args"};
        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
            command_add(&command, "%s", words[i]);
        command_add(&command, "%s", replay->program);
        for (size_t i = 0; subject->arguments && subject->arguments[i]; i++)
            command_add(&command, "%s", subject->arguments[i]);
        /* An interrupt is for the program in the debugger. */
        void (*before)(int) = signal(SIGINT, SIG_IGN);
        pid_t child = fork();
        if (child == 0) {
            signal(SIGINT, SIG_DFL);
            explore_hold_signals(false);
            execv(gdb, command.argv);
            _exit(127);
        }
        int ended = 0;
        while (child > 0 && waitpid(child, &ended, 0) < 0 && errno == EINTR)
            ;
        signal(SIGINT, before);
        status =
            child > 0 && WIFEXITED(ended) && WEXITSTATUS(ended) == 0 ? STATUS_KEPT : STATUS_FAILED;
    }
    command_release(&command);
    free(wrapper);
    free(gdb);
    return status;
}

int cli_replay(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {0};
    struct replay replay = {.lab = lab, .arguments = &arguments};
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
    int status = prepare(&replay);
    if (!status)
        status = arguments.gdb ? run_gdb(&replay) : run(&replay);
    block_close(replay.block);
    report_dir_remove(replay.folder);
    explore_hold_signals(false);
    schedule_release(&replay.schedule);
    subject_release(&arguments.subject);
    free(replay.program);
    free(replay.source);
    free(replay.setting);
    return status;
}
