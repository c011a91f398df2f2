#include "judge/silence.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* Every run shows these by its end, under whatever detector. */
#define ENDINGS ((1u << DEFECT_HANG) | (1u << DEFECT_CRASH) | (1u << DEFECT_WRONG_RESULT))

/* Kinds that a detector has reports for in its table row, and does not see where they matter most. */
static const struct blind {
    const char *detector;
    unsigned kinds;
    const char *reason;
} blind[] = {
    /* Valgrind 3.19: no report of DRD's is of an order of locks; Helgrind has them. */
    {"drd", 1u << DEFECT_LOCK_ORDER, "DRD keeps no lock order"},
};

static const char *blindness(const struct inspected *inspected, unsigned kinds)
{
    for (size_t i = 0; i < sizeof(blind) / sizeof(*blind); i++) {
        bool all = (kinds & inspected->sees & ~blind[i].kinds) == 0;
        if (all && (kinds & blind[i].kinds) && strcmp(blind[i].detector, inspected->name) == 0)
            return blind[i].reason;
    }
    return NULL;
}

static char *without_logs(const struct inspected *inspected)
{
    if (inspected->run_count == 0)
        return xstrdup("no log of it was read");
    if (inspected->run_count == 1)
        return xstrdup("not in its log");
    return xasprintf("not in any of its %zu logs", inspected->run_count);
}

static const char *why_unseen(unsigned kinds)
{
    if (kinds & ((1u << DEFECT_RACE) | (1u << DEFECT_LOCK_ORDER)))
        return "this interleaving may not have come up";
    if (kinds & (1u << DEFECT_MISUSE))
        return "it may have no check for this call";
    return "the order of events that shows it may not have come up";
}

/* Schedules that failed some other way hide what would have come later in them. */
static char *in_its_schedules(const struct exploration *search, unsigned kinds)
{
    if (search->schedules == 0)
        return xstrdup("it tried no schedule");
    return search->failure == FAILURE_NONE
               ? xasprintf("not in any of its %zu schedules: %s", search->schedules,
                           why_unseen(kinds))
               : xasprintf("not in the %zu schedules until the one that it tells of",
                           search->schedules);
}

/* What is known of its runs where it could have seen the bug. */
static char *in_its_runs(const struct inspected *inspected, unsigned kinds)
{
    const char *trouble = NULL;
    size_t troubled = 0;
    size_t cut = 0; /* ended before the program's own end */
    for (size_t i = 0; i < inspected->run_count; i++) {
        const struct inspected_run *run = &inspected->runs[i];
        if (run->report.trouble) {
            trouble = trouble ? trouble : run->report.trouble;
            troubled++;
        } else if (run->end != RUN_EXITED) {
            cut++;
        }
    }
    size_t count = inspected->run_count;
    if (count == 0)
        return xstrdup("it was not run");
    if (troubled == count)
        return count == 1 ? xasprintf("its only run proves nothing: %s", trouble)
                          : xasprintf("none of its %zu runs proves anything: %s", count, trouble);
    char *runs = count == 1 ? xstrdup("not in its only run")
                            : xasprintf("not in any of its %zu runs", count);
    const char *why = why_unseen(kinds);
    if ((kinds & ~ENDINGS) == 0)
        why = "they ended otherwise";
    char *also = cut == 0       ? xstrdup("")
                 : cut == count ? xstrdup("; no run came to the program's own end")
                                : xasprintf("; %zu did not come to the program's own end", cut);
    char *but =
        troubled > 0 ? xasprintf("; %zu proved nothing: %s", troubled, trouble) : xstrdup("");
    if ((kinds & ~ENDINGS) == 0 && count == 1)
        why = "it ended otherwise";
    char *text = xasprintf("%s: %s%s%s", runs, why, also, but);
    free(runs);
    free(also);
    free(but);
    return text;
}

char *why_silent(const struct inspection *inspection, const struct inspected *inspected,
                 unsigned kinds)
{
    if (inspected->skipped)
        return xstrdup(inspected->skipped);
    if (inspection->logs && inspected->run_count == 0)
        return without_logs(inspected);
    const char *reason = blindness(inspected, kinds);
    if (reason)
        return xstrdup(reason);
    if ((inspected->sees & kinds) == 0 && inspected->nature)
        return xstrdup(inspected->nature);
    if (inspection->logs)
        return without_logs(inspected);
    if (inspected->search)
        return in_its_schedules(inspected->search, kinds);
    return in_its_runs(inspected, kinds);
}
