#include "present/check_runs.h"

#include "model/memory.h"

#include <stdlib.h>

struct kind {
    const char *one;
    const char *many;
};

static struct kind kind_of(const struct bug *bug)
{
    static const struct kind kinds[DEFECT_COUNT] = {
        [DEFECT_RACE] = {"race", "races"},
        [DEFECT_LOCK_ORDER] = {"inverted lock order", "inverted lock orders"},
        [DEFECT_MISUSE] = {"misuse", "misuses"},
        [DEFECT_HANG] = {"hang", "hangs"},
        [DEFECT_WRONG_RESULT] = {"wrong result", "wrong results"},
        [DEFECT_CRASH] = {"crash", "crashes"},
        [DEFECT_LEAK] = {"leak", "leaks"},
    };
    bool cycle = bug->explanation && (bug->explanation->stuck == STUCK_DEADLOCK ||
                                      bug->explanation->stuck == STUCK_PART);
    return bug->defect == DEFECT_HANG && cycle ? (struct kind){"deadlock", "deadlocks"}
                                               : kinds[bug->defect];
}

/* "3 bugs: 1 deadlock, 2 races": the kinds in the order of the bugs. */
static void print_count(FILE *out, const struct bugs *bugs, size_t fresh)
{
    fprintf(out, "%zu bug%s: ", fresh, fresh == 1 ? "" : "s");
    const char *separator = "";
    for (size_t i = 0; i < bugs->count; i++) {
        if (bugs->items[i].known)
            continue;
        struct kind kind = kind_of(&bugs->items[i]);
        size_t alike = 0;
        bool told = false;
        for (size_t k = 0; k < bugs->count; k++) {
            bool same = !bugs->items[k].known && kind_of(&bugs->items[k]).one == kind.one;
            alike += same;
            told = told || (same && k < i);
        }
        if (told)
            continue;
        fprintf(out, "%s%zu %s", separator, alike, alike == 1 ? kind.one : kind.many);
        separator = ", ";
    }
    fputc('\n', out);
}

/* What may be no bug after all is worth a word of its own. */
static void print_doubt(FILE *out, const struct style *style, const struct bugs *bugs)
{
    size_t unconfirmed = 0;
    for (size_t i = 0; i < bugs->count; i++)
        unconfirmed += !bugs->items[i].known && bugs->items[i].doubt == DOUBT_ATOMICS;
    if (unconfirmed == 0)
        return;
    char *text =
        xasprintf("%zu of the races %s unconfirmed: seen only by detectors that know no atomics, "
                  "while one that does was at work and saw none there",
                  unconfirmed, unconfirmed == 1 ? "is" : "are");
    print_wrapped(out, style, 0, text);
    free(text);
}

/* "tsan, helgrind and drd": those with a run that proves something. */
static char *who_ran(const struct inspection *inspection, size_t *runs)
{
    const char **names = xcalloc(inspection->detector_count + 1, sizeof(*names));
    size_t count = 0;
    *runs = 0;
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *detector = &inspection->detectors[i];
        size_t proved = 0;
        for (size_t r = 0; r < detector->run_count; r++)
            proved += !detector->runs[r].report.trouble;
        if (proved > 0)
            names[count++] = detector->name;
        if (proved > 0 && detector->search)
            proved = detector->search->schedules;
        *runs += proved;
    }
    char *text = xstrdup("");
    for (size_t i = 0; i < count; i++) {
        char *longer = xasprintf("%s%s%s", text,
                                 i == 0           ? ""
                                 : i + 1 == count ? " and "
                                                  : ", ",
                                 names[i]);
        free(text);
        text = longer;
    }
    free(names);
    return text;
}

static void print_none(FILE *out, const struct style *style, const struct inspection *inspection)
{
    size_t runs = 0;
    char *who = who_ran(inspection, &runs);
    char *text = NULL;
    if (runs == 0)
        text = xstrdup(inspection->logs ? "No report of a detector was read: nothing is known."
                                        : "No run proves anything: nothing is known of the "
                                          "program.");
    else if (inspection->logs)
        text = xasprintf("No bug was seen in %zu log%s of %s. What the logs do not tell of was "
                         "not judged.",
                         runs, runs == 1 ? "" : "s", who);
    else
        text = xasprintf("No bug was seen in %zu run%s under %s. That is no proof of its absence: "
                         "a detector judges what the program did in these runs, with this input, "
                         "and reports the kinds of bugs that it knows.",
                         runs, runs == 1 ? "" : "s", who);
    char *inert = inert_line(text);
    print_wrapped(out, style, 0, inert);
    free(inert);
    free(text);
    free(who);
}

void check_print_sum(FILE *out, const struct style *style, const struct inspection *inspection,
                     const struct bugs *bugs)
{
    size_t known = 0;
    for (size_t i = 0; i < bugs->count; i++)
        known += bugs->items[i].known;
    if (known > 0)
        fprintf(out, "%zu known bug%s not shown\n", known, known == 1 ? " is" : "s are");
    if (bugs->count > known) {
        print_count(out, bugs, bugs->count - known);
        print_doubt(out, style, bugs);
    } else if (known == 0) {
        print_none(out, style, inspection);
    } else {
        fputs("no other bug was seen\n", out);
    }
}
