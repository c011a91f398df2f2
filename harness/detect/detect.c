#include "detect/detect.h"

#include "detect/elf.h"
#include "detect/ending.h"
#include "detect/plain.h"
#include "detect/tsan.h"
#include "detect/valgrind.h"
#include "detect/witness.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SEES(defect) (1u << (DEFECT_##defect))

const struct detector detectors[] = {
    {
        .name = "tsan",
        .flavour = FLAVOUR_TSAN,
        .sees = SEES(RACE) | SEES(LOCK_ORDER) | SEES(MISUSE) | SEES(LEAK),
        .nature = "ThreadSanitizer reports data races, lock orders and misuse of locks; what a "
                  "program computes or waits for is outside its model",
        .command = tsan_command,
        .read = tsan_read,
    },
    {
        .name = "tsan-gcc",
        .flavour = FLAVOUR_TSAN_GCC,
        .sees = SEES(RACE) | SEES(LOCK_ORDER) | SEES(MISUSE) | SEES(LEAK),
        .nature = "ThreadSanitizer reports data races, lock orders and misuse of locks; what a "
                  "program computes or waits for is outside its model",
        .tool = "gcc",
        .package = "gcc",
        .command = tsan_command,
        .read = tsan_read,
    },
    {
        .name = "helgrind",
        .flavour = FLAVOUR_PLAIN,
        .sees = SEES(RACE) | SEES(LOCK_ORDER) | SEES(MISUSE),
        .nature = "Helgrind reports data races, lock orders and misuse of the pthread interface; "
                  "what a program computes or waits for is outside its model",
        .tool = "valgrind",
        .package = "valgrind",
        .command = helgrind_command,
        .read = valgrind_read,
    },
    {
        .name = "drd",
        .flavour = FLAVOUR_PLAIN,
        .sees = SEES(RACE) | SEES(LOCK_ORDER) | SEES(MISUSE),
        .nature = "DRD reports data races and misuse of the pthread interface; what a program "
                  "computes or waits for is outside its model",
        .tool = "valgrind",
        .package = "valgrind",
        .command = drd_command,
        .read = valgrind_read,
    },
    {
        .name = "watchdog",
        .flavour = FLAVOUR_PLAIN,
        .sees = SEES(HANG) | SEES(WRONG_RESULT) | SEES(CRASH),
        .nature = "a plain run shows only how the program ends; this one ends well in spite of "
                  "the bug",
        .command = plain_command,
        .read = plain_read,
    },
};
const size_t detector_count = sizeof(detectors) / sizeof(*detectors);

const char *flavour_word(enum flavour flavour)
{
    static const char *const words[] = {
        [FLAVOUR_PLAIN] = "plain", [FLAVOUR_TSAN] = "tsan", [FLAVOUR_TSAN_GCC] = "tsan-gcc"};
    return words[flavour];
}

static void list_add(char ***list, size_t *count, char *text)
{
    char **slot = xappend((void **)list, count, sizeof(**list));
    *slot = text;
    /* One NULL behind the last, which does not count. */
    xappend((void **)list, count, sizeof(**list));
    --*count;
}

void command_add(struct command *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    list_add(&command->argv, &command->argc, xvasprintf(format, args));
    va_end(args);
}

void command_set(struct command *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    list_add(&command->env, &command->env_count, xvasprintf(format, args));
    va_end(args);
}

void command_release(struct command *command)
{
    for (size_t i = 0; i < command->argc; i++)
        free(command->argv[i]);
    for (size_t i = 0; i < command->env_count; i++)
        free(command->env[i]);
    free(command->argv);
    free(command->env);
    *command = (struct command){0};
}

const struct detector *detector_find(const char *name)
{
    for (size_t i = 0; i < detector_count; i++) {
        if (strcmp(detectors[i].name, name) == 0)
            return &detectors[i];
    }
    return NULL;
}

const char *const *detector_names(void)
{
    static const char *names[sizeof(detectors) / sizeof(*detectors) + 1];
    for (size_t i = 0; i < detector_count; i++)
        names[i] = detectors[i].name;
    return names;
}

bool detector_sees(const struct detector *detector, enum defect defect)
{
    return (detector->sees & (1u << defect)) != 0;
}

