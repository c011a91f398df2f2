/*
 * The cells of the matrix whose detector searches: each twin runs under one schedule after the other. What the
 * judge gets of a twin is one run: that of the first schedule that failed, once more and alone; or of the first
 * schedule of all, where none failed.
 */
#include "cli/explore.h"
#include "cli/report_dir.h"
#include "cli/runner.h"
#include "corpus/lesson.h"
#include "explore/block.h"
#include "explore/resolve.h"
#include "judge/judge.h"
#include "model/memory.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of one run in the search: much longer than any program of the corpus needs that ends at all. */
#define LIMIT_MS UINT64_C(5000)
/* Of all runs of a search. Where one run has a hundred thousand, a few dozen schedules are what the time allows. */
#define POINTS UINT64_C(3000000)
/* Preemptions that a search in order goes up to. */
#define BOUND 2

/* One twin on its way. */
struct twin_search {
    const struct runner_options *options;
    struct cell *cell;
    enum polarity polarity;
    struct subject subject; /* it is given nothing */
    struct exploring exploring;
    struct explored explored;
    char *told; /* what came of it, for people */
};

/* No run came to its end, by the limit of points or that of time. */
static bool is_endless(const struct session_result *result)
{
    return result->schedules > 0 && result->too_long + result->timed_out == result->schedules;
}

/* For people. */
static char *outcome_told(const struct session_result *result)
{
    const struct search_exhausted *exhausted = &result->exhausted;
    if (is_endless(result))
        return xstrdup("no run came to its end");
    if (result->trouble)
        return xstrdup(result->trouble);
    if (result->first)
        return xasprintf("fails in schedule %zu (%s)", result->first->number,
                         result->first->strategy);
    /* Without counts that differ from pair to pair: what is true of many is told once. Where part of the program
     * runs freely, nothing is exhausted. */
    if (result->lost_count > 0)
        return xasprintf("no failure in %zu schedules", result->schedules);
    if (exhausted->all)
        return xstrdup("no schedule fails, and all were tried, but for equivalent ones");
    if (exhausted->bound >= 0)
        return xasprintf("no failure in %zu schedules, nor in any with at most %d preemption%s",
                         result->schedules, exhausted->bound, exhausted->bound == 1 ? "" : "s");
    return xasprintf("no failure in %zu schedules", result->schedules);
}

static void prepare(struct twin_search *twin, const struct lab *lab, char *program)
{
    const struct outputs outputs = {.root = lab->root};
    const struct pair *pair = twin->cell->pair;
    twin->exploring = (struct exploring){
        .search = {.seed = 1, .kind = SEARCH_MIX, .bound = BOUND, .flags = WIRE_BUFFERED},
        .schedules = twin->options->schedules,
        .points = POINTS,
        .limit_ms = LIMIT_MS,
    };
    twin->explored = (struct explored){
        .lab = lab,
        .exploring = &twin->exploring,
        .subject = &twin->subject,
        .name = xasprintf("%s/%s", polarity_word(twin->polarity), pair->id),
        .program = program,
        .flavour = twin->cell->detector->flavour,
        .folder = report_dir_make(),
        .inspection = {.root = outputs_root(&outputs)},
    };
}

/* At random, and what is expected to survive that in order, too. Returns as session_search(). */
static int search(struct twin_search *twin)
{
    struct explored *explored = &twin->explored;
    int result = explore_search(explored);
    struct session_result mixed = explored->result;
    if (result || mixed.first || mixed.trouble || mixed.exhausted.all ||
        (twin->polarity == BUGGY && twin->cell->pair->patch != PATCH_SERIAL))
        return result;
    explored->result = (struct session_result){0};
    explored->spec.search.kind = SEARCH_BOUNDED;
    explored->spec.search.flags =
        0; /* stores that are seen late are not told apart by their order */
    result = explore_search(explored);
    if (explored->result.first) {
        session_result_release(&mixed);
        return result;
    }
    mixed.exhausted = explored->result.exhausted;
    session_result_release(&explored->result);
    explored->result = mixed;
    return result;
}

