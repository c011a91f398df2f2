/* The options of `racelab explore` (see explore.h). */
#include "cli/choice.h"
#include "cli/explore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH     64
#define MAX_BOUND     16
#define MAX_SCHEDULES 100000000
#define MAX_POINTS    4000000000
#define MAX_TIME      604800 /* seconds */
#define MAX_LIMIT     3600000
#define MAX_JOBS      256

enum {
    OPTION_PLAIN = 256,
    OPTION_STRATEGY,
    OPTION_DEPTH,
    OPTION_BOUND,
    OPTION_SCHEDULES,
    OPTION_POINTS,
    OPTION_TIME,
    OPTION_SEED,
    OPTION_LIMIT,
    OPTION_KEEP_GOING,
    OPTION_SPURIOUS,
    OPTION_BUFFERED,
    OPTION_SCHEDULE,
    OPTION_JSON,
    OPTION_HTML,
    OPTION_NO_TSAN,
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What is explored:", 0},
    {"plain", OPTION_PLAIN, "BIN", 0,
     "A built program (-g, linked dynamically): threads are switched at synchronisation only", 0},
    {0, 0, 0, 0, "How it is searched:", 1},
    {"strategy", OPTION_STRATEGY, "NAME", 0,
     "mix (default), random, pct, pos, surw, focus, turns, windows, or bounded: every schedule "
     "with few preemptions",
     1},
    {"depth", OPTION_DEPTH, "N", 0, "Of pct: one more than its priority changes (default: varies)",
     1},
    {"bound", OPTION_BOUND, "N", 0, "Of bounded and mix: at most N preemptions (default: 2)", 1},
    {"schedules", OPTION_SCHEDULES, "N", 0, "Try N schedules at most (default: 1000)", 1},
    {"points", OPTION_POINTS, "N", 0,
     "Begin no further round of runs once all runs have passed N points at which threads can be "
     "switched: unlike a time, this ends the search at the same schedule everywhere (default: no "
     "limit)",
     1},
    {"time", OPTION_TIME, "SECONDS", 0, "Search no longer than this (default: no limit)", 1},
    {"jobs", 'j', "N", 0, "N runs at once (default: as many as processors)", 1},
    {"seed", OPTION_SEED, "N", 0, "The same seed gives the same search (default: 1)", 1},
    {"limit", OPTION_LIMIT, "MS", 0, "End each run after so many milliseconds (default: 10000)", 1},
    {"keep-going", OPTION_KEEP_GOING, 0, 0,
     "Do not stop at the first schedule that fails: count all", 1},
    {"spurious", OPTION_SPURIOUS, 0, 0, "Conditions may wake without a signal, as POSIX allows", 1},
    {"buffered", OPTION_BUFFERED, 0, 0,
     "Others may see a store late, as on x86 (TSO), where no fence forbids it", 1},
    {"no-tsan", OPTION_NO_TSAN, 0, 0, "Do not build with ThreadSanitizer to look for data races",
     1},
    {0, 0, 0, 0, "What becomes of the result:", 2},
    {"schedule", OPTION_SCHEDULE, "FILE", 0,
     "Write the schedule that fails to FILE (default: NAME.schedule.json)", 2},
    {"json", OPTION_JSON, "FILE", 0,
     "Also write it as JSON (-: to standard output, and nothing else)", 2},
    {"html", OPTION_HTML, "FILE", 0, "Also as one page to explore (-: as above)", 2},
    {0},
};

static void set_strategy(struct exploring *exploring, const char *name,
                         const struct argp_state *state)
{
    struct search_options *search = &exploring->search;
    if (strcmp(name, "mix") == 0) {
        search->kind = SEARCH_MIX;
        return;
    }
    if (strcmp(name, "bounded") == 0) {
        search->kind = SEARCH_BOUNDED;
        return;
    }
    for (enum wire_strategy s = WIRE_RANDOM; s < WIRE_STRATEGY_COUNT; s++) {
        if (strcmp(name, wire_strategy_word(s)) == 0) {
            search->kind = SEARCH_ONE;
            search->strategy = s;
            return;
        }
    }
    argp_error(state,
               "unknown strategy `%s`; known are mix, random, pct, pos, surw, focus, turns, "
               "windows and bounded",
               name);
}

