#include "detect/tsan.h"

#include "detect/elf.h"
#include "detect/report_files.h"
#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_NAME "tsan"
#define PIECE    ((size_t)64 * 1024)

void tsan_command(const struct target *target, struct command *command)
{
    /* The runtime looks for a symbolizer of its own version only; any version will do. */
    char *symbolizer = find_in_path("llvm-symbolizer");
    /* verbosity=1 makes the runtime announce itself: the proof that it was at work. Exit status and
     * fatal signals stay the program's own. The history is as long as it can be, so that the other
     * side of a race does not lose its stack. */
    char *log =
        target->readable ? xstrdup("") : xasprintf(":log_path=%s/" LOG_NAME, target->report_dir);
    /* What a user has set holds where it does not concern the report. */
    const char *users = target->own_source ? NULL : getenv("TSAN_OPTIONS");
    const char *file = target->suppressions[SUPPRESS_TSAN];
    char *suppressions = file ? xasprintf(":suppressions=\"%s\"", file) : xstrdup("");
    command_set(
        command,
        "TSAN_OPTIONS=%s%sverbosity=1:exitcode=0:color=never:second_deadlock_stack=1:"
        "history_size=7:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_abort=0%s%s%s%s",
        users ? users : "", users && *users ? ":" : "", log,
        symbolizer ? ":external_symbolizer_path=" : "", symbolizer ? symbolizer : "", suppressions);
    free(suppressions);
    free(log);
    free(symbolizer);
    command_add_program(command, target);
}

struct reading {
    const struct target *target;
    struct report *report;
    bool ran;
};

/* In pieces: a program with many races writes more than one wants to hold. */
static int feed_log(struct tsan_reader *reader, const char *path)
{
    char *piece = NULL;
    struct stat status;
    int result = 0;
    ssize_t got = 0;
    /* O_NONBLOCK: a FIFO of that name must not hang the tool. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) != 0) {
        result = -errno;
        goto out;
    }
    if (!S_ISREG(status.st_mode)) {
        result = -EINVAL;
        goto out;
    }
    piece = xcalloc(PIECE, 1);
    while ((got = read(fd, piece, PIECE)) != 0) {
        if (got > 0) {
            tsan_reader_feed(reader, piece, (size_t)got);
        } else if (errno != EINTR) {
            result = -errno;
            goto out;
        }
    }
out:
    free(piece);
    close(fd);
    return result;
}

static char *read_log(const char *path, void *user)
{
    struct reading *reading = user;
    struct tsan_reader *reader = tsan_reader_new(
        reading->target->own_source, reading->target->program, &reading->report->findings);
    int error = feed_log(reader, path);
    char *trouble = tsan_reader_end(reader, &reading->ran);
    if (error) {
        free(trouble);
        trouble = xasprintf("%s: %s", path, strerror(-error));
    }
    return trouble;
}

void tsan_read(const struct target *target, const struct run_outcome *outcome,
               struct report *report)
{
    struct reading reading = {.target = target, .report = report};
    size_t logs = 0;
    struct elf_facts facts;
    (void)outcome;
    /* The runtime is of the compiler's version and does not tell it. */
    if (elf_inspect(target->program, &facts) == 0 && (facts.clang[0] || facts.gcc[0]))
        report->version = xstrdup(facts.clang[0] ? facts.clang : facts.gcc);
    report->trouble =
        report_files_each(target->report_dir, LOG_NAME ".", "", read_log, &reading, &logs);
    if (!report->trouble && !reading.ran)
        report->trouble = xstrdup("ThreadSanitizer's runtime never announced itself: "
                                  "the program did not run under it");
}
