#include "detect/valgrind.h"

#include "detect/report_files.h"
#include "model/memory.h"

#include <signal.h>

static void add_common(const struct target *target, struct command *command, const char *tool)
{
    command_add(command, "valgrind");
    command_add(command, "--tool=%s", tool);
    /* So that a program that hangs can be asked for its stacks; the pipes for that go when the report
     * folder does. */
    command_add(command, "--vgdb=yes");
    command_add(command, "--vgdb-prefix=%s/vgdb", target->report_dir);
    command_add(command, "--fair-sched=try");
    /* Half the start-up is libc's inlining information, which no program of the corpus needs: they are
     * not optimised. */
    if (target->own_source)
        command_add(command, "--read-inline-info=no");
    if (target->suppressions[SUPPRESS_VALGRIND])
        command_add(command, "--suppressions=%s", target->suppressions[SUPPRESS_VALGRIND]);
    if (!target->readable) {
        command_add(command, "--xml=yes");
        command_add(command, "--xml-file=%s/%s.%%p.xml", target->report_dir, tool);
        command_add(command, "--log-file=%s/%s.%%p.log", target->report_dir, tool);
        /* A forked child would write into its parent's XML; the manual (Core, --child-silent-
         * after-fork) advises this with --xml=yes. What a child without exec does is not seen. */
        command_add(command, "--child-silent-after-fork=yes");
    }
}

void helgrind_command(const struct target *target, struct command *command)
{
    add_common(target, command, "helgrind");
    command_add_program(command, target);
}

void drd_command(const struct target *target, struct command *command)
{
    add_common(target, command, "drd");
    /* Unrolled loops make DRD name the loop's line instead of the statement's. */
    command_add(command, "--vex-iropt-unroll-thresh=0");
    /* Chasing across branches makes it name the loop's condition for the statement after it. */
    command_add(command, "--vex-guest-chase=no");
    command_add_program(command, target);
}

/* Whether the run was ended from outside, so that reports may stop in their middle. */
static bool cut_short(const struct run_outcome *outcome)
{
    return outcome->end == RUN_HUNG || outcome->end == RUN_TIMED_OUT ||
           outcome->end == RUN_FLOODED || outcome->end == RUN_CANCELLED ||
           (outcome->end == RUN_SIGNALED && outcome->status == SIGKILL);
}

struct reading {
    const struct target *target;
    struct report *report;
    struct valgrind_proof proof;
    bool cut_short;
};

static char *read_xml(const char *text, size_t length, void *user)
{
    struct reading *reading = user;
    return valgrind_read_xml(text, length, reading->cut_short, reading->target->own_source,
                             reading->target->program, &reading->report->findings, &reading->proof);
}

void valgrind_read(const struct target *target, const struct run_outcome *outcome,
                   struct report *report)
{
    struct reading reading = {.target = target, .report = report, .cut_short = cut_short(outcome)};
    size_t reports = 0;
    report->trouble =
        report_files_read(target->report_dir, "", ".xml", read_xml, &reading, &reports);
    report->version = reading.proof.version;
    if (report->trouble)
        return;
    if (reports == 0)
        report->trouble = xstrdup("Valgrind left no report: it did not run");
    else if (!reading.proof.finished && !reading.cut_short)
        report->trouble = xstrdup("Valgrind's report never reached FINISHED");
    else if (!reading.proof.has_lines && target->own_source)
        report->trouble = xstrdup("Valgrind could not read the program's debug info: no file and "
                                  "line in the witness's message (build with -g -gdwarf-4)");
}
