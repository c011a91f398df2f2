#include "present/check_runs.h"

#include "model/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LAST_WORDS = 8 }; /* lines shown of what a program printed */

char *check_ending(const struct inspected_run *run)
{
    const char *name = NULL;
    switch (run->end) {
    case RUN_EXITED:
        return run->status == 0 ? NULL : xasprintf("exited with status %d", run->status);
    case RUN_SIGNALED:
        name = sigabbrev_np(run->status);
        return xasprintf("was ended by signal %d%s%s%s", run->status, name ? " (SIG" : "",
                         name ? name : "", name ? ")" : "");
    case RUN_HUNG:
        return xstrdup("hung");
    case RUN_TIMED_OUT:
        return xstrdup("had not ended at the time limit");
    case RUN_FLOODED:
        return xstrdup("was ended because its report grew too large");
    case RUN_CANCELLED:
        return xstrdup("was interrupted");
    case RUN_NOT_STARTED:
        break;
    }
    return xasprintf("could not be started: %s", strerror(run->status));
}

static size_t bugs_of(const struct bugs *bugs, size_t detector)
{
    size_t count = 0;
    for (size_t i = 0; i < bugs->count; i++)
        count += !bugs->items[i].known && bugs->items[i].sightings[detector].first;
    return count;
}

static const char *version_of(const struct inspected *detector)
{
    for (size_t i = 0; i < detector->run_count; i++) {
        if (detector->runs[i].report.version)
            return detector->runs[i].report.version;
    }
    return "";
}

/* "tsan 14.0.6" */
static char *label(const struct inspected *detector)
{
    const char *version = version_of(detector);
    char *text = xasprintf("%s%s%s", detector->name, *version ? " " : "", version);
    char *inert = inert_line(text);
    free(text);
    return inert;
}

static void print_table(FILE *out, const struct style *style, const struct inspection *inspection,
                        const struct bugs *bugs)
{
    int widest = (int)strlen("detector");
    for (size_t i = 0; i < inspection->detector_count; i++) {
        char *text = label(&inspection->detectors[i]);
        int length = (int)strlen(text);
        widest = length > widest ? length : widest;
        free(text);
    }
    widest = widest < 40 ? widest : 40;
    fprintf(out, "%s%-*s  %5s  %5s%s%s\n", style_bold(style), widest, "detector",
            inspection->logs ? "logs" : "runs", "bugs", inspection->logs ? "" : "      time",
            style_end(style));
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *detector = &inspection->detectors[i];
        char *text = label(detector);
        fprintf(out, "%-*s  ", widest, text);
        free(text);
        if (detector->run_count == 0) {
            fprintf(out, "%5s\n", "none");
            continue;
        }
        fprintf(out, "%5zu  %5zu",
                detector->search ? detector->search->schedules : detector->run_count,
                bugs_of(bugs, i));
        uint64_t taken_ns = 0;
        for (size_t r = 0; r < detector->run_count; r++)
            taken_ns += detector->runs[r].duration_ns;
        if (!inspection->logs)
            fprintf(out, "  %6.1f s", (double)taken_ns / 1e9);
        fputc('\n', out);
    }
}

/* One line a text: how many runs of the detector it is true of. `get` gives it, from malloc. */
static bool print_alike(FILE *out, const struct style *style, const struct inspected *detector,
                        const char *unit, char *get(const struct inspected_run *run))
{
    char **texts = xcalloc(detector->run_count + 1, sizeof(*texts));
    bool any = false;
    for (size_t i = 0; i < detector->run_count; i++)
        texts[i] = get(&detector->runs[i]);
    for (size_t i = 0; i < detector->run_count; i++) {
        if (!texts[i])
            continue;
        size_t alike = 0;
        bool told = false;
        for (size_t k = 0; k < detector->run_count; k++) {
            bool same = texts[k] && strcmp(texts[k], texts[i]) == 0;
            alike += same;
            told = told || (same && k < i);
        }
        if (told)
            continue;
        char *line =
            xasprintf("%s, %zu of %zu %s%s: %s", detector->name, alike, detector->run_count, unit,
                      detector->run_count == 1 ? "" : "s", texts[i]);
        char *inert = inert_line(line);
        print_wrapped(out, style, 2, inert);
        free(inert);
        free(line);
        any = true;
    }
    for (size_t i = 0; i < detector->run_count; i++)
        free(texts[i]);
    free(texts);
    return any;
}

static char *trouble_of(const struct inspected_run *run)
{
    return run->report.trouble ? xasprintf("proves nothing: %s", run->report.trouble) : NULL;
}

