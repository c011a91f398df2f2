#include "detect/tsan.h"

#include "corpus/file.h"
#include "model/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOG_NAME "tsan"

void tsan_command(const struct target *target, struct command *command)
{
    /* The runtime looks for a symbolizer of its own version only; any version will do. */
    char *symbolizer = find_in_path("llvm-symbolizer");
    /* verbosity=1 makes the runtime announce itself: the proof that it was at work. Exit status and
     * fatal signals stay the program's own. The history is as long as it can be, so that the other
     * side of a race does not lose its stack. */
    char *log = target->readable ? xstrdup("")
                                 : xasprintf(":log_path=%s/" LOG_NAME, target->report_dir);
    command_set(command,
                "TSAN_OPTIONS=verbosity=1:exitcode=0:color=never:second_deadlock_stack=1:"
                "history_size=7:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_abort=0%s%s%s",
                log, symbolizer ? ":external_symbolizer_path=" : "", symbolizer ? symbolizer : "");
    free(log);
    free(symbolizer);
    command_add(command, "%s", target->program);
}

void tsan_read(const struct target *target, const struct run_outcome *outcome,
               struct report *report)
{
    (void)outcome;
    bool ran = false;
    DIR *folder = opendir(target->report_dir);
    if (!folder) {
        report->trouble = xasprintf("%s: %s", target->report_dir, strerror(errno));
        return;
    }
    struct dirent *entry = NULL;
    while (!report->trouble && (entry = readdir(folder))) {
        if (strncmp(entry->d_name, LOG_NAME ".", strlen(LOG_NAME ".")) != 0)
            continue;
        char *path = xasprintf("%s/%s", target->report_dir, entry->d_name);
        char *text = NULL;
        size_t length = 0;
        int error = file_read(path, &text, &length);
        if (error)
            report->trouble = xasprintf("%s: %s", path, strerror(-error));
        else
            report->trouble = tsan_read_text(text, length, target->own_source, target->program,
                                             &report->findings, &ran);
        free(text);
        free(path);
    }
    closedir(folder);
    if (!report->trouble && !ran)
        report->trouble = xstrdup("ThreadSanitizer's runtime never announced itself: "
                                  "the program did not run under it");
}
