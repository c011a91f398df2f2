#include "explore/runtime/modes_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "explore/runtime/driver.h"
#include "model/memory.h"

enum { SEEDS = 200, TSAN_SEEDS = 5, STUCK_MS = 300, POINTS = 100000 };

/* Standard output of what is run, in memory. */
struct capture {
    int fd, saved;
};

static struct capture capture_begin(void)
{
    struct capture capture = {.fd = memfd_create("output", MFD_CLOEXEC)};
    assert_true(capture.fd >= 0);
    fflush(stdout);
    capture.saved = dup(STDOUT_FILENO);
    assert_int_equal(dup2(capture.fd, STDOUT_FILENO), STDOUT_FILENO);
    return capture;
}

static void capture_end(const struct capture *capture)
{
    fflush(stdout);
    dup2(capture->saved, STDOUT_FILENO);
    close(capture->saved);
    close(capture->fd);
}

/* What was written since the last time. */
static char *capture_take(const struct capture *capture)
{
    off_t length = lseek(capture->fd, 0, SEEK_END);
    char *text = xcalloc(1, (size_t)length + 1);
    assert_int_equal(pread(capture->fd, text, (size_t)length, 0), length);
    assert_int_equal(ftruncate(capture->fd, 0), 0);
    lseek(capture->fd, 0, SEEK_SET);
    return text;
}

static char *without_runtime(const char *program, const char *mode)
{
    struct capture capture = capture_begin();
    char *path = xasprintf("%s/%s", SUBJECTS, program);
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        execl(path, path, mode, NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    char *text = capture_take(&capture);
    capture_end(&capture);
    free(path);
    assert_int_equal(status, 0);
    return text;
}

/* Which of "one|two" it is; -1: none of them. */
static int message_index(const char *messages, const char *message)
{
    size_t length = strlen(message);
    for (int i = 0; messages; i++) {
        size_t this = strcspn(messages, "|");
        if (this == length && memcmp(messages, message, length) == 0)
            return i;
        messages = messages[this] ? messages + this + 1 : NULL;
    }
    return -1;
}

struct seen {
    unsigned ends, statuses, messages;
};

static void note(const struct expected *mode, const struct driver *driver, int status,
                 struct seen *seen)
{
    const struct wire_outcome *outcome = &driver->block->outcome;
    bool right = outcome->end < WIRE_END_COUNT && (mode->ends & ENDS(outcome->end)) &&
                 (outcome->lost & ~mode->lost) == 0;
    if (right)
        seen->ends |= ENDS(outcome->end);
    if (right && outcome->end == WIRE_EXITED) {
        right = WIFEXITED(status) && WEXITSTATUS(status) < 32 &&
                (mode->statuses & STATUS(WEXITSTATUS(status)));
        seen->statuses |= right ? STATUS(WEXITSTATUS(status)) : 0;
    }
    if (right && outcome->end == WIRE_DESTROYED) {
        int index = message_index(mode->message, outcome->message);
        right = index >= 0;
        seen->messages |= right ? 1u << index : 0;
    }
    if (right)
        return;
    driver_tell(driver);
    fail_msg("%s, seed %lu: wait status %#x", mode->mode, (unsigned long)driver->block->plan.seed,
             status);
}

/* Runs 0 (WIRE_STAY) to `seeds`. */
static struct seen run_seeds(struct driver *driver, const struct expected *mode, unsigned seeds,
                             const char *plain)
{
    struct seen seen = {0};
    struct capture capture = capture_begin();
    driver->block->plan.flags |= mode->flags;
    driver->block->plan.point_limit = POINTS;
    for (unsigned seed = 0; seed <= seeds; seed++) {
        driver->block->plan.strategy = seed == 0 ? WIRE_STAY : WIRE_RANDOM;
        driver->block->plan.seed = seed;
        int status = driver_run(driver);
        note(mode, driver, status, &seen);
        char *text = capture_take(&capture);
        if (plain && strcmp(text, plain) != 0)
            fail_msg("%s, seed %u prints\n%s\nand without the runtime\n%s", mode->mode, seed, text,
                     plain);
        free(text);
    }
    capture_end(&capture);
    return seen;
}

static void run_mode(const char *program, const struct expected *mode)
{
    char *plain = mode->compare ? without_runtime(program, mode->mode) : NULL;
    struct driver driver;
    driver_open(&driver, program, mode->mode, true);
    struct seen seen = run_seeds(&driver, mode, mode->seeds ? mode->seeds : SEEDS, plain);
    driver_close(&driver);
    free(plain);
    unsigned messages = mode->message ? 1 : 0;
    for (const char *at = mode->message; at && *at; at++)
        messages = *at == '|' ? messages << 1 | 1 : messages;
    if (seen.ends != mode->ends || seen.statuses != mode->statuses || seen.messages != messages)
        fail_msg("%s: ends %#x, statuses %#x, messages %#x were seen, and not all of them",
                 mode->mode, seen.ends, seen.statuses, seen.messages);
}

void modes_run(const char *program, const struct expected *modes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        run_mode(program, &modes[i]);
}

void modes_run_tsan(const char *program, const struct expected *modes, size_t count)
{
    char *path = xasprintf("%s/explore-tsan/%s", SUBJECTS, program);
    for (size_t i = 0; i < count; i++) {
        struct driver driver;
        if (!modes[i].clean)
            continue;
        char *plain = modes[i].compare ? without_runtime(program, modes[i].mode) : NULL;
        driver_open(&driver, path, modes[i].mode, false);
        driver.linked = true;
        run_seeds(&driver, &modes[i], TSAN_SEEDS, plain);
        driver_close(&driver);
        free(plain);
    }
    free(path);
}

static void open_guided(struct driver *driver, const char *program, const struct guided *schedule)
{
    driver_open(driver, program, schedule->mode, false);
    driver->block->plan.point_limit = POINTS;
    for (size_t at = 0; schedule->guide[at].until != 0; at++)
        driver_guide(driver, schedule->guide[at].thread, schedule->guide[at].until);
}

void modes_guided(const char *program, const struct guided *schedules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct guided *schedule = &schedules[i];
        struct driver driver;
        open_guided(&driver, program, schedule);
        int status = driver_run(&driver);
        const struct wire_outcome *outcome = &driver.block->outcome;
        if (outcome->diverged || outcome->end != schedule->end ||
            (outcome->end == WIRE_EXITED &&
             (!WIFEXITED(status) || WEXITSTATUS(status) != schedule->status)) ||
            (schedule->message && strcmp(outcome->message, schedule->message) != 0)) {
            driver_tell(&driver);
            fail_msg("schedule %zu (%s): wait status %#x", i, schedule->mode, status);
        }
        driver_close(&driver);
    }
}

void modes_stuck(const char *program, const struct guided *schedules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct driver driver;
        open_guided(&driver, program, &schedules[i]);
        driver.block->plan.flags |= WIRE_STUCK_FOR_REAL;
        driver.time_limit_ms = STUCK_MS;
        int status = driver_run(&driver);
        const struct wire_outcome *outcome = &driver.block->outcome;
        if (outcome->diverged || outcome->end != WIRE_DEADLOCK || status != -1) {
            driver_tell(&driver);
            fail_msg("schedule %zu (%s): wait status %#x", i, schedules[i].mode, status);
        }
        driver_close(&driver);
    }
}
