/* The detector of `racelab check` that searches (see check.h). */
#include "cli/check.h"
#include "cli/explore.h"
#include "cli/report_dir.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct exploring exploring_of(const struct check *check)
{
    struct exploring exploring = {
        .subject = check->subject,
        .given_plain = check->given_plain,
        .search = {.seed = 1, .kind = SEARCH_MIX, .bound = 2},
        .schedules = check->schedules,
        .points = check->points,
        .limit_ms = check->limited ? check->time_limit_ms : EXPLORE_LIMIT_MS,
        .jobs = check->jobs,
        .progress = true,
    };
    for (int i = 0; i < SUPPRESSION_KINDS; i++)
        exploring.suppressions[i] = check->suppressions[i];
    return exploring;
}

/* Why it cannot be searched, a sentence from malloc; NULL where it can. */
static char *skip_reason(const struct check *check, enum flavour flavour)
{
    const char *program = check->subject.program[flavour];
    const char *none = check->subject.no_program[flavour];
    if (program)
        return flavour == FLAVOUR_PLAIN ? explore_unfit(program) : NULL;
    return xstrdup(none ? none : "it needs the sources, or a build without sanitizers (--plain)");
}

/* The replays become runs of the one detector; the search is told as the first of them. */
static void hand_over(struct explored *explored, struct inspected *inspected)
{
    struct inspection *replays = &explored->inspection;
    struct inspected_run *whole = inspected_add_run(inspected);
    whole->end = RUN_EXITED;
    whole->duration_ns = explored->result.elapsed_ms * 1000000;
    whole->report.version = xstrdup(RACELAB_VERSION);
    if (explored->result.trouble)
        whole->report.trouble = xstrdup(explored->result.trouble);
    for (size_t i = 0; i < replays->detector_count; i++) {
        struct inspected *from = &replays->detectors[i];
        for (size_t r = 0; r < from->run_count; r++)
            *inspected_add_run(inspected) = from->runs[r];
        from->run_count = 0;
    }
    inspected->search = xcalloc(1, sizeof(*inspected->search));
    *inspected->search = explored->exploration;
    explored->exploration = (struct exploration){0};
}

/* What ThreadSanitizer confirms of the schedules is seen, too, and as it sees it. */
static void widen(struct inspected *inspected)
{
    const struct detector *tsan = detector_find("tsan");
    inspected->sees |= 1u << DEFECT_RACE;
    inspected->atomics = tsan->atomics;
}

static int search(struct explored *explored, struct inspected *inspected)
{
    int result = explore_prepare(explored);
    if (result) {
        inspected->skipped = xstrdup("its scheduler is not installed");
        return 0;
    }
    result = explore_search(explored);
    if (!result)
        result = explore_replay(explored);
    if (result < 0)
        return result;
    explore_fill(explored, result);
    if (explored->exploration.replayed_tsan)
        widen(inspected);
    if (explored->shown && explore_keep(explored) == 0)
        inspected->replay = explore_replay_command(explored);
    hand_over(explored, inspected);
    return result;
}

int check_explore(const struct lab *lab, struct check *check, struct inspection *inspection)
{
    const struct exploring exploring = exploring_of(check);
    const char *name = check->given_plain                ? check->given_plain
                       : check->subject.source_count > 0 ? check->subject.sources[0]
                                                         : check->given_tsan[0];
    enum flavour flavour = check->subject.source_count > 0 ? FLAVOUR_EXPLORE : FLAVOUR_PLAIN;
    struct inspected *inspected = inspection_get(inspection, "explore");
    inspected->skipped = skip_reason(check, flavour);
    if (inspected->skipped)
        return 0;
    struct explored explored = {
        .lab = lab,
        .exploring = &exploring,
        .subject = &check->subject,
        .name = xstrdup(name),
        .program = xstrdup(check->subject.program[flavour]),
        .flavour = flavour,
        .folder = report_dir_make(),
        .file =
            check->schedule_file ? xstrdup(check->schedule_file) : explore_schedule_name(name, ""),
        .inspection = {.program = xstrdup(inspection->program), .root = xstrdup(inspection->root)},
    };
    int result = explored.folder ? search(&explored, inspected) : -errno;
    explore_release(&explored);
    return result;
}
