/* Runs a user's program under every detector (see check.h). */
#include "cli/check.h"
#include "cli/explore.h"
#include "cli/runner.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUTPUT_TAIL ((size_t)2048) /* kept of each stream of a run */

struct checking {
    const struct check *check;
    struct inspection *inspection;
    struct run_request *requests;
    struct inspected_run **runs; /* of each request */
    size_t count;
    size_t done;
};

/* A picture or an archive is no help to anybody. */
static bool is_text(const char *text, size_t length)
{
    size_t other = 0;
    for (size_t i = 0; i < length; i++)
        other += (unsigned char)text[i] < ' ' && !strchr("\t\n\r\f\b\033", text[i]);
    return other <= length / 20 && !memchr(text, '\0', length);
}

/* The last of one stream, with a word on what stood before it. */
static char *tail(const struct run_output *output)
{
    size_t length = output->length < OUTPUT_TAIL ? output->length : OUTPUT_TAIL;
    size_t before = output->length - length + output->dropped;
    if (length == 0)
        return NULL;
    const char *text = output->text + output->length - length;
    if (!is_text(text, length))
        return xasprintf("(%zu bytes that are no text)\n", length + before);
    return before > 0 ? xasprintf("(%zu bytes before this)\n%.*s", before, (int)length, text)
                      : xstrndup(text, length);
}

static char *both_tails(const struct run_outcome *outcome)
{
    char *out = tail(&outcome->out);
    char *err = tail(&outcome->err);
    if (!out || !err)
        return out ? out : err;
    char *both = xasprintf("%s%s%s", out, out[strlen(out) - 1] == '\n' ? "" : "\n", err);
    free(out);
    free(err);
    return both;
}

static void show_progress(const struct checking *checking, size_t index)
{
    fprintf(stderr, "\r%zu of %zu runs, last under %s\033[K", checking->done, checking->count,
            checking->requests[index].detector->name);
    fflush(stderr);
}

/* Takes over the report. */
static void on_over(size_t index, const struct run_outcome *outcome, struct report *report,
                    void *user)
{
    struct checking *checking = user;
    struct inspected_run *run = checking->runs[index];
    run->report = *report;
    explanation_cut_root(&run->report.explanation, checking->inspection->root);
    run->end = outcome ? outcome->end : RUN_NOT_STARTED;
    if (outcome) {
        run->status = outcome->status;
        run->duration_ns = outcome->ended_ns - outcome->started_ns;
        run->output = both_tails(outcome);
    }
    /* Where the user has set the time, a run that it ends has done what it should. */
    if (run->end == RUN_TIMED_OUT && checking->check->limited) {
        free(run->report.trouble);
        run->report.trouble = NULL;
    }
    checking->done++;
    if (isatty(STDERR_FILENO))
        show_progress(checking, index);
}

/* Why this detector cannot be used, a sentence from malloc; NULL where it can. */
static char *skip_reason(const struct check *check, const struct detector *detector,
                         const struct target *target)
{
    if (!target->program)
        return check->subject.no_program[detector->flavour]
                   ? xstrdup(check->subject.no_program[detector->flavour])
                   : xasprintf("it needs a build of its own, %s",
                               detector->flavour == FLAVOUR_PLAIN ? "without sanitizers (--plain)"
                               : detector->flavour == FLAVOUR_TSAN
                                   ? "by clang with -fsanitize=thread (--tsan)"
                                   : "by gcc with -fsanitize=thread (--tsan)");
    /* The tool of a ThreadSanitizer is the compiler, which has done its work. */
    char *unavailable = detector->flavour == FLAVOUR_PLAIN ? detector_unavailable(detector) : NULL;
    return unavailable ? unavailable : detector_unfit(detector, target);
}

static struct target target_of(const struct lab *lab, const struct check *check,
                               const struct detector *detector)
{
    struct target target = {
        .program = check->subject.program[detector->flavour],
        .arguments = (const char *const *)check->subject.arguments,
        .env = check->subject.env,
        .input = check->subject.input,
        .recorder = lab->recorder,
        .ok_status = check->subject.ok_status,
        .ok_status_count = check->subject.ok_status_count,
    };
    for (int i = 0; i < SUPPRESSION_KINDS; i++)
        target.suppressions[i] = check->suppressions[i];
    return target;
}

/* Enters every detector into the inspection, with its runs, which stay where they are from then on. */
static void plan(struct checking *checking, const struct lab *lab)
{
    const struct check *check = checking->check;
    for (size_t c = 0; c < check->column_count; c++) {
        const struct detector *detector = check->columns[c];
        if (detector->searches)
            continue;
        struct target target = target_of(lab, check, detector);
        /* Nobody asked for a second ThreadSanitizer. */
        bool unasked =
            check->all_columns && !target.program &&
            !check->subject.no_program[detector->flavour] &&
            (check->subject.program[FLAVOUR_TSAN] || check->subject.program[FLAVOUR_TSAN_GCC]);
        if (unasked)
            continue;
        struct inspected *inspected = inspection_get(checking->inspection, detector->name);
        inspected->skipped = skip_reason(check, detector, &target);
        for (unsigned r = 0; r < check->runs && !inspected->skipped; r++)
            inspected_add_run(inspected)->end = RUN_CANCELLED;
    }
    size_t most = check->column_count * check->runs;
    checking->requests = xcalloc(most, sizeof(*checking->requests));
    checking->runs = xcalloc(most, sizeof(*checking->runs));
    for (unsigned r = 0; r < check->runs; r++) {
        for (size_t c = 0; c < checking->inspection->detector_count; c++) {
            struct inspected *inspected = &checking->inspection->detectors[c];
            const struct detector *detector = detector_find(inspected->name);
            if (inspected->skipped)
                continue;
            checking->requests[checking->count].detector = detector;
            checking->requests[checking->count].target = target_of(lab, check, detector);
            checking->runs[checking->count++] = &inspected->runs[r];
        }
    }
}

/* Forgets the runs that never came to be. */
static void drop_unrun(struct inspection *inspection)
{
    for (size_t i = 0; i < inspection->detector_count; i++) {
        struct inspected *inspected = &inspection->detectors[i];
        while (inspected->run_count > 0 &&
               inspected->runs[inspected->run_count - 1].end == RUN_CANCELLED) {
            struct inspected_run *run = &inspected->runs[--inspected->run_count];
            report_release(&run->report);
            free(run->output);
        }
        if (inspected->run_count == 0 && !inspected->skipped)
            inspected->skipped = xstrdup("interrupted before its first run was over");
    }
}

int check_run(const struct lab *lab, struct check *check, struct inspection *inspection)
{
    struct checking checking = {.check = check, .inspection = inspection};
    plan(&checking, lab);
    const struct batch batch = {
        .requests = checking.requests,
        .count = checking.count,
        .jobs = check->jobs,
        .time_limit_ms = check->time_limit_ms,
        .over = on_over,
        .user = &checking,
    };
    bool searches = check_searches(check);
    if (searches) /* between the batches, too */
        explore_hold_signals(true);
    int result = checking.count > 0 ? runner_batch(lab, &batch) : 0;
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    drop_unrun(inspection);
    if (!result && searches)
        result = check_explore(lab, check, inspection);
    if (searches)
        explore_hold_signals(false);
    free(checking.requests);
    free((void *)checking.runs);
    return result;
}
