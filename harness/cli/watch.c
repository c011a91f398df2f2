#include "cli/cli.h"
#include "cli/runner.h"
#include "explain/explain.h"
#include "model/memory.h"
#include "present/hang.h"
#include "present/json.h"
#include "supervise/observe.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OPTION_TIMEOUT = 256 };

/* A limit that no run reaches. */
#define WITHOUT_LIMIT_MS (UINT64_C(1000) * 60 * 60 * 24 * 365)

static const struct argp_option options[] = {
    {"pid", 'p', "PID", 0, "Look at a running process and its children, and leave them running", 0},
    {"json", 'j', "FILE", 0, "Write the explanation as JSON, too; `-` is standard output", 0},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0,
     "End the program after so long, and say what its threads were busy with", 0},
    {0},
};

struct arguments {
    pid_t pid;
    const char *json;
    uint64_t limit_ms;
    char **program; /* NULL: --pid */
};

static unsigned long number(struct argp_state *state, const char *text, const char *option,
                            unsigned long most)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || *end || end == text || value == 0 || value > most)
        argp_error(state, "%s takes a number from 1 to %lu, not `%s`", option, most, text);
    return value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'p':
        arguments->pid = (pid_t)number(state, argument, "--pid", 1 << 22);
        return 0;
    case 'j':
        arguments->json = argument;
        return 0;
    case OPTION_TIMEOUT:
        arguments->limit_ms = 1000 * number(state, argument, "--timeout", 1000000);
        return 0;
    case ARGP_KEY_ARG:
        /* The rest is the program's own. */
        arguments->program = &state->argv[state->next - 1];
        state->next = state->argc;
        return 0;
    case ARGP_KEY_END:
        if (!arguments->program == !arguments->pid)
            argp_error(state, "either --pid or a program to run");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "-- PROGRAM [ARGUMENT...]\n--pid PID",
    "Tells when a program hangs, and who waits for whom, at which lines, and why nobody will wake "
    "them. A PROGRAM is watched until it ends or hangs; then it is ended. A process given by its "
    "PID is looked at once and left as it is."
    "\v"
    "Exit status: 0 the program ended, or does not hang; 1 it hangs, or a part of it is "
    "deadlocked; 2 wrong usage; 3 it could not be watched; 5 a result could not be written.",
    NULL,
    NULL,
    NULL,
};

/* Says what there is to say, and returns the exit status. */
static int tell(const struct arguments *arguments, const struct explanation *explanation)
{
    struct style style = style_for(stdout);
    hang_print_sentences(stdout, &style, explanation);
    hang_print_threads(stdout, &style, explanation);
    if (arguments->json) {
        int error = json_write_explanation(arguments->json, explanation);
        if (error) {
            cli_error("%s: %s", arguments->json, strerror(-error));
            return STATUS_OUTPUT;
        }
    }
    return explanation->stuck == STUCK_NOT ? STATUS_KEPT : STATUS_NOT_KEPT;
}

static char *owner_of(pid_t pid)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d", pid);
    if (stat(path, &status) != 0)
        return xstrdup("somebody else");
    const struct passwd *user = getpwuid(status.st_uid);
    return user ? xstrdup(user->pw_name) : xasprintf("user %u", status.st_uid);
}

static void complain(pid_t pid, int error)
{
    if (error == -ESRCH) {
        cli_error("there is no process %d", (int)pid);
    } else if (error == -EACCES) {
        char *owner = owner_of(pid);
        cli_error("process %d of %s may not be looked into: run as that user or as root, and "
                  "where that is not enough, allow ptrace (kernel.yama.ptrace_scope, a "
                  "container's CAP_SYS_PTRACE)",
                  (int)pid, owner);
        free(owner);
    } else {
        cli_error("process %d cannot be looked into: %s", (int)pid, strerror(-error));
    }
}

static int watch_process(const struct arguments *arguments)
{
    struct tree_scan scan;
    struct explanation explanation;
    bool hung;
    int error = observe(arguments->pid, &scan, &hung);
    if (error) {
        complain(arguments->pid, error);
        return STATUS_FAILED;
    }
    const struct explain_options how = {.gentle = true, .ended = hung, .busy = !hung};
    explain_tree(&scan, &how, &explanation);
    tree_scan_release(&scan);
    if (explanation.stuck == STUCK_NOT && !explanation.trouble)
        printf("process %d does not hang: something in it runs, sleeps for a time, or may still be "
               "woken\n",
               (int)arguments->pid);
    int status = tell(arguments, &explanation);
    explanation_release(&explanation);
    return status;
}

struct watching {
    const struct arguments *arguments;
    bool told_part;
    int status;
};

static void on_part(const struct explanation *explanation, void *user)
{
    struct watching *watching = user;
    printf("%s goes on, but not all of it\n", watching->arguments->program[0]);
    watching->status = tell(watching->arguments, explanation);
    watching->told_part = true;
    fflush(stdout);
}

static void on_done(const struct run_outcome *outcome, struct explanation *explanation, void *user)
{
    struct watching *watching = user;
    const char *program = watching->arguments->program[0];
    if (outcome->end == RUN_NOT_STARTED) {
        cli_error("%s", outcome->error ? outcome->error : strerror(outcome->status));
        watching->status = STATUS_FAILED;
        return;
    }
    fflush(stdout);
    switch (outcome->end) {
    case RUN_EXITED:
        printf("%s ended with exit status %d\n", program, outcome->status);
        break;
    case RUN_SIGNALED:
        printf("%s was ended by signal %d (%s)\n", program, outcome->status,
               strsignal(outcome->status));
        break;
    case RUN_TIMED_OUT:
        printf("%s was ended after its time\n", program);
        break;
    default:
        printf("%s: %s\n", program, run_end_word(outcome->end));
        break;
    }
    if (watching->told_part && explanation->stuck == STUCK_PART)
        return;
    watching->status = watching->told_part ? STATUS_NOT_KEPT : STATUS_KEPT;
    if (explanation->thread_count > 0 || explanation->trouble)
        watching->status = tell(watching->arguments, explanation);
}

static int watch_program(const struct lab *lab, const struct arguments *arguments)
{
    struct watching watching = {.arguments = arguments, .status = STATUS_FAILED};
    int result = runner_watch(lab, arguments->program,
                              arguments->limit_ms ? arguments->limit_ms : WITHOUT_LIMIT_MS, on_part,
                              on_done, &watching);
    if (result < 0) {
        cli_error("cannot watch %s: %s", arguments->program[0], strerror(-result));
        return STATUS_FAILED;
    }
    return result > 0 ? 128 + result : watching.status;
}

int cli_watch(const struct lab *lab, int argc, char **argv)
{
    struct arguments arguments = {0};
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
    return arguments.program ? watch_program(lab, &arguments) : watch_process(&arguments);
}
