#include "cli/check.h"

#include "cli/choice.h"
#include "cli/explore.h"
#include "cli/promised.h"
#include "cli/report_dir.h"
#include "cli/runner.h"
#include "model/memory.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Which ThreadSanitizer a program holds, it tells itself. */
static int place_tsan(struct check *check, const char *name)
{
    char *program = subject_locate(name);
    const struct target target = {.program = program};
    const struct detector *row = detector_find("tsan");
    char *not_clang = detector_unfit(row, &target);
    const struct detector *gcc = detector_find("tsan-gcc");
    char *not_gcc = not_clang ? detector_unfit(gcc, &target) : NULL;
    enum flavour flavour = not_clang && !not_gcc ? gcc->flavour : row->flavour;
    int status = STATUS_KEPT;
    if (check->subject.program[flavour]) {
        cli_error("%s and %s are both built by the same compiler's ThreadSanitizer",
                  check->subject.program[flavour], name);
        free(program);
        status = STATUS_USAGE;
    } else {
        check->subject.program[flavour] = program;
    }
    free(not_clang);
    free(not_gcc);
    return status;
}

/* What is wrong with the programs is told at once; the detectors that can go on do. */
static void complain(const struct check *check, const struct inspection *inspection)
{
    for (enum flavour f = FLAVOUR_PLAIN; f < FLAVOURS; f++) {
        char *lacks = check->subject.program[f] ? program_lacks(check->subject.program[f]) : NULL;
        if (lacks)
            cli_error("%s", lacks);
        free(lacks);
    }
    size_t runs = 0;
    for (size_t i = 0; i < inspection->detector_count; i++)
        runs += inspection->detectors[i].run_count;
    /* The table for people has these, too. */
    bool told = runs > 0 && outputs_for_people(&check->outputs) == stdout;
    for (size_t i = 0; i < inspection->detector_count && !told; i++) {
        const struct inspected *inspected = &inspection->detectors[i];
        if (inspected->skipped)
            cli_error("%s is left out: %s", inspected->name, inspected->skipped);
    }
}

/* Whether a program that was given cannot be run so, or could not be built for a detector that was asked for
 * by name; a tool that is not installed is no fault of it. */
static bool is_unfit(const struct check *check, const struct inspected *inspected)
{
    const struct detector *row = detector_find(inspected->name);
    enum flavour flavour = row->searches && check->given_plain ? FLAVOUR_PLAIN : row->flavour;
    char *unavailable = row->flavour == FLAVOUR_PLAIN ? detector_unavailable(row) : NULL;
    bool unfit = inspected->skipped && !unavailable &&
                 (check->subject.program[flavour] ||
                  (check->subject.build_failed[flavour] && !check->all_columns));
    free(unavailable);
    return unfit;
}

/* Of what ran, when no bug was seen. */
static int status_of(const struct check *check, const struct inspection *inspection)
{
    size_t ran = 0;
    size_t troubled = 0;
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *inspected = &inspection->detectors[i];
        troubled += is_unfit(check, inspected);
        for (size_t r = 0; r < inspected->run_count; r++)
            troubled += inspected->runs[r].report.trouble != NULL;
        ran += inspected->run_count;
    }
    return troubled > 0 ? STATUS_FAILED : ran == 0 ? STATUS_SKIPPED : STATUS_KEPT;
}

/* Whether the schedule that a search found could not be written, which was told. */
static bool has_lost_schedule(const struct inspection *inspection)
{
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *inspected = &inspection->detectors[i];
        if (inspected->search && inspected->search->schedule.program && !inspected->replay)
            return true;
    }
    return false;
}

/* The command as it was given, for people. */
static char *describe(const struct check *check)
{
    return subject_describe(&check->subject,
                            check->given_plain ? check->given_plain : check->given_tsan[0]);
}

static int check_program(const struct lab *lab, struct check *check,
                         const struct promises *promises)
{
    struct inspection inspection = {.program = describe(check),
                                    .root = outputs_root(&check->outputs)};
    int result = check_run(lab, check, &inspection);
    int status = STATUS_FAILED;
    if (result < 0) {
        cli_error("cannot run programs: %s (%s)", strerror(-result), lab->keeper);
    } else {
        complain(check, &inspection);
        status = outputs_show(&check->outputs, &inspection);
        if (check->annotated_count > 0 && status != STATUS_OUTPUT)
            status = promised_judge(outputs_for_people(&check->outputs), promises, &inspection);
        if (has_lost_schedule(&inspection))
            status = STATUS_OUTPUT;
        if (status == STATUS_KEPT)
            status = status_of(check, &inspection);
    }
    if (result > 0) {
        cli_error("interrupted; this is of the runs until then, and nothing is left running");
        status = 128 + result;
    }
    inspection_release(&inspection);
    return status;
}

static int prepare(const struct lab *lab, struct check *check, struct promises *promises,
                   char **folder)
{
    bool wanted[FLAVOURS] = {0};
    for (size_t i = 0; i < check->column_count; i++)
        wanted[check->columns[i]->flavour] = true;
    wanted[FLAVOUR_EXPLORE_TSAN] = check_searches(check);
    int status = outputs_open(&check->outputs);
    if (!status)
        status = promised_load(check->annotated, check->annotated_count, promises);
    if (!status && check->subject.source_count > 0) {
        *folder = report_dir_make();
        if (!*folder)
            cli_error("no temporary folder for the build: %s (TMPDIR, or /tmp)", strerror(errno));
        return *folder ? subject_build(lab, &check->subject, wanted, *folder) : STATUS_FAILED;
    }
    if (check->given_plain)
        check->subject.program[FLAVOUR_PLAIN] = subject_locate(check->given_plain);
    for (size_t i = 0; !status && i < check->given_tsan_count; i++)
        status = place_tsan(check, check->given_tsan[i]);
    return status;
}

bool check_searches(const struct check *check)
{
    for (size_t i = 0; i < check->column_count; i++) {
        if (check->columns[i]->searches)
            return true;
    }
    return false;
}

int cli_check(const struct lab *lab, int argc, char **argv)
{
    struct check checked = {.runs = 1, .jobs = 1, .time_limit_ms = 300000};
    struct check *check = &checked;
    char *folder = NULL;
    argp_parse(&check_argp, argc, argv, ARGP_IN_ORDER, NULL, check);
    check->all_columns = check->column_count == 0;
    for (size_t i = 0; check->all_columns && i < detector_count; i++)
        if (!detectors[i].searches)
            detectors_add(&check->columns, &check->column_count, detectors[i].name, NULL);
    if (check->schedules > 0)
        detectors_add(&check->columns, &check->column_count, "explore", NULL);
    else
        check->schedules = EXPLORE_SCHEDULES;
    struct promises promises = {0};
    int status = prepare(lab, check, &promises, &folder);
    if (!status)
        status = check_program(lab, check, &promises);
    promises_release(&promises);
    report_dir_remove(folder);
    subject_release(&check->subject);
    for (int i = 0; i < SUPPRESSION_KINDS; i++)
        free(check->suppressions[i]);
    outputs_release(&check->outputs);
    free(check->annotated);
    free(check->columns);
    return status;
}
