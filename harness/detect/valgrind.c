#include "detect/valgrind.h"

#include "corpus/file.h"
#include "model/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add_common(const struct target *target, struct command *command, const char *tool)
{
    command_add(command, "valgrind");
    command_add(command, "--tool=%s", tool);
    command_add(command, "--vgdb=no");
    command_add(command, "--fair-sched=try");
    /* Half the start-up is libc's inlining information, which no frame of ours needs. */
    command_add(command, "--read-inline-info=no");
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
    command_add(command, "%s", target->program);
}

void drd_command(const struct target *target, struct command *command)
{
    add_common(target, command, "drd");
    /* Unrolled loops make DRD name the loop's line instead of the statement's. */
    command_add(command, "--vex-iropt-unroll-thresh=0");
    /* Chasing across branches makes it name the loop's condition for the statement after it. */
    command_add(command, "--vex-guest-chase=no");
    command_add(command, "%s", target->program);
}

static bool ends_with(const char *text, const char *tail)
{
    size_t length = strlen(text);
    size_t tail_length = strlen(tail);
    return length >= tail_length && strcmp(text + length - tail_length, tail) == 0;
}

/* Whether the run was ended from outside, so that reports may stop in their middle. */
static bool cut_short(const struct run_outcome *outcome)
{
    return outcome->end == RUN_HUNG || outcome->end == RUN_TIMED_OUT ||
           outcome->end == RUN_FLOODED || outcome->end == RUN_CANCELLED ||
           (outcome->end == RUN_SIGNALED && outcome->status == 9);
}

void valgrind_read(const struct target *target, const struct run_outcome *outcome,
                   struct report *report)
{
    struct valgrind_proof proof = {0};
    size_t reports = 0;
    DIR *folder = opendir(target->report_dir);
    if (!folder) {
        report->trouble = xasprintf("%s: %s", target->report_dir, strerror(errno));
        return;
    }
    struct dirent *entry = NULL;
    while (!report->trouble && (entry = readdir(folder))) {
        if (!ends_with(entry->d_name, ".xml"))
            continue;
        char *path = xasprintf("%s/%s", target->report_dir, entry->d_name);
        char *text = NULL;
        size_t length = 0;
        int error = file_read(path, &text, &length);
        reports++;
        if (error)
            report->trouble = xasprintf("%s: %s", path, strerror(-error));
        else
            report->trouble = valgrind_read_xml(text, length, cut_short(outcome),
                                                target->own_source, target->program,
                                                &report->findings, &proof);
        free(text);
        free(path);
    }
    closedir(folder);
    if (report->trouble)
        return;
    if (reports == 0)
        report->trouble = xstrdup("Valgrind left no report: it did not run");
    else if (!proof.finished && !cut_short(outcome))
        report->trouble = xstrdup("Valgrind's report never reached FINISHED");
    else if (!proof.has_lines)
        report->trouble = xstrdup("Valgrind could not read the program's debug info: no file and "
                                  "line in the witness's message (build with -g -gdwarf-4)");
}
