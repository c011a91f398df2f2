/*
 * What the lab costs: the matrix against the same commands run bare, and the time from a program's
 * last progress to the verdict that it hangs. Prints figures and judges nothing.
 *
 * Usage: racelab-bench [CASE|FAMILY]...
 */
#include "cli/cli.h"
#include "cli/report_dir.h"
#include "cli/runner.h"
#include "detect/witness.h"
#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HANGS 20 /* of each build */

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The wall time of one command as the lab would start it, but with nothing around it. */
static uint64_t bare_ns(const struct detector *detector, const struct target *target)
{
    struct command command = {0};
    posix_spawn_file_actions_t actions;
    char *witness = witness_path(target->report_dir);
    pid_t child = 0;
    detector->command(target, &command);
    command_set(&command, WITNESS_VARIABLE "=%s", witness);
    for (size_t i = 0; i < command.env_count; i++)
        putenv(command.env[i]);
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    uint64_t begun = now_ns();
    int error = posix_spawnp(&child, command.argv[0], &actions, NULL, command.argv, environ);
    if (error || waitpid(child, NULL, 0) != child) {
        cli_error("%s: %s", command.argv[0], strerror(error ? error : errno));
        exit(STATUS_FAILED);
    }
    uint64_t taken = now_ns() - begun;
    posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 0; i < command.env_count; i++)
        unsetenv(strtok(command.env[i], "="));
    command_release(&command);
    free(witness);
    return taken;
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
    uint64_t taken = bare_ns(cell->detector, &target);
    report_dir_remove(folder);
    free(program);
    return taken;
}

static void measure_matrix(const struct lab *lab, const struct selection *selection)
{
    const struct detector **columns = xcalloc(detector_count, sizeof(*columns));
    struct matrix matrix;
    for (size_t i = 0; i < detector_count; i++)
        columns[i] = &detectors[i];
    matrix_make(&matrix, selection->pairs, selection->count, columns, detector_count);
    free(columns);
    struct runner_options options = {.jobs = runner_default_jobs(),
                                     .time_limit_ms = RUN_TIME_LIMIT_MS};
    uint64_t begun = now_ns();
    int result = runner_matrix(lab, &matrix, &options);
    uint64_t wall = now_ns() - begun;
    if (result != 0)
        exit(STATUS_FAILED);

    uint64_t sum = 0;
    size_t hangs = 0;
    size_t runs = selection->count * detector_count * 2;
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
        measure_matrix(&lab, &selection);
    }
    selection_release(&selection);
    corpus_release(&corpus);
    return status;
}
