#include "supervise/run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "model/memory.h"
#include "supervise/sweep.h"

enum {
    KEEPER_PATIENCE_MS = 40000, /* above what the keeper allows itself */
    SWEEP_MS = 5,
    DRAIN_MS = 2000,
};

static const uint64_t sweep_ns = UINT64_C(20000000000);

uint64_t run_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* The first thing that went wrong is the one told. */
static void set_error(struct run *run, char *error)
{
    if (run->outcome.error)
        free(error);
    else
        run->outcome.error = error;
}

static void set_end(struct run *run, enum run_end end, int status, uint64_t when_ns)
{
    run->decided = true;
    run->outcome.end = end;
    run->outcome.status = status;
    run->outcome.ended_ns = when_ns;
}

static void handle_closed(struct run *run)
{
    if (--run->open_handles == 0)
        run_gone(run);
}

static void on_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

static void on_capture_closed(uv_handle_t *handle)
{
    const struct capture *capture = handle->data;
    handle_closed(capture->user);
}

void run_close(struct run *run)
{
    run->phase = PHASE_CLOSING;
    uv_close((uv_handle_t *)&run->timer, on_closed);
    uv_close((uv_handle_t *)&run->link, on_closed);
    uv_close((uv_handle_t *)&run->out.pipe, on_capture_closed);
    uv_close((uv_handle_t *)&run->err.pipe, on_capture_closed);
    if (run->has_keeper)
        uv_close((uv_handle_t *)&run->keeper, on_closed);
}

/* The keeper ended without a word about the program. */
static void keeper_lost(struct run *run)
{
    if (run->keeper_signal)
        set_error(run, xasprintf("the keeper of %s was killed by signal %d", run->name,
                                 run->keeper_signal));
    else
        set_error(run, xasprintf("the keeper of %s ended with status %lld and no report", run->name,
                                 (long long)run->keeper_status));
    if (run->decided)
        return;
    /* The program is set to die with its keeper. */
    if (run->started)
        set_end(run, RUN_SIGNALED, SIGKILL, run_now_ns());
    else
        set_end(run, RUN_NOT_STARTED, ECHILD, run_now_ns());
}

static void try_finish(struct run *run)
{
    if (!run->keeper_ended || !run->link_ended)
        return;
    if (!run->decided || run->keeper_signal || run->keeper_status)
        keeper_lost(run);
    if (run->phase == PHASE_DRAINING && run->out.ended && run->err.ended)
        run_close(run);
}

void run_on_output_end(void *run)
{
    try_finish(run);
}

static void sweep(struct run *run)
{
    int found = sweep_pass(run->timer.loop, run->keeper_start);
    if (found != 0 && run_now_ns() < run->sweep_until_ns) {
        run_enter(run, PHASE_SWEEPING, SWEEP_MS);
        return;
    }
    if (found != 0)
        set_error(run, xasprintf("not every process of %s could be ended", run->name));
    run_enter(run, PHASE_DRAINING, DRAIN_MS);
    try_finish(run);
}

static void on_timer(uv_timer_t *timer)
{
    struct run *run = timer->data;
    char *error = NULL;
    switch (run->phase) {
    case PHASE_RUNNING:
        if (run->watch.hidden)
            error = xasprintf("cannot see whether %s hangs: /proc/PID/task/TID/syscall: %s",
                              run->name, strerror(run->watch.hidden));
        run_decide(run, RUN_TIMED_OUT, error);
        break;
    case PHASE_ENDING:
        uv_process_kill(&run->keeper, SIGKILL);
        break;
    case PHASE_SWEEPING:
        sweep(run);
        break;
    case PHASE_DRAINING:
        set_error(run,
                  xasprintf("the output of %s is still held open by a process outside", run->name));
        run->link_ended = run->out.ended = run->err.ended = true;
        try_finish(run);
        break;
    case PHASE_CLOSING:
        break;
    }
}

void run_enter(struct run *run, enum run_phase phase, uint64_t timeout_ms)
{
    run->phase = phase;
    uv_update_time(run->timer.loop);
    uv_timer_start(&run->timer, on_timer, timeout_ms, 0);
}