static uint64_t seed_of(const struct argp_state *state, const char *text)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    /* JSON's whole numbers are signed. */
    if (errno || end == text || *end || text[0] == '-' || value > INT64_MAX)
        argp_error(state, "--seed: `%s` is no whole number from 0 to %lld", text,
                   (long long)INT64_MAX);
    return value;
}

static void check_usage(const struct exploring *exploring, const struct argp_state *state)
{
    const struct subject *subject = &exploring->subject;
    if (exploring->given_plain && subject->source_count > 0)
        argp_error(state, "either sources or a built program (--plain); arguments of the program "
                          "stand behind `--`");
    if (!exploring->given_plain && subject->source_count == 0)
        argp_error(state, "what is to be explored? FILE.c..., a CASE or --plain BIN");
    if (exploring->given_plain && (subject->cflags || subject->ldflags))
        argp_error(state, "--cflags and --ldflags are for sources; %s is built already",
                   exploring->given_plain);
    if (exploring->search.depth && exploring->search.kind != SEARCH_MIX &&
        (exploring->search.kind != SEARCH_ONE || exploring->search.strategy != WIRE_PCT))
        argp_error(state, "--depth is for --strategy pct");
    if (exploring->json && exploring->html && strcmp(exploring->json, "-") == 0 &&
        strcmp(exploring->html, "-") == 0)
        argp_error(state, "--json and --html cannot both be standard output");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct exploring *exploring = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &exploring->subject;
        return 0;
    case OPTION_PLAIN:
        exploring->given_plain = argument;
        return 0;
    case OPTION_STRATEGY:
        set_strategy(exploring, argument, state);
        return 0;
    case OPTION_DEPTH:
        exploring->search.depth = choice_number(state, argument, MAX_DEPTH, "--depth");
        return 0;
    case OPTION_BOUND:
        exploring->search.bound =
            strcmp(argument, "0") == 0 ? 0 : choice_number(state, argument, MAX_BOUND, "--bound");
        return 0;
    case OPTION_SCHEDULES:
        exploring->schedules = choice_number(state, argument, MAX_SCHEDULES, "--schedules");
        return 0;
    case OPTION_POINTS:
        exploring->points = choice_number(state, argument, MAX_POINTS, "--points");
        return 0;
    case OPTION_TIME:
        exploring->time_ms = UINT64_C(1000) * choice_number(state, argument, MAX_TIME, "--time");
        return 0;
    case 'j':
        exploring->jobs = choice_number(state, argument, MAX_JOBS, "--jobs");
        return 0;
    case OPTION_SEED:
        exploring->search.seed = seed_of(state, argument);
        return 0;
    case OPTION_LIMIT:
        exploring->limit_ms = choice_number(state, argument, MAX_LIMIT, "--limit");
        return 0;
    case OPTION_KEEP_GOING:
        exploring->keep_going = true;
        return 0;
    case OPTION_SPURIOUS:
        exploring->search.flags |= WIRE_SPURIOUS;
        return 0;
    case OPTION_BUFFERED:
        exploring->search.flags |= WIRE_BUFFERED;
        return 0;
    case OPTION_NO_TSAN:
        exploring->no_tsan = true;
        return 0;
    case OPTION_SCHEDULE:
        exploring->schedule_file = argument;
        return 0;
    case OPTION_JSON:
        exploring->json = argument;
        return 0;
    case OPTION_HTML:
        exploring->html = argument;
        return 0;
    case ARGP_KEY_ARG:
        subject_add(&exploring->subject, argument, state);
        return 0;
    case ARGP_KEY_END:
        check_usage(exploring, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&subject_argp, 0, NULL, 0}, {0}};
const struct argp explore_argp = {
    options,
    parse,
    "FILE.c... [-- ARGUMENT...]\nCASE\n--plain BIN [-- ARGUMENT...]",
    "Runs a program under one schedule of its threads after the other, until one fails: a "
    "deadlock, "
    "a failed assertion, a crash, another exit status than 0, a data race. That schedule is made "
    "as "
    "small as it can be, shown step by step, and written to a file, which `racelab replay` runs "
    "again. The program must give the same result for the same schedule: time, random numbers and "
    "other processes can make a difference that is told, where it is seen."
    "\v"
    "Exit status: 0 no schedule failed; 1 one did; 2 wrong usage; 3 the program cannot be run; 5 a "
    "result could not be written; 6 the sources could not be built.",
    children,
    NULL,
    NULL,
};
