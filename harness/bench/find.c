#include "bench/find.h"

#include "cli/report_dir.h"
#include "cli/runner.h"
#include "explore/session.h"
#include "judge/judge.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>

#define BOUND        2               /* preemptions that a search in order goes up to */
#define RUN_LIMIT_MS UINT64_C(10000) /* of one run */
#define MOST_AT_ONCE 32              /* runs of a batch */

/* One search on a session of its own. Returns as session_search(). */
static int search(const struct lab *lab, const char *program, struct session_spec *spec, bool anew,
                  struct session_result *result)
{
    struct session *session = NULL;
    char *folder = report_dir_make();
    *result = (struct session_result){0};
    if (!folder)
        return -errno;
    spec->server = (struct server_spec){.keeper = lab->keeper,
                                        .program = program,
                                        .runtime = lab->runtime,
                                        .folder = folder,
                                        .anew = anew};
    spec->limit_ms = RUN_LIMIT_MS;
    spec->jobs = uv_available_parallelism();
    /* Programs that are merely repeated have the addresses that they would have without the lab. */
    int persona = personality(0xffffffff);
    int error = session_open(spec, &session);
    if (!error)
        error = session_search(session, result);
    session_close(session);
    if (persona >= 0)
        (void)personality((unsigned long)persona);
    report_dir_remove(folder);
    if (error < 0)
        cli_error("cannot run %s: %s", program, strerror(-error));
    if (!error && result->trouble)
        cli_error("%s", result->trouble);
    return error;
}

/* What was not found comes last. */
static int by_number(const void *left, const void *right)
{
    size_t a = *(const size_t *)left - 1;
    size_t b = *(const size_t *)right - 1;
    return (a > b) - (a < b);
}

int find_schedule(const struct lab *lab, const struct pair *pair, const struct way *way,
                  const struct find_limits *limits, struct found_schedules *found)
{
    unsigned seeds = way->seeded ? limits->seeds : 1;
    size_t *numbers = xcalloc(seeds, sizeof(*numbers));
    char *program = cli_program(lab, pair, FLAVOUR_EXPLORE, BUGGY);
    unsigned missed = 0;
    int error = 0;
    *found = (struct found_schedules){0};
    /* Where most find nothing, neither does the median seed, nor the worst. One that takes too long is the last. */
    for (unsigned seed = 1; seed <= seeds && missed <= seeds / 2 && !found->cut && !error; seed++) {
        struct session_result result;
        struct session_spec spec = {
            .search = {.seed = seed,
                       .kind = way->kind,
                       .strategy = way->strategy,
                       .depth = way->depth,
                       .bound = BOUND,
                       .flags = WIRE_BUFFERED},
            .schedules = limits->schedules,
            .time_ms = limits->time_ms,
        };
        error = search(lab, program, &spec, false, &result);
        numbers[seed - 1] = result.first ? result.first->number : 0;
        missed += !result.first;
        found->cut = !result.first && (result.trouble || result.elapsed_ms >= limits->time_ms);
        session_result_release(&result);
    }
    qsort(numbers, seeds, sizeof(*numbers), by_number);
    found->median = found->cut ? 0 : numbers[seeds / 2];
    found->worst = found->cut ? 0 : numbers[seeds - 1];
    free(program);
    free(numbers);
    return error;
}

int find_rate(const struct lab *lab, const struct pair *pair, enum polarity polarity,
              size_t schedules, bool anew, double *rate)
{
    char *program = cli_program(lab, pair, FLAVOUR_EXPLORE, polarity);
    struct session_result result;
    struct session_spec spec = {
        .search = {.seed = 1, .kind = SEARCH_ONE, .strategy = WIRE_RANDOM},
        .schedules = schedules,
        .keep_going = true,
    };
    int error = search(lab, program, &spec, anew, &result);
    *rate = (double)result.schedules * 1000 / (double)(result.elapsed_ms + 1);
    session_result_release(&result);
    free(program);
    return error;
}

/* Runs of one program under way. */
struct repetition {
    const struct pair *pair;
    struct found_runs *found;
};

static bool run_failed(const struct pair *pair, const struct run_outcome *outcome,
                       const struct report *report)
{
    const struct promises *promises = &pair->twin[BUGGY].annotations.promises;
    if (outcome->end == RUN_HUNG || outcome->end == RUN_SIGNALED ||
        (outcome->end == RUN_EXITED && outcome->status != 0))
        return true;
    for (size_t i = 0; i < promises->count; i++) {
        if (promises->items[i].kind == PROMISE_BUG && promise_find(&promises->items[i], report))
            return true;
    }
    return false;
}

static void on_over(size_t index, const struct run_outcome *outcome, struct report *report,
                    void *user)
{
    const struct repetition *repetition = user;
    struct found_runs *found = repetition->found;
    if (!outcome || outcome->end == RUN_NOT_STARTED) {
        const char *why = report->trouble ? report->trouble : "the program cannot be started";
        if (!found->trouble)
            found->trouble = xstrdup(why);
    } else if (outcome->end != RUN_CANCELLED) {
        size_t number = found->made + index + 1;
        bool failed = run_failed(repetition->pair, outcome, report);
        found->failed += failed;
        if (failed && (found->first == 0 || number < found->first))
            found->first = number;
    }
    report_release(report);
}

int find_run(const struct lab *lab, const struct pair *pair, const struct detector *detector,
             size_t most, uint64_t time_ms, bool until_first, struct found_runs *found)
{
    char *program = cli_program(lab, pair, detector->flavour, BUGGY);
    struct repetition repetition = {.pair = pair, .found = found};
    struct run_request requests[MOST_AT_ONCE];
    uint64_t end_ns = run_now_ns() + time_ms * 1000000;
    unsigned jobs = uv_available_parallelism();
    int error = 0;
    *found = (struct found_runs){0};
    for (size_t i = 0; i < MOST_AT_ONCE; i++)
        requests[i] = (struct run_request){
            .detector = detector,
            .target = {.program = program, .own_source = pair->twin[BUGGY].path}};
    while (!error && !found->trouble && found->made < most && run_now_ns() < end_ns &&
           !(until_first && found->first)) {
        struct batch batch = {.requests = requests,
                              .count = until_first && jobs < MOST_AT_ONCE ? jobs : MOST_AT_ONCE,
                              .jobs = jobs,
                              .time_limit_ms = RUN_LIMIT_MS,
                              .over = on_over,
                              .user = &repetition};
        if (batch.count > most - found->made)
            batch.count = most - found->made;
        error = runner_batch(lab, &batch);
        found->made += batch.count;
    }
    if (error < 0)
        cli_error("cannot run %s: %s", program, strerror(-error));
    free(program);
    return error;
}