/* After the verdict the keeper has the word, unless it has ended already. */
static void await_keeper(struct run *run)
{
    if (!run->keeper_ended)
        run_enter(run, PHASE_ENDING, KEEPER_PATIENCE_MS);
}

void run_decide(struct run *run, enum run_end end, char *error)
{
    uv_os_fd_t fd;
    if (run->decided || run->keeper_ended) {
        free(error);
        return;
    }
    set_end(run, end, 0, run_now_ns());
    if (error)
        set_error(run, error);
    if (end == RUN_HUNG)
        run_look(run, LOOK_HUNG);
    else if (end == RUN_TIMED_OUT)
        run_look(run, LOOK_TIME_LIMIT);
    if (!run->link_ended && uv_fileno((uv_handle_t *)&run->link, &fd) == 0)
        (void)send(fd, "e", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    /* The program may have stopped its keeper. */
    uv_process_kill(&run->keeper, SIGCONT);
    await_keeper(run);
}

static void take_record(struct run *run, const struct keeper_record *record)
{
    switch (record->word) {
    case KEEPER_STARTED:
        run->started = true;
        break;
    case KEEPER_NOT_READY:
        set_end(run, RUN_NOT_STARTED, record->value, record->when_ns);
        set_error(run, xasprintf("no keeper for %s, with %s for its reports: %s", run->name,
                                 run->report_dir ? run->report_dir : "no directory",
                                 strerror(record->value)));
        await_keeper(run);
        break;
    case KEEPER_NOT_STARTED:
        set_end(run, RUN_NOT_STARTED, record->value, record->when_ns);
        set_error(run, xasprintf("cannot run %s: %s", run->name, strerror(record->value)));
        await_keeper(run);
        break;
    case KEEPER_ENDED:
        /* The keeper had not touched the program yet: this is how it ended, also where the time
         * limit passed meanwhile. */
        if (run->decided && run->outcome.end != RUN_TIMED_OUT && run->outcome.end != RUN_HUNG)
            break;
        if (WIFSIGNALED(record->value))
            set_end(run, RUN_SIGNALED, WTERMSIG(record->value), record->when_ns);
        else
            set_end(run, RUN_EXITED, WEXITSTATUS(record->value), record->when_ns);
        run->outcome.left_behind = record->left_behind;
        await_keeper(run);
        break;
    case KEEPER_LEFT:
        run->tree_left = true;
        set_error(run,
                  xasprintf("%d processes of %s could not be ended", record->value, run->name));
        break;
    default:
        set_error(run, xasprintf("the keeper of %s sent what is no record", run->name));
        break;
    }
}

void run_give_record(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct run *run = handle->data;
    (void)suggested;
    *buffer = uv_buf_init((char *)&run->record + run->record_length,
                          (unsigned)(sizeof run->record - run->record_length));
}

void run_on_link(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct run *run = stream->data;
    (void)buffer;
    if (count < 0) {
        uv_read_stop(stream);
        run->link_ended = true;
        try_finish(run);
        return;
    }
    run->record_length += (size_t)count;
    if (run->record_length == sizeof run->record) {
        run->record_length = 0;
        take_record(run, &run->record);
    }
}

void run_on_keeper_exit(uv_process_t *process, int64_t status, int signal_number)
{
    struct run *run = process->data;
    run->keeper_ended = true;
    run->keeper_status = status;
    run->keeper_signal = signal_number;
    if (status || signal_number || run->tree_left) {
        run->sweep_until_ns = run_now_ns() + sweep_ns;
        run_enter(run, PHASE_SWEEPING, 0);
    } else {
        run_enter(run, PHASE_DRAINING, DRAIN_MS);
    }
    try_finish(run);
}

void run_free(struct run *run)
{
    hang_watch_release(&run->watch);
    free(run->outcome.error);
    free(run->outcome.out.text);
    free(run->outcome.err.text);
    free(run->name);
    free(run->report_dir);
    free(run->mark);
    free(run);
}
