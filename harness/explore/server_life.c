#include "explore/server_life.h"

#include "model/memory.h"
#include "supervise/keeper_link.h"
#include "supervise/proc.h"
#include "supervise/start.h"
#include "supervise/supervise.h"
#include "supervise/sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PATIENCE_MS = 40000, /* above what the keeper allows itself */
    SWEEP_MS = 5,
    DRAIN_MS = 2000,
};
static const uint64_t sweep_ns = UINT64_C(20000000000);

struct life {
    struct life_events events;
    void *user;
    struct life_end end;
    char *program;
    uv_process_t keeper;
    uv_pipe_t link;
    uv_pipe_t answers;
    uv_timer_t timer; /* patience with the keeper, then the pace of sweeping, then the link's end */
    unsigned open;    /* handles */
    int commands;     /* -1: none */
    bool has_keeper;  /* its handle is initialised */
    bool failed;      /* to start: nobody is told */
    bool keeper_ended;
    bool swept;
    bool link_ended;
    bool tree_left;
    bool closing;
    uint64_t keeper_start;
    uint64_t sweep_until_ns;
    struct keeper_record record; /* the part of one that has been read */
    size_t record_length;
    struct wire_answer answer;
    size_t answer_length;
};

static void set_trouble(struct life *life, char *trouble)
{
    if (life->end.trouble)
        free(trouble);
    else
        life->end.trouble = trouble;
}

static void on_closed(uv_handle_t *handle)
{
    struct life *life = handle->data;
    if (--life->open > 0)
        return;
    if (!life->failed)
        life->events.over(&life->end, life->user);
    free(life->end.trouble);
    free(life->program);
    free(life);
}

static void close_all(struct life *life)
{
    if (life->closing)
        return;
    life->closing = true;
    if (life->commands >= 0)
        close(life->commands);
    life->commands = -1;
    if (life->has_keeper)
        uv_close((uv_handle_t *)&life->keeper, on_closed);
    uv_close((uv_handle_t *)&life->link, on_closed);
    uv_close((uv_handle_t *)&life->answers, on_closed);
    uv_close((uv_handle_t *)&life->timer, on_closed);
}

static void try_close(struct life *life)
{
    if (life->keeper_ended && life->swept && life->link_ended)
        close_all(life);
}

static void on_timer(uv_timer_t *timer);

static void sweep(struct life *life)
{
    int found = sweep_pass(life->timer.loop, life->keeper_start);
    if (found != 0 && run_now_ns() < life->sweep_until_ns) {
        uv_timer_start(&life->timer, on_timer, SWEEP_MS, 0);
        return;
    }
    if (found != 0)
        set_trouble(life, xasprintf("not every process of %s could be ended", life->program));
    life->swept = true;
    uv_timer_start(&life->timer, on_timer, DRAIN_MS, 0);
    try_close(life);
}

static void on_timer(uv_timer_t *timer)
{
    struct life *life = timer->data;
    if (!life->keeper_ended) {
        uv_process_kill(&life->keeper, SIGKILL);
    } else if (!life->swept) {
        sweep(life);
    } else {
        life->link_ended = true;
        try_close(life);
    }
}

static void on_keeper_exit(uv_process_t *process, int64_t status, int signal_number)
{
    struct life *life = process->data;
    life->keeper_ended = true;
    if (signal_number)
        set_trouble(life, xasprintf("the keeper of %s was killed by signal %d", life->program,
                                    signal_number));
    else if (status)
        set_trouble(life, xasprintf("the keeper of %s ended with status %lld", life->program,
                                    (long long)status));
    uv_update_time(life->timer.loop);
    if (status || signal_number || life->tree_left) {
        life->sweep_until_ns = run_now_ns() + sweep_ns;
        sweep(life);
        return;
    }
    life->swept = true;
    uv_timer_start(&life->timer, on_timer, DRAIN_MS, 0);
    try_close(life);
}

static void take_record(struct life *life, const struct keeper_record *record)
{
    switch (record->word) {
    case KEEPER_STARTED:
        break;
    case KEEPER_NOT_READY:
        set_trouble(life,
                    xasprintf("no keeper for %s: %s", life->program, strerror(record->value)));
        break;
    case KEEPER_NOT_STARTED:
        set_trouble(life, xasprintf("cannot run %s: %s", life->program, strerror(record->value)));
        break;
    case KEEPER_ENDED:
        life->end.itself = true;
        life->end.status = record->value;
        break;
    case KEEPER_LEFT:
        life->tree_left = true;
        set_trouble(
            life, xasprintf("%d processes of %s could not be ended", record->value, life->program));
        break;
    default:
        set_trouble(life, xasprintf("the keeper of %s sent what is no record", life->program));
        break;
    }
}

static void give_record(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct life *life = handle->data;
    (void)suggested;
    *buffer = uv_buf_init((char *)&life->record + life->record_length,
                          (unsigned)(sizeof(life->record) - life->record_length));
}

static void on_link(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct life *life = stream->data;
    (void)buffer;
    if (count < 0) {
        uv_read_stop(stream);
        life->link_ended = true;
        try_close(life);
        return;
    }
    life->record_length += (size_t)count;
    if (life->record_length == sizeof(life->record)) {
        life->record_length = 0;
        take_record(life, &life->record);
    }
}

