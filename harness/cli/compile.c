#include "cli/compile.h"

#include "model/memory.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum {
    OUTPUT_CAP = 1 << 16, /* of one compilation; what is beyond is read and dropped */
    GRACE_MS = 1000,      /* for the output of a killed compiler to end */
};

struct batch {
    uv_loop_t loop;
    uv_signal_t signals[3];
    char **environment;
    struct compilation *compilations;
    size_t count;
    size_t next;
    unsigned jobs;
    unsigned limit_s;
    struct job *running; /* a list */
    unsigned running_count;
    int interrupted;    /* the signal's number */
    int error;          /* of a start */
    size_t not_started; /* whose that was */
};

/* One compiler under way. It is over when its process and its output are. */
struct job {
    struct batch *batch;
    struct compilation *compilation;
    struct job *next;
    uv_process_t process;
    uv_pipe_t output;
    uv_timer_t timer;
    int open; /* of process and output, those that are not closed yet */
    bool failed;
    bool timed_out;
    size_t length;
    char text[OUTPUT_CAP + 1];
    char scrap[4096];
};

static void start_more(struct batch *batch);

static bool stopped(const struct batch *batch)
{
    return batch->interrupted || batch->error;
}

static void job_over(struct job *job)
{
    struct batch *batch = job->batch;
    struct compilation *compilation = job->compilation;
    struct job **link = &batch->running;
    while (*link != job)
        link = &(*link)->next;
    *link = job->next;
    batch->running_count--;
    compilation->output = xstrndup(job->text, job->length);
    compilation->failed = job->failed;
    compilation->timed_out = job->timed_out && !stopped(batch);
    compilation->done = !stopped(batch);
    free(job);
    start_more(batch);
}

static void on_timer_closed(uv_handle_t *handle)
{
    job_over(handle->data);
}

static void on_closed(uv_handle_t *handle)
{
    struct job *job = handle->data;
    if (--job->open == 0)
        uv_close((uv_handle_t *)&job->timer, on_timer_closed);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct job *job = handle->data;
    size_t room = OUTPUT_CAP - job->length;
    *buffer = room > 0 ? uv_buf_init(job->text + job->length, (unsigned)room)
                       : uv_buf_init(job->scrap, sizeof(job->scrap));
}

static void on_output(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct job *job = stream->data;
    if (length < 0)
        uv_close((uv_handle_t *)stream, on_closed);
    else if (buffer->base != job->scrap)
        job->length += (size_t)length;
}

/* The compiler leads a group: what it has started goes with it, and with that the last writer of its
 * output. What has left the group is not waited for. */
static void end_job(struct job *job)
{
    if (!uv_is_closing((uv_handle_t *)&job->process))
        kill(-job->process.pid, SIGKILL);
    else if (!uv_is_closing((uv_handle_t *)&job->output))
        uv_close((uv_handle_t *)&job->output, on_closed);
}

static void on_time_limit(uv_timer_t *timer)
{
    struct job *job = timer->data;
    job->timed_out = true;
    end_job(job);
}

static void on_ended(uv_process_t *process, int64_t status, int signal_number)
{
    struct job *job = process->data;
    job->failed = status != 0 || signal_number != 0;
    uv_close((uv_handle_t *)process, on_closed);
    if (job->timed_out || stopped(job->batch))
        uv_timer_start(&job->timer, on_time_limit, GRACE_MS, 0);
}

static int job_start(struct batch *batch, struct compilation *compilation)
{
    struct job *job = xcalloc(1, sizeof(*job));
    uv_stdio_container_t stdio[] = {
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&job->output},
    };
    uv_process_options_t options = {
        .exit_cb = on_ended,
        .file = compilation->arguments[0],
        .args = (char **)compilation->arguments,
        .env = batch->environment,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = 3,
        .stdio = stdio,
    };
    job->batch = batch;
    job->compilation = compilation;
    job->next = batch->running;
    job->open = 2;
    batch->running = job;
    batch->running_count++;
    uv_pipe_init(&batch->loop, &job->output, 0);
    uv_timer_init(&batch->loop, &job->timer);
    job->process.data = job->output.data = job->timer.data = job;
    int error = uv_spawn(&batch->loop, &job->process, &options);
    if (error) {
        uv_close((uv_handle_t *)&job->output, on_closed);
        uv_close((uv_handle_t *)&job->process, on_closed);
        return error;
    }
    uv_read_start((uv_stream_t *)&job->output, on_room, on_output);
    uv_timer_start(&job->timer, on_time_limit, UINT64_C(1000) * batch->limit_s, 0);
    return 0;
}

static void stop(struct batch *batch)
{
    for (struct job *job = batch->running; job; job = job->next)
        end_job(job);
}

static void start_more(struct batch *batch)
{
    while (!stopped(batch) && batch->running_count < batch->jobs && batch->next < batch->count) {
        struct compilation *compilation = &batch->compilations[batch->next++];
        int error = job_start(batch, compilation);
        if (error) {
            batch->error = error;
            batch->not_started = batch->next - 1;
            stop(batch);
        }
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct batch *batch = handle->data;
    batch->interrupted = number;
    stop(batch);
}

/* This process's environment, with messages in English. */
static char **make_environment(void)
{
    static char english[] = "LC_ALL=C";
    char **environment = NULL;
    size_t count = 0;
    for (char **variable = environ; *variable; variable++) {
        if (strncmp(*variable, "LC_ALL=", strlen("LC_ALL=")) != 0)
            *(char **)xappend((void **)&environment, &count, sizeof(*environment)) = *variable;
    }
    *(char **)xappend((void **)&environment, &count, sizeof(*environment)) = english;
    *(char **)xappend((void **)&environment, &count, sizeof(*environment)) = NULL;
    return environment;
}

int compile_all(struct compilation *compilations, size_t count, unsigned jobs, unsigned limit_s,
                size_t *not_started)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct batch batch = {
        .compilations = compilations, .count = count, .jobs = jobs, .limit_s = limit_s};
    int error = uv_loop_init(&batch.loop);
    if (error)
        return error;
    batch.environment = make_environment();
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        uv_signal_init(&batch.loop, &batch.signals[i]);
        batch.signals[i].data = &batch;
        uv_signal_start(&batch.signals[i], on_signal, numbers[i]);
        uv_unref((uv_handle_t *)&batch.signals[i]);
    }
    start_more(&batch);
    uv_run(&batch.loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        uv_close((uv_handle_t *)&batch.signals[i], NULL);
    uv_run(&batch.loop, UV_RUN_DEFAULT);
    uv_loop_close(&batch.loop);
    free(batch.environment);
    *not_started = batch.not_started;
    return batch.interrupted ? batch.interrupted : batch.error;
}

void compilations_release(struct compilation *compilations, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(compilations[i].output);
}
