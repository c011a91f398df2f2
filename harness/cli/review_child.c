#include "cli/review_child.h"

#include "model/memory.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OUTPUT_CAP = 1 << 20,   /* of each stream */
    TIME_LIMIT_MS = 180000, /* each run that racelab makes has a limit of its own */
    GRACE_MS = 5000,        /* to end what it runs, before it is killed */
    LEFT_OPEN_MS = 1000,    /* for output that somebody else still holds open when it has ended */
};

static void on_time(uv_timer_t *timer);

/* It leads a group, and ends what it runs when it is told to. */
void child_end(struct child *child, const char *cut)
{
    if (child->exited || child->asked_to_end)
        return;
    child->asked_to_end = true;
    child->cut = cut;
    uv_process_kill(&child->process, SIGTERM);
    uv_timer_start(&child->timer, on_time, GRACE_MS, 0);
}

static void on_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;
    if (--child->open == 0)
        child->over(child->user);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

static void close_streams(struct child *child)
{
    close_handle((uv_handle_t *)&child->out.pipe);
    close_handle((uv_handle_t *)&child->err.pipe);
}

/* The timer goes last: until then it guards what is still open. */
static void close_timer_at_last(struct child *child)
{
    if (uv_is_closing((uv_handle_t *)&child->process) &&
        uv_is_closing((uv_handle_t *)&child->out.pipe) &&
        uv_is_closing((uv_handle_t *)&child->err.pipe))
        close_handle((uv_handle_t *)&child->timer);
}

static void on_time(uv_timer_t *timer)
{
    struct child *child = timer->data;
    if (child->exited) {
        close_streams(child);
        close_timer_at_last(child);
    } else if (child->asked_to_end) {
        kill(-child->process.pid, SIGKILL);
    } else {
        child_end(child, "it did not come to an end in time");
    }
}

static void on_exited(uv_process_t *process, int64_t status, int signal_number)
{
    struct child *child = process->data;
    child->exited = true;
    child->status = status;
    child->signal = signal_number;
    close_handle((uv_handle_t *)process);
    uv_timer_start(&child->timer, on_time, LEFT_OPEN_MS, 0);
    close_timer_at_last(child);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    static char scrap[65536];
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(scrap, sizeof(scrap));
}

static void on_output(uv_stream_t *pipe, ssize_t length, const uv_buf_t *buffer)
{
    struct child *child = pipe->data;
    struct child_stream *stream =
        pipe == (uv_stream_t *)&child->out.pipe ? &child->out : &child->err;
    if (length < 0) {
        close_handle((uv_handle_t *)pipe);
        close_timer_at_last(child);
        return;
    }
    size_t room = OUTPUT_CAP - stream->length;
    size_t taken = (size_t)length < room ? (size_t)length : room;
    memcpy(stream->text + stream->length, buffer->base, taken);
    stream->length += taken;
    stream->text[stream->length] = '\0';
    if (taken < (size_t)length)
        child_end(child, "the program prints more than 1 MiB");
}

/* Ours, but for TMPDIR: what is left there goes with the folder. Ended by NULL; the first is from malloc. */
static char **environment_make(const char *folder)
{
    size_t count = 0;
    while (environ[count])
        count++;
    char **list = xcalloc(count + 2, sizeof(*list));
    size_t used = 0;
    list[used++] = xasprintf("TMPDIR=%s/tmp", folder);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], "TMPDIR=", 7) != 0)
            list[used++] = environ[i];
    }
    return list;
}

static uv_stdio_container_t stream_open(struct child *child, struct child_stream *stream)
{
    *stream = (struct child_stream){.text = xcalloc(OUTPUT_CAP + 1, 1)};
    uv_pipe_init(child->loop, &stream->pipe, 0);
    stream->pipe.data = child;
    child->open++;
    return (uv_stdio_container_t){.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
                                  .data.stream = (uv_stream_t *)&stream->pipe};
}

void child_start(struct child *child, const char *program, char **arguments, const char *folder)
{
    *child = (struct child){.loop = child->loop, .over = child->over, .user = child->user};
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE}, stream_open(child, &child->out), stream_open(child, &child->err)};
    char **environment = environment_make(folder);
    const uv_process_options_t options = {
        .exit_cb = on_exited,
        .file = program,
        .args = arguments,
        .env = environment,
        .cwd = folder,
        .flags = UV_PROCESS_DETACHED, /* the terminal's interrupt is for us */
        .stdio = stdio,
        .stdio_count = 3,
    };
    uv_timer_init(child->loop, &child->timer);
    child->timer.data = child;
    child->process.data = child;
    child->open += 2;
    int error = uv_spawn(child->loop, &child->process, &options);
    free(environment[0]);
    free(environment);
    if (error) {
        child->exited = true;
        child->cut = uv_strerror(error);
        close_handle((uv_handle_t *)&child->process);
        close_streams(child);
        close_timer_at_last(child);
        return;
    }
    uv_timer_start(&child->timer, on_time, TIME_LIMIT_MS, 0);
    uv_read_start((uv_stream_t *)&child->out.pipe, on_room, on_output);
    uv_read_start((uv_stream_t *)&child->err.pipe, on_room, on_output);
}

void child_release(struct child *child)
{
    free(child->out.text);
    free(child->err.text);
    child->out.text = NULL;
    child->err.text = NULL;
}
