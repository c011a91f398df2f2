/*
 * What the lab costs: the matrix and a check against the same commands run bare, and the time from a
 * program's last progress to the verdict that it hangs. Prints figures and judges nothing.
 *
 * Usage: racelab-bench [CASE|FAMILY]...
 */
#include "bench/bare.h"
#include "cli/cli.h"
#include "cli/report_dir.h"
#include "cli/runner.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HANGS  20 /* of each build */
#define CHECKS 3

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

/* The same run without the lab. One that hangs never ends by itself: it counts up to its last
 * progress, as if somebody had known at once. */
static uint64_t ideal_ns(const struct lab *lab, const struct cell *cell, enum polarity polarity)
{
    const struct twin_run *run = &cell->twin[polarity];
    if (run->end != RUN_EXITED && run->end != RUN_SIGNALED)
        return run->progress_ns;
    char *program = cli_program(lab, cell->pair, cell->detector->flavour, polarity);
    char *folder = report_dir_make();
    struct target target = {
        .program = program, .own_source = cell->pair->twin[polarity].path, .report_dir = folder};
    if (!folder) {
        cli_error("no temporary directory: %s", strerror(errno));
        exit(STATUS_FAILED);
    }
    uint64_t taken = bare_run_ns(cell->detector, &target);
    report_dir_remove(folder);
    free(program);
    return taken;
}

static void measure_matrix(const struct lab *lab, const struct selection *selection)
{
    const struct detector **columns = xcalloc(detector_count, sizeof(*columns));
    struct matrix matrix;
    size_t column_count = 0;
    for (size_t i = 0; i < detector_count; i++)
        if (!detectors[i].searches)
            columns[column_count++] = &detectors[i];
    matrix_make(&matrix, selection->pairs, selection->count, columns, column_count);
    free(columns);
    struct runner_options options = {.jobs = runner_default_jobs(),
                                     .time_limit_ms = RUN_TIME_LIMIT_MS};
    uint64_t begun = run_now_ns();
    int result = runner_matrix(lab, &matrix, &options);
    uint64_t wall = run_now_ns() - begun;
    if (result != 0)
        exit(STATUS_FAILED);

    uint64_t sum = 0;
    size_t hangs = 0;
    size_t runs = selection->count * column_count * 2;
    for (size_t i = 0; i < runs; i++) {
        const struct cell *cell = &matrix.cells[i / 2];
        enum polarity polarity = i % 2 == 0 ? BUGGY : FIXED;
        sum += ideal_ns(lab, cell, polarity);
        hangs += cell->twin[polarity].end == RUN_HUNG;
    }
    unsigned cores = uv_available_parallelism();
    double ideal = seconds(sum) / cores;
    printf("matrix: %zu runs (%zu of them hang) on %u processors\n", runs, hangs, cores);
    printf("  wall time of the lab             %8.2f s\n", seconds(wall));
    printf("  the same commands bare, in all   %8.2f s\n", seconds(sum));
    printf("  over the processors: the ideal   %8.2f s\n", ideal);
    printf("  ratio                            %8.2f\n", seconds(wall) / ideal);
    matrix_release(&matrix);
}

struct latency {
    uint64_t ns[HANGS];
    size_t count;
    bool failed;
};

static void on_hang(const struct run_outcome *outcome, struct explanation *explanation, void *user)
{
    (void)explanation;
    struct latency *latency = user;
    char *end = NULL;
    unsigned long long stamp = strtoull(outcome->out.text ? outcome->out.text : "", &end, 10);
    if (outcome->end != RUN_HUNG || stamp == 0)
        latency->failed = true;
    else
        latency->ns[latency->count++] = outcome->ended_ns - stamp;
}