static void on_over(size_t index, const struct run_outcome *outcome, struct report *report,
                    void *user)
{
    (void)index;
    struct twin_search *search = user;
    struct twin_run *twin = &search->cell->twin[search->polarity];
    twin->report = *report;
    twin->end = outcome ? outcome->end : RUN_NOT_STARTED;
    twin->ran = true;
    if (!outcome)
        return;
    twin->status = outcome->status;
    twin->duration_ns = outcome->ended_ns - outcome->started_ns;
}

/* The scheduler ended the run where an object was misused, so that its exit status is no result of the program's. */
static void tell_destroyed(struct twin_search *twin, struct wire_block *block)
{
    struct findings *findings = &twin->cell->twin[twin->polarity].report.findings;
    const struct resolve_options options = {.program = twin->explored.program};
    struct resolver *resolver;
    if (resolver_new(&options, block, &resolver) != 0)
        return;
    struct place place = resolve_place(resolver, block->outcome.pc);
    findings_release(findings);
    struct finding *finding = findings_add(findings, DEFECT_MISUSE);
    finding->message = xstrdup(block->outcome.message);
    struct site *site = finding_add_site(finding);
    site->file = xstrdup(place.file ? place.file : "?");
    site->line = place.line;
    site->function = place.function ? xstrdup(place.function) : NULL;
    site->locks_held = -1;
    place_release(&place);
    resolver_free(resolver);
}

/* The run that is judged. Returns as runner_batch(). */
static int replay(struct twin_search *twin)
{
    const struct explored *explored = &twin->explored;
    const struct session_case *first = explored->result.first;
    char *path = xasprintf("%s/judged", explored->folder);
    struct wire_block *block =
        explore_block(path, first ? first->guide : NULL, first ? first->guide_length : 0,
                      WIRE_STUCK_FOR_REAL | WIRE_BUFFERED);
    char *setting = xasprintf(WIRE_VARIABLE "=%s", path);
    const char *const env[] = {setting, NULL};
    const struct run_request request = {
        .detector = twin->cell->detector,
        .target = {.program = explored->program,
                   .env = env,
                   .preload = explored->lab->runtime,
                   .recorder = explored->lab->recorder,
                   .own_source = twin->cell->pair->twin[twin->polarity].path},
        .own_limit_ms = twin->polarity == BUGGY ? lesson_limit_ms(&twin->cell->pair->lesson) : 0,
    };
    const struct batch batch = {.requests = &request,
                                .count = 1,
                                .jobs = 1,
                                .time_limit_ms = twin->options->time_limit_ms,
                                .over = on_over,
                                .user = twin};
    int result = block ? runner_batch(explored->lab, &batch) : -ENOSPC;
    if (!result && block->outcome.end == WIRE_DESTROYED)
        tell_destroyed(twin, block);
    block_close(block);
    free(setting);
    free(path);
    return result;
}

static bool has_race(const struct pair *pair)
{
    const struct promises *promises = &pair->twin[BUGGY].annotations.promises;
    for (size_t i = 0; i < promises->count; i++) {
        if (promises->items[i].kind == PROMISE_BUG && promises->items[i].defect == DEFECT_RACE)
            return true;
    }
    return false;
}

/* A race need not make a run fail: then the schedule that is told is one in which ThreadSanitizer reports it. Returns as
 * session_search(). */
static int search_races(struct twin_search *twin)
{
    struct explored *explored = &twin->explored;
    char **program = &twin->subject.program[FLAVOUR_EXPLORE_TSAN];
    if (twin->polarity != BUGGY || explored->result.first || is_endless(&explored->result) ||
        !has_race(twin->cell->pair))
        return 0;
    *program = cli_program(explored->lab, twin->cell->pair, FLAVOUR_EXPLORE_TSAN, BUGGY);
    if (access(*program, X_OK) != 0) {
        free(*program);
        *program = NULL;
        return 0;
    }
    session_result_release(&explored->result);
    explored->result = (struct session_result){0};
    int result = explore_prepare(explored);
    return result ? result : explore_search(explored);
}