static void give_answer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct life *life = handle->data;
    (void)suggested;
    *buffer = uv_buf_init((char *)&life->answer + life->answer_length,
                          (unsigned)(sizeof(life->answer) - life->answer_length));
}

static void on_answer(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct life *life = stream->data;
    (void)buffer;
    if (count < 0) {
        uv_read_stop(stream);
        return;
    }
    life->answer_length += (size_t)count;
    if (life->answer_length == sizeof(life->answer)) {
        life->answer_length = 0;
        life->events.answered(&life->answer, life->user);
    }
}

/* Ends of the three connections; ours and the keeper's. */
enum { LINK, COMMANDS, ANSWERS, ENDS };

static int open_ends(int *ours, int *theirs, bool serves)
{
    for (int i = 0; i < ENDS; i++)
        ours[i] = theirs[i] = -1;
    for (int i = 0; i < (serves ? ENDS : LINK + 1); i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
            return -errno;
        ours[i] = pair[0];
        theirs[i] = pair[1];
    }
    return 0;
}

static void close_ends(int *ends)
{
    for (int i = 0; i < ENDS; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
    }
}

static int listen_to(uv_pipe_t *pipe, int *fd, uv_alloc_cb give, uv_read_cb take)
{
    int error = uv_pipe_open(pipe, *fd);
    if (error)
        return error;
    *fd = -1;
    return uv_read_start((uv_stream_t *)pipe, give, take);
}

static int spawn(struct life *life, const struct life_spec *spec, const int *theirs)
{
    uv_stdio_container_t stdio[] = {
        {.flags = spec->input >= 0 ? UV_INHERIT_FD : UV_IGNORE, .data.fd = spec->input},
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = theirs[LINK]},
        {.flags = UV_INHERIT_FD, .data.fd = theirs[COMMANDS]},
        {.flags = UV_INHERIT_FD, .data.fd = theirs[ANSWERS]},
    };
    size_t given = 0;
    while (spec->arguments && spec->arguments[given])
        given++;
    const char **arguments = xcalloc(given + 6, sizeof(*arguments));
    size_t count = 0;
    arguments[count++] = spec->keeper;
    if (spec->serves)
        arguments[count++] = "--pass";
    arguments[count++] = spec->folder;
    arguments[count++] = spec->preload ? spec->preload : "-";
    arguments[count++] = spec->program;
    for (size_t i = 0; i < given; i++)
        arguments[count++] = spec->arguments[i];
    char **environment = start_environment(spec->settings);
    const uv_process_options_t options = {
        .exit_cb = on_keeper_exit,
        .file = spec->keeper,
        .args = (char **)arguments,
        .env = environment,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = spec->serves ? 6 : 4,
        .stdio = stdio,
    };
    int error = uv_spawn(life->timer.loop, &life->keeper, &options);
    start_free(environment);
    free((void *)arguments);
    return error;
}

int life_start(uv_loop_t *loop, const struct life_spec *spec, const struct life_events *events,
               void *user, struct life **made)
{
    int ours[ENDS];
    int theirs[ENDS];
    struct proc_process process;
    struct life *life = xcalloc(1, sizeof(*life));
    life->events = *events;
    life->user = user;
    life->program = xstrdup(spec->program);
    life->open = 3;
    uv_pipe_init(loop, &life->link, 0);
    uv_pipe_init(loop, &life->answers, 0);
    uv_timer_init(loop, &life->timer);
    life->keeper.data = life->link.data = life->answers.data = life->timer.data = life;
    int error = open_ends(ours, theirs, spec->serves);
    if (!error)
        error = listen_to(&life->link, &ours[LINK], give_record, on_link);
    if (!error && spec->serves)
        error = listen_to(&life->answers, &ours[ANSWERS], give_answer, on_answer);
    life->commands = ours[COMMANDS];
    ours[COMMANDS] = -1;
    if (!error) {
        /* Also where it fails, uv_spawn() leaves a handle that is to be closed. */
        life->has_keeper = true;
        life->open++;
        error = spawn(life, spec, theirs);
    }
    close_ends(ours);
    close_ends(theirs);
    if (error) {
        life->failed = true;
        close_all(life);
        return error;
    }
    if (proc_process_read(uv_process_get_pid(&life->keeper), &process) == 0)
        life->keeper_start = process.start;
    *made = life;
    return 0;
}

void life_command(struct life *life)
{
    const char run = WIRE_RUN;
    if (life->commands >= 0)
        (void)send(life->commands, &run, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void life_stop(struct life *life)
{
    uv_os_fd_t fd;
    if (life->keeper_ended || life->closing)
        return;
    if (!life->link_ended && uv_fileno((uv_handle_t *)&life->link, &fd) == 0)
        (void)send(fd, "e", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    /* The program may have stopped its keeper. */
    uv_process_kill(&life->keeper, SIGCONT);
    uv_update_time(life->timer.loop);
    if (!uv_is_active((uv_handle_t *)&life->timer))
        uv_timer_start(&life->timer, on_timer, PATIENCE_MS, 0);
}

bool life_has_strays(const struct life *life)
{
    char path[64];
    char children[64] = "";
    int pid = uv_process_get_pid(&life->keeper);
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, children, sizeof(children) - 1) : 0;
    if (fd >= 0)
        close(fd);
    /* The fork server itself is one of them; the file has a blank behind each. */
    const char *first = length > 0 ? strchr(children, ' ') : NULL;
    return first && first[1] != '\0';
}
