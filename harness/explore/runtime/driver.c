#include "explore/runtime/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/memory.h"

enum { SEGMENTS = 4096, FILTER = 4096, STEPS = 1 << 18, TIME_LIMIT_MS = 20000, TOLD = 60 };

void driver_open(struct driver *driver, const char *program, const char *argument, bool server)
{
    const char *folder = getenv("TMPDIR");
    uint64_t size = sizeof *driver->block + SEGMENTS * sizeof(struct wire_segment) +
                    FILTER * sizeof(uint64_t) + STEPS * sizeof(struct wire_step);
    *driver = (struct driver){.program = program, .argument = argument, .server = server};
    driver->path = xasprintf("%s/racelab-block-XXXXXX", folder ? folder : "/tmp");
    int fd = mkostemp(driver->path, O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    struct wire_block *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(block != MAP_FAILED);
    close(fd);
    block->magic = WIRE_MAGIC;
    block->version = WIRE_VERSION;
    block->size = size;
    block->segments_at = sizeof *block;
    block->segments_room = SEGMENTS;
    block->filter_at = block->segments_at + SEGMENTS * sizeof(struct wire_segment);
    block->filter_room = FILTER;
    block->steps_at = block->filter_at + FILTER * sizeof(uint64_t);
    block->steps_room = STEPS;
    block->plan.flags = WIRE_RECORD;
    block->plan.length = 1;
    driver->block = block;
}

/* The path of the block is of one length in all runs, as the environment lies on the program's stack. */
static void become(const struct driver *driver, int commands, int answers)
{
    char *path = strchr(driver->program, '/') ? xstrdup(driver->program)
                                              : xasprintf("%s/%s", SUBJECTS, driver->program);
    char *variable = commands < 0 ? xstrdup(driver->path)
                                  : xasprintf("%s:%d,%d", driver->path, commands, answers);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    personality(ADDR_NO_RANDOMIZE);
    if (!driver->linked)
        setenv("LD_PRELOAD", RUNTIME, 1);
    setenv(WIRE_VARIABLE, variable, 1);
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    if (!getenv("RACELAB_TEST_LOUD")) {
        dup2(nothing, STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
    }
    execl(path, path, driver->argument, NULL);
    _exit(127);
}

static void start_server(struct driver *driver)
{
    int to[2];
    int from[2];
    struct wire_answer answer;
    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    driver->pid = fork();
    assert_true(driver->pid >= 0);
    if (driver->pid == 0) {
        int commands = dup(to[0]);
        int answers = dup(from[1]);
        become(driver, commands, answers);
    }
    close(to[0]);
    close(from[1]);
    driver->commands = to[1];
    driver->answers = from[0];
    assert_int_equal(read(driver->answers, &answer, sizeof answer), sizeof answer);
    driver->unfit = answer.kind == WIRE_UNFIT;
    assert_int_equal(answer.kind, driver->unfit ? WIRE_UNFIT : WIRE_READY);
}

static bool in_time(const struct driver *driver, int fd)
{
    struct pollfd end = {.fd = fd, .events = POLLIN};
    return poll(&end, 1, driver->time_limit_ms ? (int)driver->time_limit_ms : TIME_LIMIT_MS) == 1;
}

static int run_forked(struct driver *driver)
{
    struct wire_answer begun;
    struct wire_answer over;
    const char command = WIRE_RUN;
    if (driver->pid == 0)
        start_server(driver);
    if (driver->unfit)
        return -1;
    assert_int_equal(write(driver->commands, &command, 1), 1);
    assert_int_equal(read(driver->answers, &begun, sizeof begun), sizeof begun);
    assert_int_equal(begun.kind, WIRE_BEGUN);
    bool ended = in_time(driver, driver->answers);
    if (!ended)
        kill(begun.value, SIGKILL);
    assert_int_equal(read(driver->answers, &over, sizeof over), sizeof over);
    assert_int_equal(over.kind, WIRE_OVER);
    return ended ? over.value : -1;
}

static int run_anew(struct driver *driver)
{
    int status = 0;
    int end[2];
    assert_int_equal(pipe2(end, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup(end[1]); /* held until the process ends */
        become(driver, -1, -1);
    }
    close(end[1]);
    bool ended = in_time(driver, end[0]);
    close(end[0]);
    if (!ended)
        kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return ended ? status : -1;
}

int driver_run(struct driver *driver)
{
    memset(&driver->block->outcome, 0, sizeof driver->block->outcome);
    return driver->server ? run_forked(driver) : run_anew(driver);
}

void driver_close(struct driver *driver)
{
    if (driver->pid != 0) {
        close(driver->commands);
        close(driver->answers);
        assert_int_equal(waitpid(driver->pid, NULL, 0), driver->pid);
    }
    munmap(driver->block, driver->block->size);
    unlink(driver->path);
    free(driver->path);
}

void driver_guide(struct driver *driver, unsigned thread, uint32_t until)
{
    struct wire_block *block = driver->block;
    assert_true(block->plan.segments < SEGMENTS);
    wire_segments(block)[block->plan.segments++] =
        (struct wire_segment){.thread = (uint16_t)thread, .until = until};
}

size_t driver_count(const struct driver *driver, enum wire_op op, unsigned thread)
{
    const struct wire_step *steps = wire_steps(driver->block);
    size_t count = 0;
    for (uint32_t i = 0; i < driver->block->outcome.steps; i++)
        count += steps[i].op == op && steps[i].thread == thread;
    return count;
}

void driver_tell(const struct driver *driver)
{
    const struct wire_outcome *outcome = &driver->block->outcome;
    const struct wire_step *steps = wire_steps(driver->block);
    for (uint32_t i = 0; i < outcome->steps && i < TOLD; i++)
        fprintf(stderr,
                "%4" PRIu32 " T%u.%" PRIu32 " %-12s %#" PRIx64 " at %#" PRIx64 " flags %#x\n", i,
                steps[i].thread, steps[i].own, wire_op_word(steps[i].op), steps[i].object,
                steps[i].pc, steps[i].flags);
    fprintf(stderr,
            "end %" PRIu32 " status %d lost %#" PRIx32 " diverged %" PRIu32
            " thread %u of %u points %" PRIu64 " decisions %" PRIu32 " switches %" PRIu32
            " preemptions %" PRIu32 " '%s'\n",
            outcome->end, outcome->status, outcome->lost, outcome->diverged, outcome->thread,
            outcome->threads, outcome->points, outcome->decisions, outcome->switches,
            outcome->preemptions, outcome->message);
}