/* What failed is made small and told step by step, beside the verdict, which does not depend on it. */
static int tell_steps(struct twin_search *twin)
{
    struct explored *explored = &twin->explored;
    int result = search_races(twin);
    if (!result)
        result = explore_replay(explored);
    if (result)
        return result;
    explore_fill(explored, 0);
    struct exploration *search = xcalloc(1, sizeof(*search));
    *search = explored->exploration;
    explored->exploration = (struct exploration){0};
    twin->cell->twin[twin->polarity].search = search;
    return 0;
}

static int search_twin(struct twin_search *twin)
{
    const struct session_result *found = &twin->explored.result;
    int result = explore_prepare(&twin->explored);
    if (!result)
        result = search(twin);
    if (!result)
        twin->told = outcome_told(found);
    /* Of a program whose runs do not end, the search knows nothing, and another run would not either. */
    bool endless = is_endless(found) && twin->polarity == BUGGY;
    if (!result && endless)
        twin->cell->twin[BUGGY].ran = true;
    else if (!result)
        result = replay(twin);
    if (!result && twin->options->steps)
        result = tell_steps(twin);
    return result;
}

/* A serial patch is measured, and its fixed twin beside it. Returns as session_search(). */
static int measure_overlap(const struct lab *lab, const struct runner_options *options,
                           const struct cell *cell, enum polarity polarity, const struct pair *pair,
                           struct overlap_count *count)
{
    struct cell other = {.pair = pair, .detector = cell->detector};
    struct twin_search twin = {.options = options, .cell = &other, .polarity = polarity};
    prepare(&twin, lab, cli_program(lab, pair, cell->detector->flavour, polarity));
    int result = twin.explored.folder ? explore_prepare(&twin.explored) : -errno;
    twin.explored.spec.overlap = true;
    if (!result)
        result = explore_search(&twin.explored);
    *count =
        (struct overlap_count){twin.explored.result.overlapping, twin.explored.result.schedules};
    explore_release(&twin.explored);
    return result;
}

static int judge_overlap(const struct lab *lab, const struct runner_options *options,
                         struct cell *cell)
{
    struct overlap_count counts[2];
    int result = measure_overlap(lab, options, cell, BUGGY, cell->pair, &counts[BUGGY]);
    if (!result)
        result = measure_overlap(lab, options, cell, FIXED, cell->pair->of, &counts[FIXED]);
    if (!result)
        judge_serial(cell->pair, &counts[BUGGY], &counts[FIXED], &cell->verdict);
    return result;
}

static int search_cell(const struct lab *lab, const struct runner_options *options,
                       struct cell *cell)
{
    int result = 0;
    char *told[2] = {0};
    for (enum polarity p = BUGGY; p <= FIXED && !result; p++) {
        if (!cell->pair->twin[p].path)
            continue;
        struct twin_search twin = {.options = options, .cell = cell, .polarity = p};
        prepare(&twin, lab, cli_program(lab, cell->pair, cell->detector->flavour, p));
        result = twin.explored.folder ? search_twin(&twin) : -errno;
        told[p] = twin.told;
        free(twin.subject.program[FLAVOUR_EXPLORE_TSAN]);
        explore_release(&twin.explored);
    }
    if (!result) {
        const struct report reports[2] = {cell->twin[BUGGY].report, cell->twin[FIXED].report};
        judge_cell(cell->pair, cell->detector, reports, &cell->verdict);
        for (enum polarity p = BUGGY; p <= FIXED; p++) {
            if (told[p])
                cell_verdict_add(&cell->verdict, VERDICT_KEPT,
                                 xasprintf("%s: %s", polarity_word(p), told[p]));
        }
    }
    if (!result && cell->pair->patch == PATCH_SERIAL)
        result = judge_overlap(lab, options, cell);
    cell->judged = !result;
    free(told[BUGGY]);
    free(told[FIXED]);
    return result;
}

int runner_searches(const struct lab *lab, struct matrix *matrix,
                    const struct runner_options *options)
{
    size_t cells = matrix->pair_count * matrix->column_count;
    int result = 0;
    sigset_t before;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    explore_hold_signals(true); /* between the searches and runs, too */
    for (size_t i = 0; i < cells && !result; i++) {
        struct cell *cell = &matrix->cells[i];
        if (!cell->detector->searches)
            continue;
        result = search_cell(lab, options, cell);
        if (options->progress)
            options->progress(options->what, i + 1, cells, cell);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}
