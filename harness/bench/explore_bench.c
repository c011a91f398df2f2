/*
 * In which schedule a search finds the bugs that show by chance: the mix of strategies, each strategy alone, and beside
 * them plain repetition and repetition under ThreadSanitizer. Prints figures and judges nothing.
 *
 * Usage: racelab-explore-bench [--schedules N] [--seeds N] [--repeat N] [--time SECONDS] [--markdown] [CASE|FAMILY]...
 *
 * Without names: every pair whose header has a Rate.
 */
#include "bench/find.h"
#include "cli/explore.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    PLAIN_RUNS = 1000,
    MOST = 1000000,
    RATE_FORKED = 2000, /* schedules by which the lab's own speed is measured */
    RATE_ANEW = 200,
    SEARCH_MS = 10000,
};

#define RATE_CASE "atomicity/bluetooth_driver"

static const struct way ways[] = {
    {.name = "mix", .kind = SEARCH_MIX, .seeded = true},
    {.name = "random", .kind = SEARCH_ONE, .strategy = WIRE_RANDOM, .seeded = true},
    {.name = "pct 3", .kind = SEARCH_ONE, .strategy = WIRE_PCT, .depth = 3, .seeded = true},
    {.name = "pos", .kind = SEARCH_ONE, .strategy = WIRE_POS, .seeded = true},
    {.name = "surw", .kind = SEARCH_ONE, .strategy = WIRE_SURW, .seeded = true},
    {.name = "focus", .kind = SEARCH_ONE, .strategy = WIRE_FOCUS, .seeded = true},
    {.name = "bounded", .kind = SEARCH_BOUNDED},
};
enum { WAYS = sizeof(ways) / sizeof(*ways), COLUMNS = WAYS + 2, WIDTH = 9 };

enum { OPTION_MARKDOWN = 256 };

static const struct argp_option options[] = {
    {"schedules", 's', "N", 0, "Try N schedules at most in each search (default: 1000)", 0},
    {"seeds", 'S', "N", 0, "Search with N seeds (default: 5)", 0},
    {"repeat", 'n', "N", 0, "Run N times under ThreadSanitizer at most (default: 200)", 0},
    {"time", 't', "SECONDS", 0, "End each repetition after so long (default: 3)", 0},
    {"markdown", OPTION_MARKDOWN, 0, 0, "Print the table in Markdown", 0},
    {0},
};

struct arguments {
    struct find_limits limits;
    size_t repeat;
    uint64_t repeat_ms;
    bool markdown;
    char **names;
    size_t name_count;
};

static unsigned number(const struct argp_state *state, const char *text)
{
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    if (end == text || *end || text[0] == '-' || value < 1 || value > MOST)
        argp_error(state, "`%s` is no number from 1 to %d", text, MOST);
    return (unsigned)value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 's':
        arguments->limits.schedules = number(state, argument);
        return 0;
    case 'S':
        arguments->limits.seeds = number(state, argument);
        return 0;
    case 'n':
        arguments->repeat = number(state, argument);
        return 0;
    case 't':
        arguments->repeat_ms = UINT64_C(1000) * number(state, argument);
        return 0;
    case OPTION_MARKDOWN:
        arguments->markdown = true;
        return 0;
    case ARGP_KEY_ARG:
        *(char **)xappend((void **)&arguments->names, &arguments->name_count, sizeof(char *)) =
            argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "[CASE|FAMILY]...",
    "In which schedule each search finds the bug of a program, beside repetition. Without names: "
    "every "
    "pair whose bug shows by chance.",
    NULL,
    NULL,
    NULL,
};

static void print_row(const struct arguments *arguments, int first, const char *name,
                      char *const cells[COLUMNS])
{
    printf(arguments->markdown ? "| %-*s" : "%-*s", first, name);
    for (size_t i = 0; i < COLUMNS; i++)
        printf(arguments->markdown ? " | %*s" : " %*s", WIDTH, cells[i]);
    puts(arguments->markdown ? " |" : "");
    fflush(stdout);
}

static void print_head(const struct arguments *arguments, int first)
{
    char *cells[COLUMNS];
    for (size_t i = 0; i < WAYS; i++)
        cells[i] = (char *)ways[i].name;
    cells[WAYS] = "plain";
    cells[WAYS + 1] = "tsan";
    print_row(arguments, first, "pair", cells);
    if (!arguments->markdown)
        return;
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = "--------:";
    print_row(arguments, first, "---", cells);
}

static char *schedule_text(size_t number)
{
    return number ? xasprintf("%zu", number) : xstrdup("-");
}

static char *way_cell(const struct way *way, const struct found_schedules *found)
{
    char *median = schedule_text(found->median);
    char *worst = schedule_text(found->worst);
    char *cell = found->cut                     ? xstrdup("t")
                 : way->seeded && found->median ? xasprintf("%s/%s", median, worst)
                                                : xstrdup(median);
    free(median);
    free(worst);
    return cell;
}

