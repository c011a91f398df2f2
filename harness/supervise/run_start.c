#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/memory.h"
#include "supervise/run.h"
#include "supervise/start.h"

#define PRELOAD "LD_PRELOAD="

enum { OUT, ERR, LINK, STREAMS };

static void append_string(char ***strings, size_t *count, const char *text)
{
    char **added = xappend((void **)strings, count, sizeof *added);
    *added = text ? xstrdup(text) : NULL;
}

void start_free(char **strings)
{
    for (size_t i = 0; strings && strings[i]; i++)
        free(strings[i]);
    free(strings);
}

static bool is_overridden(const char *variable, const char *const *overrides)
{
    size_t name = strcspn(variable, "=");
    for (size_t i = 0; overrides && overrides[i]; i++)
        if (strcspn(overrides[i], "=") == name && strncmp(overrides[i], variable, name) == 0)
            return true;
    return false;
}

/* What the program is to preload. The keeper gets it as an argument, for it must not itself. */
static const char *find_preload(const char *const *overrides)
{
    const char *found = NULL;
    for (size_t i = 0; overrides && overrides[i]; i++)
        if (strncmp(overrides[i], PRELOAD, strlen(PRELOAD)) == 0)
            found = overrides[i] + strlen(PRELOAD);
    return found;
}

char **start_environment(const char *const *overrides)
{
    char **merged = NULL;
    size_t count = 0;
    for (char **variable = environ; variable && *variable; variable++)
        if (!is_overridden(*variable, overrides))
            append_string(&merged, &count, *variable);
    for (size_t i = 0; overrides && overrides[i]; i++)
        if (strncmp(overrides[i], PRELOAD, strlen(PRELOAD)) != 0)
            append_string(&merged, &count, overrides[i]);
    append_string(&merged, &count, NULL);
    return merged;
}

static char **keeper_arguments(const char *keeper, const struct run_spec *spec)
{
    char **arguments = NULL;
    size_t count = 0;
    append_string(&arguments, &count, keeper);
    const char *preload = find_preload(spec->env);
    append_string(&arguments, &count, spec->report_dir ? spec->report_dir : "-");
    append_string(&arguments, &count, preload ? preload : "-");
    for (size_t i = 0; spec->argv[i]; i++)
        append_string(&arguments, &count, spec->argv[i]);
    append_string(&arguments, &count, NULL);
    return arguments;
}

static void close_all(int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
        fds[i] = -1;
    }
}

/* Real pipes for the output, since a program can tell a socket from a pipe. */
static int open_streams(int *ours, int *theirs)
{
    for (int i = 0; i < STREAMS; i++)
        ours[i] = theirs[i] = -1;
    for (int i = 0; i < STREAMS; i++) {
        int pair[2];
        int rc = i == LINK ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)
                           : pipe2(pair, O_CLOEXEC);
        if (rc < 0)
            return -errno;
        ours[i] = pair[0];
        theirs[i] = pair[1];
    }
    return 0;
}

static int listen_to(struct run *run, int *ours)
{
    struct capture *captures[] = {&run->out, &run->err};
    for (int i = OUT; i <= ERR; i++) {
        struct stat status;
        if (fstat(ours[i], &status) < 0)
            return -errno;
        run->served[i] = (struct served_pipe){.device = status.st_dev, .inode = status.st_ino};
        int fd = ours[i];
        ours[i] = -1;
        int rc = capture_start(captures[i], fd);
        if (rc < 0)
            return rc;
    }
    int rc = uv_pipe_open(&run->link, ours[LINK]);
    if (rc < 0)
        return rc;
    ours[LINK] = -1;
    return uv_read_start((uv_stream_t *)&run->link, run_give_record, run_on_link);
}

static int spawn(struct run *run, const char *keeper, const struct run_spec *spec,
                 const int *theirs, int input)
{
    uv_stdio_container_t stdio[] = {
        {.flags = input >= 0 ? UV_INHERIT_FD : UV_IGNORE, .data.fd = input},
        {.flags = UV_INHERIT_FD, .data.fd = theirs[OUT]},
        {.flags = UV_INHERIT_FD, .data.fd = theirs[ERR]},
        {.flags = UV_INHERIT_FD, .data.fd = theirs[LINK]},
    };
    char **arguments = keeper_arguments(keeper, spec);
    char **environment = start_environment(spec->env);
    const uv_process_options_t options = {
        .exit_cb = run_on_keeper_exit,
        .file = keeper,
        .args = arguments,
        .env = environment,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = sizeof stdio / sizeof *stdio,
        .stdio = stdio,
    };
    run->keeper.data = run;
    run->outcome.started_ns = run_now_ns();
    int rc = uv_spawn(run->timer.loop, &run->keeper, &options);
    /* The handle is to be closed in either case. */
    run->has_keeper = true;
    run->open_handles++;
    start_free(arguments);
    start_free(environment);
    return rc;
}

/* The program's standard input; negative for none, with -errno where it could not be opened. */
static int open_input(const struct run_spec *spec)
{
    if (!spec->input)
        return spec->attached ? STDIN_FILENO : -1;
    int fd = open(spec->input, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int run_start(struct run *run, uv_loop_t *loop, const char *keeper, const struct run_spec *spec)
{
    int ours[STREAMS];
    int theirs[STREAMS];
    struct proc_process process;
    uv_timer_init(loop, &run->timer);
    uv_pipe_init(loop, &run->link, 0);
    uv_pipe_init(loop, &run->out.pipe, 0);
    uv_pipe_init(loop, &run->err.pipe, 0);
    run->open_handles = 4;
    run->timer.data = run;
    run->link.data = run;
    run->out.output = &run->outcome.out;
    run->err.output = &run->outcome.err;
    run->out.pipe.data = &run->out;
    run->err.pipe.data = &run->err;
    run->out.cap = run->err.cap = spec->output_cap;
    run->out.pass_to = spec->attached ? STDOUT_FILENO : -1;
    run->err.pass_to = spec->attached ? STDERR_FILENO : -1;
    run->out.on_end = run->err.on_end = run_on_output_end;
    run->out.user = run->err.user = run;
    run->name = xstrdup(spec->argv[0]);
    run->report_dir = spec->report_dir ? xstrdup(spec->report_dir) : NULL;
    run->report_cap = spec->report_cap;
    run->mark = spec->mark ? xstrdup(spec->mark) : NULL;
    run->mark_limit_ms = spec->mark_limit_ms;

    struct stat status;
    int input = open_input(spec);
    if (spec->attached && fstat(input, &status) == 0)
        run->served[ERR + 1] =
            (struct served_pipe){.device = status.st_dev, .inode = status.st_ino};
    int rc = open_streams(ours, theirs);
    if (rc == 0 && spec->input && input < 0)
        rc = input;
    if (rc == 0)
        rc = listen_to(run, ours);
    if (rc == 0)
        rc = spawn(run, keeper, spec, theirs, input);
    if (spec->input && input >= 0)
        close(input);
    close_all(ours, STREAMS);
    close_all(theirs, STREAMS);
    if (rc < 0) {
        run_close(run);
        return rc;
    }
    if (proc_process_read(uv_process_get_pid(&run->keeper), &process) == 0)
        run->keeper_start = process.start;
    run_enter(run, PHASE_RUNNING, spec->time_limit_ms);
    return 0;
}
