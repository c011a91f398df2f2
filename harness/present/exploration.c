/* The result of a search through schedules, for people. */
#include "present/schedule.h"

#include "model/memory.h"

#include <inttypes.h>
#include <stdlib.h>

/* Takes the text over. */
static void print_text(FILE *out, const struct style *style, int indent, char *text)
{
    char *inert = inert_line(text);
    fprintf(out, "%*s", indent, "");
    print_wrapped(out, style, indent, inert);
    free(inert);
    free(text);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* "Schedule 17, by pct 3 from seed 1: 2 preemptions (5 as it was found)." */
static void print_found(FILE *out, const struct style *style, const struct exploration *exploration)
{
    const struct schedule *schedule = &exploration->schedule;
    char *found = schedule->found_preemptions > schedule->preemptions
                      ? xasprintf(" (%zu as it was found)", schedule->found_preemptions)
                      : xstrdup("");
    char *text = xasprintf("Schedule %zu%s%s from seed %" PRIu64 ", with %zu preemption%s%s.%s",
                           schedule->number, schedule->strategy ? ", by " : "",
                           schedule->strategy ? schedule->strategy : "", schedule->seed,
                           schedule->preemptions, plural(schedule->preemptions), found,
                           schedule->fewest && schedule->preemptions > 0
                               ? " None with fewer preemptions fails in the same way."
                               : "");
    free(found);
    print_text(out, style, 0, text);
}

static void print_counts(FILE *out, const struct style *style,
                         const struct exploration *exploration)
{
    char *cut = exploration->too_long
                    ? xasprintf(", %zu cut off for their length", exploration->too_long)
                    : xstrdup("");
    print_text(out, style, 0,
               xasprintf("%zu schedule%s in %.1f s: %zu failed%s.", exploration->schedules,
                         plural(exploration->schedules), (double)exploration->elapsed_ms / 1000,
                         exploration->failed, cut));
    free(cut);
    for (size_t i = 0; i < exploration->tally_count; i++) {
        const struct exploration_tally *tally = &exploration->tallies[i];
        print_text(out, style, 2,
                   xasprintf("%s: %zu of %zu failed", tally->strategy ? tally->strategy : "?",
                             tally->failed, tally->schedules));
    }
}

static void print_exhausted(FILE *out, const struct style *style,
                            const struct exploration *exploration)
{
    if (exploration->exhausted < 0)
        return;
    char *bound = exploration->exhausted == 0
                      ? xstrdup("without a preemption")
                      : xasprintf("with at most %d preemption%s", exploration->exhausted,
                                  plural((size_t)exploration->exhausted));
    size_t count = exploration->exhausted_schedules;
    char *all = count == 1 ? xstrdup("The only schedule") : xasprintf("All %zu schedules", count);
    const char *were = count == 1 ? "was" : "were";
    print_text(out, style, 0,
               exploration->exhausted_all
                   ? xasprintf("%s %s tried: there are no others.", all, were)
                   : xasprintf("%s %s %s tried.", all, bound, were));
    free(all);
    free(bound);
}

void exploration_print(FILE *out, const struct style *style, const struct exploration *exploration,
                       const struct schedule_options *options)
{
    if (exploration->sentence && exploration->failure != FAILURE_NONE) {
        fputs(style_verdict(style, VERDICT_ERROR), out);
        print_text(out, style, 0, xstrdup(exploration->sentence));
        fputs(style_end(style), out);
    }
    if (exploration->schedule.program) {
        print_found(out, style, exploration);
        if (exploration->schedule.step_count > 0)
            fputc('\n', out);
        schedule_print(out, style, &exploration->schedule, options);
        fputc('\n', out);
    }
    print_counts(out, style, exploration);
    print_exhausted(out, style, exploration);
    for (size_t i = 0; i < exploration->lost_count; i++)
        print_text(
            out, style, 0,
            xasprintf("Another run of the same schedule may differ: %s", exploration->lost[i]));
    for (size_t i = 0; i < exploration->remark_count; i++)
        print_text(out, style, 0, xstrdup(exploration->remarks[i]));
}
