#include "supervise/test_support.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/memory.h"
#include "supervise/proc.h"
#include "supervise/reports.h"
#include "supervise/run.h"

static char *mark(void)
{
    static char text[64];
    if (!text[0])
        snprintf(text, sizeof text, "RACELAB_TEST_MARK=%d.%llu", getpid(),
                 (unsigned long long)run_now_ns());
    return text;
}

const char *const *marked_environment(void)
{
    static const char *environment[3];
    environment[0] = mark();
    environment[1] = "RACELAB_TEST_VARIABLE=from the spec";
    return environment;
}

static char *copy(const struct run_output *output)
{
    char *text = xcalloc(output->length + 1, 1);
    memcpy(text, output->text, output->length);
    return text;
}

void told_done(const struct run_outcome *outcome, void *user)
{
    struct told *told = user;
    told->outcome = *outcome;
    told->outcome.error = outcome->error ? xstrdup(outcome->error) : NULL;
    told->outcome.out.text = copy(&outcome->out);
    told->outcome.err.text = copy(&outcome->err);
    told->calls++;
    told->done_ns = run_now_ns();
}

void told_release(struct told *told)
{
    free(told->outcome.error);
    free(told->outcome.out.text);
    free(told->outcome.err.text);
    *told = (struct told){0};
}

void run_many(const struct run_spec *specs, struct told *told, size_t count)
{
    uv_loop_t loop;
    struct supervisor *supervisor;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(supervisor_new(&loop, KEEPER, &supervisor), 0);
    for (size_t i = 0; i < count; i++) {
        told[i] = (struct told){0};
        assert_int_equal(supervisor_start(supervisor, &specs[i], told_done, &told[i]), 0);
    }
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    supervisor_free(supervisor);
    assert_int_equal(uv_loop_close(&loop), 0);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(told[i].calls, 1);
        assert_true(told[i].outcome.started_ns > 0);
        assert_true(told[i].outcome.ended_ns >= told[i].outcome.started_ns);
        assert_true(told[i].outcome.ended_ns <= told[i].done_ns);
    }
}

void run_with_spec(const struct run_spec *spec, struct told *told)
{
    run_many(spec, told, 1);
}

void run_program(const char *const *argv, struct told *told)
{
    const struct run_spec spec = {
        .argv = argv,
        .env = marked_environment(),
        .time_limit_ms = TEST_LIMIT_MS,
        .output_cap = 1000000,
    };
    run_with_spec(&spec, told);
}

size_t count_marked(void)
{
    size_t marked = 0;
    size_t wanted = strlen(mark());
    DIR *dir = opendir("/proc");
    assert_non_null(dir);
    const struct dirent *entry;
    char *text = xcalloc(1, 1 << 17);
    while ((entry = readdir(dir))) {
        char path[300];
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(path, sizeof path, "/proc/%s/environ", entry->d_name);
        ssize_t length = proc_read_file(path, text, 1 << 17);
        for (ssize_t at = 0; at < length; at += (ssize_t)strlen(text + at) + 1)
            if (strncmp(text + at, mark(), wanted + 1) == 0)
                marked++;
    }
    free(text);
    closedir(dir);
    return marked;
}

void assert_nothing_left(void)
{
    int status;
    assert_int_equal(count_marked(), 0);
    assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

size_t count_descriptors(void)
{
    size_t count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

const char *new_directory(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/racelab-test-XXXXXX");
    assert_non_null(mkdtemp(path));
    return path;
}

void remove_directory(const char *path)
{
    int fd = reports_open(path);
    assert_true(fd >= 0);
    assert_int_equal(reports_remove(fd, path), 0);
}
