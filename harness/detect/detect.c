#include "detect/detect.h"

#include "detect/ending.h"
#include "detect/plain.h"
#include "detect/tsan.h"
#include "detect/valgrind.h"
#include "detect/witness.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SEES(defect) (1u << (DEFECT_##defect))

const struct detector detectors[] = {
    {
        .name = "tsan",
        .flavour = FLAVOUR_TSAN,
        .sees = SEES(RACE) | SEES(LOCK_ORDER) | SEES(MISUSE) | SEES(LEAK),
        .atomics = true,
        .nature = "ThreadSanitizer reports data races, lock orders and misuse of locks; what a "
                  "program computes or waits for is outside its model",
        .command = tsan_command,
        .read = tsan_read,
    },
    {
        .name = "tsan-gcc",
        .flavour = FLAVOUR_TSAN_GCC,
        .sees = SEES(RACE) | SEES(LOCK_ORDER) | SEES(MISUSE) | SEES(LEAK),
        .atomics = true,
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
        .nature = "a plain run shows only how the program ends",
        .command = plain_command,
        .read = plain_read,
    },
};
const size_t detector_count = sizeof(detectors) / sizeof(*detectors);

const char *flavour_word(enum flavour flavour)
{
    static const char *const words[] = {[FLAVOUR_PLAIN] = "plain",
                                        [FLAVOUR_TSAN] = "tsan",
                                        [FLAVOUR_TSAN_GCC] = "tsan-gcc",
                                        [FLAVOUR_EXPLORE] = "explore",
                                        [FLAVOUR_EXPLORE_TSAN] = "explore-tsan"};
    return words[flavour];
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