static char *ending_of(const struct inspected_run *run)
{
    char *ending = check_ending(run);
    char *text = ending ? xasprintf("the program %s", ending) : NULL;
    free(ending);
    return text;
}

/* The last lines that the first program which ended badly has printed. */
static void print_last_words(FILE *out, const struct inspected *detector)
{
    for (size_t i = 0; i < detector->run_count; i++) {
        const char *output = detector->runs[i].output;
        char *ending = check_ending(&detector->runs[i]);
        bool bad = ending;
        free(ending);
        if (!bad || !output || !*output)
            continue;
        const char *at = output + strlen(output);
        for (size_t lines = 0; at > output; at--) {
            if (at[-1] == '\n' && at[0] && ++lines == LAST_WORDS)
                break;
        }
        fputs("  it last printed\n", out);
        while (*at) {
            size_t length = strcspn(at, "\n");
            fputs(length > 0 ? "  | " : "  |", out);
            print_inert(out, at, length);
            fputc('\n', out);
            at += length + (at[length] == '\n');
        }
        return;
    }
}

/* Takes the text over. */
static void print_note(FILE *out, const struct style *style, const char *name, char *text)
{
    char *line = xasprintf("%s: %s", name, text);
    char *inert = inert_line(line);
    print_wrapped(out, style, 2, inert);
    free(inert);
    free(line);
    free(text);
}

/* What a search tried, what it found, and what it cannot vouch for. */
static void print_search(FILE *out, const struct style *style, const struct inspected *detector)
{
    const struct exploration *search = detector->search;
    const struct schedule *schedule = &search->schedule;
    char *cut = search->too_long
                    ? xasprintf(", %zu were cut off for their length", search->too_long)
                    : xstrdup("");
    char *all = search->exhausted_all
                    ? xasprintf("; all %zu that there are, but for equivalent ones, were tried",
                                search->exhausted_schedules)
                    : xstrdup("");
    if (schedule->program)
        print_note(out, style, detector->name,
                   xasprintf("%s in schedule %zu%s%s, with %zu preemption%s%s",
                             failure_word(search->failure), schedule->number,
                             schedule->strategy ? ", by " : "",
                             schedule->strategy ? schedule->strategy : "", schedule->preemptions,
                             schedule->preemptions == 1 ? "" : "s", cut));
    else
        print_note(out, style, detector->name,
                   xasprintf("no failure in %zu schedule%s from seed %" PRIu64 "%s%s",
                             search->schedules, search->schedules == 1 ? "" : "s", search->seed,
                             cut, all));
    free(all);
    free(cut);
    for (size_t i = 0; i < search->lost_count; i++)
        print_note(out, style, detector->name,
                   xasprintf("another run of the same schedule may differ: %s", search->lost[i]));
    for (size_t i = 0; i < search->remark_count; i++)
        print_note(out, style, detector->name, xstrdup(search->remarks[i]));
    if (detector->replay) {
        fprintf(out, "%s: to run this schedule again (--gdb: in the debugger):\n    ",
                detector->name);
        print_inert(out, detector->replay, strlen(detector->replay));
        fputc('\n', out);
    }
}

static bool worth_notes(const struct inspection *inspection)
{
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *detector = &inspection->detectors[i];
        if (detector->skipped || detector->search)
            return true;
        for (size_t r = 0; r < detector->run_count; r++) {
            const struct inspected_run *run = &detector->runs[r];
            if (run->report.trouble || run->end != RUN_EXITED || run->status != 0)
                return true;
        }
    }
    return false;
}

static void print_notes(FILE *out, const struct style *style, const struct inspection *inspection,
                        bool brief)
{
    if (worth_notes(inspection))
        fputc('\n', out);
    const char *unit = inspection->logs ? "log" : "run";
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *detector = &inspection->detectors[i];
        if (detector->skipped) {
            char *line = xasprintf("%s did not run: %s", detector->name, detector->skipped);
            char *inert = inert_line(line);
            print_wrapped(out, style, 2, inert);
            free(inert);
            free(line);
        }
        if (detector->search)
            print_search(out, style, detector);
        print_alike(out, style, detector, unit, trouble_of);
        /* How the schedules of a search end is told as bugs. */
        if (!detector->search && print_alike(out, style, detector, unit, ending_of) && !brief)
            print_last_words(out, detector);
    }
}

void check_print_runs(FILE *out, const struct style *style, const struct inspection *inspection,
                      const struct bugs *bugs, bool brief)
{
    print_table(out, style, inspection, bugs);
    print_notes(out, style, inspection, brief);
}
