#include "cli/review_events.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static const int numbers[EVENT_SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT};

static void on_signal(uv_signal_t *handle, int number)
{
    struct events *events = handle->data;
    if (number == SIGWINCH) {
        events->pending[EVENT_RESIZED] = true;
    } else if (number == SIGCONT) {
        events->pending[EVENT_CONTINUED] = true;
    } else {
        events->pending[EVENT_SIGNAL] = true;
        events->signal = events->signal ? events->signal : number;
    }
}

/* Reading tells what it is, an end or an error, too. */
static void on_input(uv_poll_t *handle, int status, int seen)
{
    (void)status;
    (void)seen;
    struct events *events = handle->data;
    events->pending[EVENT_INPUT] = true;
    uv_poll_stop(handle);
}

int events_open(struct events *events)
{
    *events = (struct events){0};
    /* Where nobody reads, a write fails, and is not our end: children are still to be ended. */
    signal(SIGPIPE, SIG_IGN);
    int error = uv_loop_init(&events->loop);
    if (error)
        return error;
    for (int i = 0; i < EVENT_SIGNALS && !error; i++) {
        uv_signal_init(&events->loop, &events->signals[i]);
        events->signals[i].data = events;
        error = uv_signal_start(&events->signals[i], on_signal, numbers[i]);
    }
    /* epoll(7) takes no regular file. */
    events->polled = uv_poll_init(&events->loop, &events->input, STDIN_FILENO) == 0;
    events->input.data = events;
    return error;
}

static enum review_event wait_for(struct events *events, bool input)
{
    while (true) {
        bool ready = input && !events->polled;
        if (input && events->polled && !events->pending[EVENT_INPUT])
            uv_poll_start(&events->input, UV_READABLE, on_input);
        for (enum review_event e = 0; e < EVENT_COUNT; e++)
            ready = ready || (events->pending[e] && (input || e != EVENT_INPUT));
        uv_run(&events->loop, ready ? UV_RUN_NOWAIT : UV_RUN_ONCE);
        events->pending[EVENT_INPUT] = events->pending[EVENT_INPUT] || (input && !events->polled);
        for (enum review_event e = 0; e < EVENT_COUNT; e++) {
            if (!events->pending[e] || (e == EVENT_INPUT && !input))
                continue;
            events->pending[e] = false;
            return e;
        }
    }
}

enum review_event events_wait(struct events *events)
{
    return wait_for(events, true);
}

enum review_event events_wait_beside(struct events *events)
{
    if (events->polled)
        uv_poll_stop(&events->input);
    return wait_for(events, false);
}

void events_mute(struct events *events)
{
    if (events->polled)
        uv_poll_stop(&events->input);
}

static void close_one(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void events_close(struct events *events)
{
    uv_walk(&events->loop, close_one, NULL);
    uv_run(&events->loop, UV_RUN_DEFAULT);
    uv_loop_close(&events->loop);
}
