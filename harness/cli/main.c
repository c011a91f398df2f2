/* racelab: the command line. */
#include "cli/cli.h"
#include "model/memory.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *argp_program_version = "racelab " RACELAB_VERSION;

struct subcommand {
    const char *name;
    int (*run)(const struct lab *lab, int argc, char **argv);
};

static const struct subcommand subcommands[] = {
    {"check", cli_check}, {"explore", cli_explore}, {"replay", cli_replay},
    {"read", cli_read},   {"watch", cli_watch},     {"list", cli_list},
    {"show", cli_show},   {"roadmap", cli_roadmap}, {"run", cli_run},
    {"soak", cli_soak},   {"score", cli_score},     {"lint", cli_lint},
    {"raw", cli_raw},     {"review", cli_review},   {"doctor", cli_doctor},
};

static const char doc[] =
    "Runs programs under race and deadlock detectors: yours, to tell each bug once; and pairs of "
    "concurrent C programs, one buggy and one fixed, to hold what the detectors say against what "
    "the "
    "programs promise."
    "\v"
    "Your programs:\n"
    "  check FILE.c...      every detector on a program of yours, one finding a bug\n"
    "  explore FILE.c...    run it under many schedules until one fails, and show that one\n"
    "  replay CASE|PROGRAM  run a schedule again that explore has found\n"
    "  read LOG...          the same of logs that detectors left behind\n"
    "  watch -- PROGRAM     why a program hangs, or a running process (--pid)\n"
    "\n"
    "The corpus:\n"
    "  list                 every pair with its title\n"
    "  show CASE|CHANGE     the lesson of a pair and the diff of its twins\n"
    "  roadmap [STATION]    the pairs in learning order, and how far you are\n"
    "  review [CASE]...     review programs and changes, and have your findings judged\n"
    "  run [CASE|FAMILY]... run pairs under detectors and judge them\n"
    "  soak [CASE|FAMILY].. run pairs many times and count what each promise gave\n"
    "  score [CASE|FAMILY]. what each detector finds, by family\n"
    "  lint [CASE|FAMILY].. whether pairs may be admitted\n"
    "  raw CASE             a detector's own report, promises marked\n"
    "  doctor               the tools found, and what would disturb them\n"
    "\n"
    "`racelab COMMAND --help` tells more of each.\n"
    "\n"
    "Exit status: 0 all promises kept; 1 not; 2 wrong usage; 3 a detector failed; 4 the corpus is "
    "wrong; 5 a result could not be written; 6 sources could not be built; 77 nothing could run "
    "here.";

enum { OPTION_ROOT = 256, OPTION_PROGRAMS };

static const struct argp_option options[] = {
    {"root", OPTION_ROOT, "DIR", 0, "Take the pairs from DIR/buggy and DIR/fixed", 0},
    {"programs", OPTION_PROGRAMS, "DIR", 0, "Take the built programs from DIR", 0},
    {0},
};

struct arguments {
    struct lab lab;
    int command_at; /* index in argv; 0 while none was seen */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case OPTION_ROOT:
        arguments->lab.root = argument;
        return 0;
    case OPTION_PROGRAMS:
        arguments->lab.programs = argument;
        return 0;
    case ARGP_KEY_ARG:
        /* The rest belongs to the subcommand. */
        arguments->command_at = state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_END:
        if (arguments->command_at == 0)
            argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The folder of the running executable; from malloc. */
static char *own_folder(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (length <= 0)
        return xstrdup(".");
    path[length] = '\0';
    *strrchr(path, '/') = '\0';
    return xstrdup(path);
}

/* The corpus of an installed racelab, told by the executable's own place, so that the whole can be moved;
 * from malloc. NULL where racelab is not installed. */
static char *find_installed_corpus(const char *folder)
{
    char *share = xasprintf("%s/../share/racelab", folder);
    char *buggy = xasprintf("%s/buggy", share);
    bool installed = access(buggy, R_OK | X_OK) == 0;
    free(buggy);
    if (installed)
        return share;
    free(share);
    return NULL;
}

static char *absolute(const char *path)
{
    char *resolved = realpath(path, NULL);
    return resolved ? resolved : xstrdup(path);
}

/* What belongs to racelab stands beside its executable where it was built, and in libexec/racelab where
 * it is installed; from malloc. */
static char *find_part(const char *folder, const char *name)
{
    char *beside = xasprintf("%s/%s", folder, name);
    if (access(beside, F_OK) == 0)
        return beside;
    char *installed = xasprintf("%s/../libexec/racelab/%s", folder, name);
    char *path = absolute(installed);
    free(installed);
    free(beside);
    return path;
}

int main(int argc, char **argv)
{
    const struct argp argp = {options, parse, "COMMAND [ARGUMENTS...]", doc, NULL, NULL, NULL};
    char *folder = own_folder();
    char *share = find_installed_corpus(folder);
    struct arguments arguments = {.lab = {.root = RACELAB_ROOT, .programs = RACELAB_PROGRAMS}};
    /* The programs are not installed; and what now lies in the folder that racelab was once built in
     * may be anybody's, and is not run. */
    if (share)
        arguments.lab = (struct lab){.root = share, .programs = ""};
    argp_err_exit_status = STATUS_USAGE;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);

    char *command = argv[arguments.command_at];
    const struct subcommand *found = NULL;
    for (size_t i = 0; i < sizeof(subcommands) / sizeof(*subcommands); i++) {
        if (strcmp(subcommands[i].name, command) == 0)
            found = &subcommands[i];
    }
    if (!found) {
        cli_error("unknown command `%s`; `racelab --help` lists them", command);
        return STATUS_USAGE;
    }
    char *keeper = find_part(folder, "racelab-keeper");
    char *recorder = find_part(folder, "racelab-recorder.so");
    char *runtime = find_part(folder, "racelab-explore.so");
    char *hooks = find_part(folder, "libracelab-hooks.a");
    char *runtime_tsan = find_part(folder, "libracelab-explore-tsan.a");
    char *root = absolute(arguments.lab.root);
    char *programs = absolute(arguments.lab.programs);
    const struct lab lab = {.root = root,
                            .programs = programs,
                            .keeper = keeper,
                            .recorder = access(recorder, R_OK) == 0 ? recorder : NULL,
                            .runtime = runtime,
                            .hooks = hooks,
                            .runtime_tsan = runtime_tsan};
    /* argp prints argv[0] as the command's name. */
    char *full_name = xasprintf("racelab %s", command);
    argv[arguments.command_at] = full_name;
    int status = found->run(&lab, argc - arguments.command_at, argv + arguments.command_at);
    /* What failed earlier has left no trace but that it did. */
    int unwritten = fflush(stdout) != 0 ? errno : 0;
    if (unwritten || ferror(stdout)) {
        cli_error("standard output: %s",
                  unwritten ? strerror(unwritten) : "not all of it could be written");
        status = STATUS_OUTPUT;
    }
    free(full_name);
    free(share);
    free(folder);
    free(programs);
    free(root);
    free(keeper);
    free(recorder);
    free(runtime);
    free(hooks);
    free(runtime_tsan);
    return status;
}