char *find_in_path(const char *name)
{
    const char *path = getenv("PATH");
    char *copy = xstrdup(path ? path : "/usr/bin:/bin");
    char *save = NULL;
    char *found = NULL;
    for (char *folder = strtok_r(copy, ":", &save); folder && !found;
         folder = strtok_r(NULL, ":", &save)) {
        char *candidate = xasprintf("%s/%s", folder, name);
        struct stat status;
        if (stat(candidate, &status) == 0 && S_ISREG(status.st_mode) &&
            access(candidate, X_OK) == 0)
            found = candidate;
        else
            free(candidate);
    }
    free(copy);
    return found;
}

char *detector_unavailable(const struct detector *detector)
{
    if (!detector->tool)
        return NULL;
    char *found = find_in_path(detector->tool);
    if (found) {
        free(found);
        return NULL;
    }
    return xasprintf("%s is not installed (Debian: apt-get install %s)", detector->tool,
                     detector->package);
}

char *detector_unfit(const struct detector *detector, const struct target *target)
{
    struct elf_facts facts;
    struct stat program;
    struct stat source;
    int error = elf_inspect(target->program, &facts);
    if (error == -ENOENT)
        return xasprintf("%s is not built (run the build)", target->program);
    if (error)
        return xasprintf("%s: %s", target->program, strerror(-error));
    if (access(target->program, X_OK) != 0)
        return xasprintf("%s is not executable", target->program);
    if (stat(target->program, &program) == 0 && stat(target->own_source, &source) == 0 &&
        (program.st_mtim.tv_sec < source.st_mtim.tv_sec ||
         (program.st_mtim.tv_sec == source.st_mtim.tv_sec &&
          program.st_mtim.tv_nsec < source.st_mtim.tv_nsec)))
        return xasprintf("%s is older than its source: build again", target->program);
    if (!facts.debug_info)
        return xasprintf("%s has no debug info (build with -g -gdwarf-4)", target->program);
    if (detector->flavour == FLAVOUR_PLAIN)
        return facts.tsan_runtime
                   ? xasprintf("%s was built with ThreadSanitizer, which a plain run must not have",
                               target->program)
                   : NULL;
    if (!facts.tsan_runtime)
        return xasprintf("%s was built without ThreadSanitizer (-fsanitize=thread)",
                         target->program);
    /* clang's programs have gcc's start-up files in them, too. */
    bool by_clang = facts.clang[0] != '\0';
    if (by_clang != (detector->flavour == FLAVOUR_TSAN))
        return xasprintf("%s was built by %s, whose ThreadSanitizer is the detector %s",
                         target->program, by_clang ? "clang" : "gcc",
                         flavour_word(by_clang ? FLAVOUR_TSAN : FLAVOUR_TSAN_GCC));
    return NULL;
}

/* A report that cannot be read is most often one that could not be written. */
static void blame_full_disk(const char *folder, struct report *report)
{
    const uint64_t next_to_nothing = 64 << 10; /* another run may have given some back meanwhile */
    struct statvfs disk;
    if (!report->trouble || statvfs(folder, &disk) != 0 ||
        (uint64_t)disk.f_bavail * disk.f_frsize > next_to_nothing)
        return;
    char *longer =
        xasprintf("%s; the disk of %s is full: free some space, or point TMPDIR elsewhere",
                  report->trouble, folder);
    free(report->trouble);
    report->trouble = longer;
}

void detector_report(const struct detector *detector, const struct target *target,
                     const struct run_outcome *outcome, struct explanation *explanation,
                     struct report *report)
{
    *report = (struct report){.explanation = *explanation};
    *explanation = (struct explanation){0};
    char *witness = witness_path(target->report_dir);
    report->concurrent = access(witness, F_OK) == 0;
    free(witness);
    if (outcome->end != RUN_NOT_STARTED && outcome->end != RUN_CANCELLED)
        detector->read(target, outcome, report);
    blame_full_disk(target->report_dir, report);
    ending_read(target, outcome, report);
}

void report_release(struct report *report)
{
    findings_release(&report->findings);
    explanation_release(&report->explanation);
    free(report->version);
    free(report->trouble);
    *report = (struct report){0};
}
