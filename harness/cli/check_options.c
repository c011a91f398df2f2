/* The options of `racelab check` (see check.h). */
#include "cli/check.h"
#include "cli/choice.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_RUNS       100000
#define MAX_JOBS       256
#define MAX_TIME_LIMIT 86400 /* seconds */
#define MAX_SCHEDULES  100000000
#define MAX_POINTS     4000000000

enum {
    OPTION_PLAIN = 256,
    OPTION_TSAN,
    OPTION_TIMEOUT,
    OPTION_POINTS,
    OPTION_SCHEDULE,
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
    {"explore", 'x', "N", 0,
     "Also look for a schedule that fails, in N schedules of its threads (1000 with --detector "
     "explore). Of sources, threads are switched at accesses to memory, too; of --plain at "
     "synchronisation only",
     1},
    {"points", OPTION_POINTS, "N", 0,
     "End that search once its runs have passed N points at which threads can be switched "
     "(default: no limit)",
     1},
    {"schedule", OPTION_SCHEDULE, "FILE", 0,
     "Write that schedule to FILE (default: NAME.schedule.json), for `racelab replay`", 1},
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

static void set_suppressions(struct check *check, enum suppression_kind kind, const char *path,
                             struct argp_state *state)
{
    free(check->suppressions[kind]);
    check->suppressions[kind] = realpath(path, NULL);
    if (!check->suppressions[kind])
        argp_error(state, "%s: %s", path, strerror(errno));
}

static void check_usage(const struct check *check, struct argp_state *state)
{
    bool built = check->given_plain || check->given_tsan_count > 0;
    if (built && check->subject.source_count > 0)
        argp_error(state, "either sources or built programs (--plain, --tsan); arguments of the "
                          "program stand behind `--`");
    if (check->schedule_file && check->schedules == 0 && !check_searches(check))
        argp_error(state, "--schedule is for a search: --explore N");
    if (check->points > 0 && check->schedules == 0 && !check_searches(check))
        argp_error(state, "--points is for a search: --explore N");
    if (!built && check->subject.source_count == 0)
        argp_error(state, "what is to be checked? FILE.c... or --plain BIN");
    if (built && (check->subject.cflags || check->subject.ldflags))
        argp_error(state, "--cflags and --ldflags are for sources; %s is built already",
                   check->given_plain ? check->given_plain : check->given_tsan[0]);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct check *check = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &check->outputs;
        state->child_inputs[1] = &check->subject;
        return 0;
    case OPTION_PLAIN:
        check->given_plain = argument;
        return 0;
    case OPTION_TSAN:
        if (check->given_tsan_count == 2)
            argp_error(state, "--tsan is for one build of clang's and one of gcc's");
        check->given_tsan[check->given_tsan_count++] = argument;
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
    case 'x':
        check->schedules = choice_number(state, argument, MAX_SCHEDULES, "--explore");
        return 0;
    case OPTION_POINTS:
        check->points = choice_number(state, argument, MAX_POINTS, "--points");
        return 0;
    case OPTION_SCHEDULE:
        check->schedule_file = argument;
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
        subject_add(&check->subject, argument, state);
        return 0;
    case ARGP_KEY_END:
        check_usage(check, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&outputs_argp, 0, NULL, 0}, {&subject_argp, 0, NULL, 0}, {0}};
const struct argp check_argp = {
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
    "program cannot be run, or a detector failed, and no other saw a bug; 4 an annotation is "
    "wrong; "
    "5 a result could not be written; 6 the sources could not be built; 77 no detector could run.",
    children,
    NULL,
    NULL,
};