/* 0, a signal's number, or a negative errno. */
static int measure_pair(const struct lab *lab, const struct arguments *arguments,
                        const struct pair *pair, int first)
{
    const struct find_limits *limits = &arguments->limits;
    char *cells[COLUMNS] = {0};
    struct found_runs plain = {0};
    struct found_runs tsan = {0};
    int result = 0;
    for (size_t i = 0; i < WAYS && !result; i++) {
        struct found_schedules found;
        result = find_schedule(lab, pair, &ways[i], limits, &found);
        cells[i] = way_cell(&ways[i], &found);
    }
    if (!result)
        result = find_run(lab, pair, detector_find("watchdog"), PLAIN_RUNS, arguments->repeat_ms,
                          false, &plain);
    if (!result)
        result = find_run(lab, pair, detector_find("tsan"), arguments->repeat, arguments->repeat_ms,
                          true, &tsan);
    if (!result) {
        cells[WAYS] = plain.trouble ? xstrdup("?") : xasprintf("%zu/%zu", plain.failed, plain.made);
        cells[WAYS + 1] = tsan.trouble ? xstrdup("?")
                          : tsan.first ? xasprintf("%zu", tsan.first)
                                       : xasprintf("-/%zu", tsan.made);
        print_row(arguments, first, pair->id, cells);
        if (plain.trouble || tsan.trouble)
            cli_error("%s", plain.trouble ? plain.trouble : tsan.trouble);
    }
    free(plain.trouble);
    free(tsan.trouble);
    for (size_t i = 0; i < COLUMNS; i++)
        free(cells[i]);
    return result;
}

static bool is_measured(const struct arguments *arguments, const struct pair *pair)
{
    return arguments->name_count > 0 || pair->lesson.rate;
}

static int measure_pairs(const struct lab *lab, const struct arguments *arguments,
                         const struct selection *selection)
{
    int first = (int)strlen("pair");
    int result = 0;
    for (size_t i = 0; i < selection->count; i++) {
        int length = (int)strlen(selection->pairs[i]->id);
        if (is_measured(arguments, selection->pairs[i]) && length > first)
            first = length;
    }
    unsigned long long seconds = arguments->repeat_ms / 1000;
    printf("the first schedule that fails, of %zu at most: median/worst of %u seeds, one search "
           "for bounded\n"
           "  -: none; t: a search was ended after %d s, or because its runs did not end\n"
           "plain: runs that fail, of %d, or of as many as there were in %llu s\n"
           "tsan: the first run of %zu at most that fails or has a promised report; -/N: none of "
           "N, within %llu s\n\n",
           arguments->limits.schedules, arguments->limits.seeds, SEARCH_MS / 1000, PLAIN_RUNS,
           seconds, arguments->repeat, seconds);
    print_head(arguments, first);
    for (size_t i = 0; i < selection->count && !result; i++) {
        if (is_measured(arguments, selection->pairs[i]))
            result = measure_pair(lab, arguments, selection->pairs[i], first);
    }
    return result;
}

static int measure_rate(const struct lab *lab, const struct corpus *corpus)
{
    char *name = RATE_CASE;
    struct selection selection = {0};
    double forked = 0;
    double anew = 0;
    int result = selection_make(corpus, &name, 1, &selection) ? -ENOENT : 0;
    if (!result)
        result = find_rate(lab, selection.pairs[0], FIXED, RATE_FORKED, false, &forked);
    if (!result)
        result = find_rate(lab, selection.pairs[0], FIXED, RATE_ANEW, true, &anew);
    if (!result)
        printf("\nschedules a second of fixed/%s on %u processors\n"
               "  fork server               %8.0f\n"
               "  a new process for each    %8.0f\n"
               "  ratio                     %8.1f\n",
               name, uv_available_parallelism(), forked, anew, forked / anew);
    selection_release(&selection);
    return result;
}

int main(int argc, char **argv)
{
    const struct lab lab = {.root = RACELAB_ROOT,
                            .programs = RACELAB_PROGRAMS,
                            .keeper = KEEPER,
                            .recorder = RECORDER,
                            .runtime = RUNTIME};
    struct arguments arguments = {.limits = {.schedules = 1000, .seeds = 5, .time_ms = SEARCH_MS},
                                  .repeat = 200,
                                  .repeat_ms = 3000};
    struct corpus corpus;
    struct selection selection = {0};
    argp_err_exit_status = STATUS_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int status = cli_load(&lab, &corpus);
    if (!status)
        status = selection_make(&corpus, arguments.names, arguments.name_count, &selection);
    if (!status && selection_complain(&selection, &corpus) > 0)
        status = STATUS_CORPUS;
    if (!status) {
        explore_hold_signals(true);
        int result = measure_pairs(&lab, &arguments, &selection);
        if (!result)
            result = measure_rate(&lab, &corpus);
        status = result > 0 ? 128 + result : result < 0 ? STATUS_FAILED : STATUS_KEPT;
    }
    selection_release(&selection);
    corpus_release(&corpus);
    free(arguments.names);
    return status;
}