static int by_size(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void print_latency(const char *label, struct latency *latency)
{
    size_t middle = latency->count / 2;
    qsort(latency->ns, latency->count, sizeof(*latency->ns), by_size);
    printf("  %-11s median %4.0f ms, from %4.0f to %4.0f ms\n", label,
           (double)latency->ns[middle] / 1e6, (double)latency->ns[0] / 1e6,
           (double)latency->ns[latency->count - 1] / 1e6);
}

static void measure_hang(const struct lab *lab, const char *detector)
{
    struct latency latency = {0};
    const struct detector *row = detector_find(detector);
    struct target target = {.program = row->flavour == FLAVOUR_TSAN ? HANG_TSAN : HANG_PLAIN,
                            .own_source = "/"};
    for (int i = 0; i < HANGS; i++) {
        if (runner_readable(lab, row, &target, RUN_TIME_LIMIT_MS, on_hang, &latency) != 0)
            latency.failed = true;
    }
    if (latency.failed) {
        printf("  %-11s a run did not end as a hang\n", detector);
        return;
    }
    print_latency(detector, &latency);
}

static void on_explained(const struct run_outcome *outcome, struct explanation *explanation,
                         void *user)
{
    struct latency *latency = user;
    if (outcome->end != RUN_HUNG || explanation->sentence_count == 0)
        latency->failed = true;
    else
        latency->ns[latency->count++] = explanation->took_ns;
}

/* How long it takes to explain a hang of so many threads. */
static void measure_explanation(const struct lab *lab, const char *threads)
{
    char *argv[] = {STUCK, "many", (char *)threads, NULL};
    char *label = xasprintf("%s threads", threads);
    struct latency latency = {0};
    for (int i = 0; i < HANGS; i++) {
        if (runner_watch(lab, argv, RUN_TIME_LIMIT_MS, NULL, on_explained, &latency) != 0)
            latency.failed = true;
    }
    if (latency.failed)
        printf("  %-11s a run was not explained\n", label);
    else
        print_latency(label, &latency);
    free(label);
}

/* A check of a program of some seconds, against the same detectors one after the other. */
static void measure_check(void)
{
    const struct {
        const char *detector;
        const char *program;
    } runs[] = {{"tsan", COUNT_TSAN},
                {"helgrind", COUNT_PLAIN},
                {"drd", COUNT_PLAIN},
                {"watchdog", COUNT_PLAIN}};
    uint64_t bare = 0;
    uint64_t checked = 0;
    for (int round = 0; round < CHECKS; round++) {
        char *argv[] = {RACELAB, "check", "--plain", COUNT_PLAIN, "--tsan", COUNT_TSAN, NULL};
        for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
            char *folder = report_dir_make();
            const struct target target = {.program = runs[i].program, .report_dir = folder};
            if (!folder)
                exit(STATUS_FAILED);
            bare += bare_run_ns(detector_find(runs[i].detector), &target);
            report_dir_remove(folder);
        }
        checked += bare_ns(argv);
    }
    printf("check: a program of %.1f s under four detectors, %d times\n", seconds(bare) / CHECKS,
           CHECKS);
    printf("  racelab check                    %8.2f s\n", seconds(checked));
    printf("  the same detectors bare          %8.2f s\n", seconds(bare));
    printf("  ratio                            %8.2f\n", seconds(checked) / seconds(bare));
}

int main(int argc, char **argv)
{
    const struct lab lab = {
        .root = RACELAB_ROOT, .programs = RACELAB_PROGRAMS, .keeper = KEEPER, .recorder = RECORDER};
    struct corpus corpus;
    struct selection selection = {0};
    int status = cli_load(&lab, &corpus);
    if (!status)
        status = selection_make(&corpus, argv + 1, (size_t)argc - 1, &selection);
    if (!status && selection_complain(&selection, &corpus) > 0)
        status = STATUS_CORPUS;
    if (!status) {
        printf("from the last progress to the verdict that it hangs, %d runs each\n", HANGS);
        measure_hang(&lab, "watchdog");
        measure_hang(&lab, "tsan");
        measure_hang(&lab, "helgrind");
        printf("from that verdict to the explanation, %d runs each\n", HANGS);
        measure_explanation(&lab, "10");
        measure_explanation(&lab, "500");
        measure_check();
        measure_matrix(&lab, &selection);
    }
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
