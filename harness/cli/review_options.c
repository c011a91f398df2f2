/* The options of `racelab review` (see review.h). */
#include "cli/review.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>

#define MAX_ROUNDS 1000

enum {
    OPTION_ROUNDS = 256,
    OPTION_SEED,
    OPTION_PLAIN,
    OPTION_CONTINUE,
    OPTION_STATS,
    OPTION_RESET,
    OPTION_NO_RUN,
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "The session:", 0},
    {"rounds", OPTION_ROUNDS, "N", 0, "N rounds (default: 6)", 0},
    {"seed", OPTION_SEED, "S", 0,
     "The same seed, names and number of rounds give the same session (default: another one each "
     "time, which is shown)",
     0},
    {"continue", OPTION_CONTINUE, 0, 0, "Go on where the last session was left", 0},
    {"no-run", OPTION_NO_RUN, 0, 0, "Do not run the detectors on what is shown", 0},
    {"plain", OPTION_PLAIN, 0, 0,
     "Line by line, as for a screen reader; also where the terminal is dumb, or input or output is "
     "no terminal",
     0},
    {0, 0, 0, 0, "In place of a session:", 1},
    {"stats", OPTION_STATS, 0, 0, "Show how you fared so far", 1},
    {"reset", OPTION_RESET, 0, 0, "Begin anew: put session and history aside", 1},
    {0},
};

/* A whole number from `least` to `most`; ends the process with a message where the text is none. */
static uint64_t number_of(const struct argp_state *state, const char *text, uint64_t least,
                          uint64_t most, const char *what)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-' || value < least || value > most)
        argp_error(state, "%s: `%s` is no whole number from %llu to %llu", what, text,
                   (unsigned long long)least, (unsigned long long)most);
    return value;
}

static void check_usage(const struct review_arguments *arguments, const struct argp_state *state)
{
    bool chooses = arguments->name_count > 0 || arguments->seeded || arguments->numbered;
    bool shows = arguments->plain || arguments->no_run;
    if (arguments->stats && arguments->reset)
        argp_error(state, "--stats and --reset exclude each other");
    if ((arguments->stats || arguments->reset) && (chooses || shows || arguments->goes_on))
        argp_error(state, "%s stands alone", arguments->stats ? "--stats" : "--reset");
    if (arguments->goes_on && chooses)
        argp_error(state, "--continue goes on with the session as it was begun: CASE, FAMILY, "
                          "--rounds and --seed are for a new one");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct review_arguments *arguments = state->input;
    switch (key) {
    case OPTION_ROUNDS:
        arguments->rounds = number_of(state, argument, 1, MAX_ROUNDS, "--rounds");
        arguments->numbered = true;
        return 0;
    case OPTION_SEED:
        /* JSON's whole numbers are signed. */
        arguments->seed = number_of(state, argument, 0, INT64_MAX, "--seed");
        arguments->seeded = true;
        return 0;
    case OPTION_PLAIN:
        arguments->plain = true;
        return 0;
    case OPTION_CONTINUE:
        arguments->goes_on = true;
        return 0;
    case OPTION_STATS:
        arguments->stats = true;
        return 0;
    case OPTION_RESET:
        arguments->reset = true;
        return 0;
    case OPTION_NO_RUN:
        arguments->no_run = true;
        return 0;
    case ARGP_KEY_ARG:
        *(char **)xappend((void **)&arguments->names, &arguments->name_count,
                          sizeof(*arguments->names)) = argument;
        return 0;
    case ARGP_KEY_END:
        check_usage(arguments, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp review_argp = {
    options,
    parse,
    "[CASE|FAMILY]...",
    "Trains the review of concurrent code: shows programs and changes as a reviewer sees them, "
    "some "
    "with a bug, some without. Accept or reject each; of a bug, mark the lines that take part in "
    "it, name it, and choose the patch that mends it. Then the detectors say what they see in it."
    "\v"
    "Sessions and their results are kept below $XDG_STATE_HOME/racelab (~/.local/state/racelab).\n"
    "\n"
    "Exit status: 0 the session ended, or was left; 2 wrong usage; 3 the lab could not work; 4 the "
    "corpus is wrong; 5 something could not be written; 128 and a signal's number: interrupted.",
    NULL,
    NULL,
    NULL,
};
