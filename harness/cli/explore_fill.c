/* What a search gave, as plain data (see explore.h). */
#include "cli/explore.h"
#include "explore/resolve.h"
#include "explore/schedule_file.h"
#include "model/memory.h"
#include "present/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void remark(struct exploration *exploration, char *text)
{
    *(char **)xappend((void **)&exploration->remarks, &exploration->remark_count,
                      sizeof(*exploration->remarks)) = text;
}

static void add_remarks(struct explored *explored, int interrupted)
{
    const struct session_result *result = &explored->result;
    struct exploration *exploration = &explored->exploration;
    if (interrupted)
        remark(exploration, xstrdup("interrupted: this is of the schedules until then"));
    if (explored->flavour == FLAVOUR_PLAIN)
        remark(exploration,
               xstrdup("threads were switched at synchronisation only: a failure that needs a "
                       "switch between two accesses to memory is not found (give the sources, and "
                       "it is)"));
    if (explored->shown && !interrupted && !explored->minimal.repeated)
        remark(exploration, xstrdup("this schedule did not fail in the same way when it was run "
                                    "again: something but the order of the threads decides"));
    if (result->timed_out > 0)
        remark(exploration, xasprintf("%zu runs were ended at their limit of %" PRIu64
                                      " ms (--limit), and are not known to be right",
                                      result->timed_out, explored->spec.limit_ms));
    if (result->races_left_out)
        remark(exploration, xstrdup("not every data race that was suspected was looked into: "
                                    "there were too many, or the runs were too long"));
    if (result->trouble)
        remark(exploration, xstrdup(result->trouble));
    if (explored->minimal.trouble)
        remark(exploration, xstrdup(explored->minimal.trouble));
}

static char **copy_arguments(char *const *arguments)
{
    char **copy = NULL;
    size_t count = 0;
    for (size_t i = 0; arguments && arguments[i]; i++)
        *(char **)xappend((void **)&copy, &count, sizeof(*copy)) = xstrdup(arguments[i]);
    if (copy)
        xappend((void **)&copy, &count, sizeof(*copy));
    return copy;
}

static void fill_schedule(struct explored *explored)
{
    struct schedule *schedule = &explored->exploration.schedule;
    const struct session_minimal *minimal = &explored->minimal;
    const struct session_case *shown = explored->shown;
    bool small = minimal->guide != NULL;
    const struct wire_segment *guide = small ? minimal->guide : shown->guide;
    size_t length = small ? minimal->guide_length : shown->guide_length;
    char *trouble = NULL;
    schedule->program = xstrdup(explored->name);
    schedule->arguments = copy_arguments(explored->subject->arguments);
    schedule->flavour = xstrdup(flavour_word(explored->flavour));
    schedule->build = schedule_build(explored->program, &trouble);
    free(trouble);
    schedule->seed = explored->exploring->search.seed;
    schedule->number = shown->number;
    schedule->strategy = xstrdup(shown->strategy);
    schedule->flags = explored->exploring->search.flags;
    schedule->turns = xcalloc(length + 1, sizeof(*schedule->turns));
    schedule->turn_count = length;
    for (size_t i = 0; i < length; i++)
        schedule->turns[i] = (struct schedule_turn){guide[i].thread, guide[i].until};
    schedule->found_preemptions = shown->outcome.preemptions;
    schedule->preemptions = small ? minimal->preemptions : shown->outcome.preemptions;
    schedule->fewest = small && minimal->fewest;
}

struct explanation *explore_explanation(struct explored *explored)
{
    for (size_t i = 0; i < explored->inspection.detector_count; i++) {
        struct inspected *inspected = &explored->inspection.detectors[i];
        if (strcmp(inspected->name, "watchdog") == 0 && inspected->run_count > 0 &&
            inspected->runs[0].report.explanation.thread_count > 0)
            return &inspected->runs[0].report.explanation;
    }
    return NULL;
}

static bool is_race(const struct finding *finding)
{
    return finding->defect == DEFECT_RACE;
}

/* The race that ThreadSanitizer reported last is that of the schedule that is shown. */
static char *race_sentence(const struct explored *explored)
{
    for (size_t i = 0; i < explored->inspection.detector_count; i++) {
        const struct inspected *inspected = &explored->inspection.detectors[i];
        for (size_t r = inspected->run_count; r-- > 0;) {
            const struct findings *findings = &inspected->runs[r].report.findings;
            for (size_t f = 0; f < findings->count; f++) {
                if (is_race(&findings->items[f]))
                    return finding_sentence(&findings->items[f], NULL);
            }
        }
    }
    return xstrdup("data race");
}

static void resolve(struct explored *explored)
{
    struct exploration *exploration = &explored->exploration;
    struct wire_block *block = explored->minimal.block;
    if (!block && explored->shown)
        block = explored->shown->block;
    if (!block)
        block = session_block(explored->session);
    struct sources *sources = sources_new(&explored->inspection);
    const struct resolve_options options = {
        .program = explored->program,
        .root = explored->inspection.root,
        .line = sources_line,
        .user = sources,
    };
    struct resolver *resolver;
    int error = block ? resolver_new(&options, block, &resolver) : -1;
    if (!error) {
        struct explanation *replayed = explore_explanation(explored);
        if (replayed)
            resolver_learn(resolver, replayed);
        for (size_t i = 0; i < explored->result.lost_count; i++)
            resolve_lost(resolver, &explored->result.lost[i], exploration);
        if (explored->shown) {
            resolve_schedule(resolver, block, &exploration->schedule);
            if (explored->shown->failure != FAILURE_RACE)
                exploration->sentence = resolve_sentence(resolver, block, replayed);
        }
        resolver_free(resolver);
    }
    sources_free(sources);
    if (explored->shown && explored->shown->failure == FAILURE_RACE)
        exploration->sentence = race_sentence(explored);
}

void explore_fill(struct explored *explored, int interrupted)
{
    struct session_result *result = &explored->result;
    struct exploration *exploration = &explored->exploration;
    if (!explored->shown && interrupted)
        explored->shown = result->first;
    *exploration = (struct exploration){
        .program = subject_describe(explored->subject, explored->name),
        .seed = explored->exploring->search.seed,
        .schedules = result->schedules,
        .asked = explored->spec.schedules,
        .failed = result->failed,
        .too_long = result->too_long,
        .elapsed_ms = result->elapsed_ms,
        .tallies = result->tallies,
        .tally_count = result->tally_count,
        .exhausted = result->exhausted.bound,
        .exhausted_schedules = result->exhausted.schedules,
        .exhausted_all = result->exhausted.all,
        .replayed_tsan = explored->subject->program[FLAVOUR_EXPLORE_TSAN] != NULL,
    };
    result->tallies = NULL;
    result->tally_count = 0;
    if (explored->shown) {
        exploration->failure = explored->shown->failure;
        fill_schedule(explored);
    }
    add_remarks(explored, interrupted);
    resolve(explored);
}
