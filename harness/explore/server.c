#include "explore/server.h"

#include "explore/block.h"
#include "explore/server_life.h"
#include "model/memory.h"
#include "supervise/keeper_link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_LIMIT_MS 60000 /* for the program to be executed, on a busy machine */

enum state {
    STATE_IDLE,     /* no run is under way; a fork server may wait */
    STATE_STARTING, /* of a fork server, for a run */
    STATE_RUNNING,
    STATE_ENDED, /* the run is over, and what it needs is being ended before that is told */
};

struct server {
    uv_loop_t *loop;
    struct server_spec spec; /* its strings are the server's own */
    char **settings;
    char *path;
    struct wire_block *block;
    int input; /* -1: /dev/null */
    struct life *life;
    enum state state;
    bool anew;
    bool ready; /* the fork server waits for commands */
    uv_timer_t timer;
    bool freed;
    bool timer_closed;
    server_done_fn *done;
    void *user;
    uint64_t time_limit_ms;
    enum server_end end; /* in STATE_ENDED */
    int status;
    char *trouble;
};

static char **copy_strings(const char *const *strings)
{
    char **copy = NULL;
    size_t count = 0;
    for (size_t i = 0; strings && strings[i]; i++)
        *(char **)xappend((void **)&copy, &count, sizeof(*copy)) = xstrdup(strings[i]);
    *(char **)xappend((void **)&copy, &count, sizeof(*copy)) = NULL;
    return copy;
}

static void free_strings(const char *const *strings)
{
    for (size_t i = 0; strings && strings[i]; i++)
        free((char *)strings[i]);
    free((void *)strings);
}

static void start_life(struct server *server);

/* The run's end as far as it is known from outside, where it could not be noted inside. */
static void complete_outcome(struct server *server)
{
    struct wire_outcome *outcome = &server->block->outcome;
    if (server->end != SERVER_OVER || outcome->end != WIRE_UNFINISHED)
        return;
    if (WIFSIGNALED(server->status)) {
        outcome->end = WIRE_SIGNALLED;
        outcome->status = WTERMSIG(server->status);
    } else {
        outcome->end = WIRE_EXITED;
        outcome->status = WEXITSTATUS(server->status);
    }
}

static void deliver(struct server *server)
{
    char *trouble = server->trouble;
    server->trouble = NULL;
    server->state = STATE_IDLE;
    uv_timer_stop(&server->timer);
    complete_outcome(server);
    server->done(server->end, server->status, trouble, server->user);
    free(trouble);
}

/* The run is over; told once nothing is left that is to be ended. */
static void end_run(struct server *server, enum server_end end, char *trouble)
{
    server->state = STATE_ENDED;
    server->end = end;
    server->trouble = trouble;
    if (server->life) {
        server->ready = false;
        life_stop(server->life);
    } else {
        deliver(server);
    }
}

static char *not_at_work(const struct server *server)
{
    return xasprintf("%s ended before the scheduler inside it was at work: it cannot be preloaded "
                     "into a program that is linked statically or has set-user-ID rights",
                     server->spec.program);
}

static void on_answer(const struct wire_answer *answer, void *user)
{
    struct server *server = user;
    switch (answer->kind) {
    case WIRE_READY:
        server->ready = server->state == STATE_STARTING;
        if (server->ready) {
            server->state = STATE_RUNNING;
            life_command(server->life);
        }
        break;
    case WIRE_UNFIT:
        server->anew = true;
        life_stop(server->life);
        break;
    case WIRE_OVER:
        if (server->state != STATE_RUNNING)
            break;
        server->end = SERVER_OVER;
        server->status = answer->value;
        if (life_has_strays(server->life))
            end_run(server, SERVER_OVER, NULL);
        else
            deliver(server);
        break;
    default:
        break;
    }
}

/* The program is gone while a run is under way. */
static void on_lost(struct server *server, const struct life_end *end)
{
    bool alone = server->anew && server->state == STATE_RUNNING;
    if (!end->itself && (end->trouble || alone)) {
        end_run(server, SERVER_FAILED,
                end->trouble ? xstrdup(end->trouble)
                             : xasprintf("%s was ended by its keeper", server->spec.program));
    } else if (alone) {
        server->status = end->status;
        bool seen = server->block->outcome.threads > 0;
        end_run(server, seen ? SERVER_OVER : SERVER_FAILED, seen ? NULL : not_at_work(server));
    } else if (server->anew || server->state == STATE_RUNNING) {
        /* It is no program to be forked: it says so itself, or a run has ended its parent. */
        server->anew = true;
        server->state = STATE_STARTING;
        start_life(server);
    } else {
        end_run(server, SERVER_FAILED, not_at_work(server));
    }
}

static void on_life_over(const struct life_end *end, void *user)
{
    struct server *server = user;
    server->life = NULL;
    server->ready = false;
    if (server->state == STATE_ENDED)
        deliver(server);
    else if (server->state != STATE_IDLE)
        on_lost(server, end);
}

static void on_time_limit(uv_timer_t *timer)
{
    struct server *server = timer->data;
    if (server->state == STATE_RUNNING)
        end_run(server, SERVER_TIMED_OUT, NULL);
    else if (server->state == STATE_ENDED && !server->life)
        deliver(server);
    else if (server->state == STATE_STARTING)
        end_run(server, SERVER_FAILED,
                xasprintf("%s did not come to its scheduler within %d s", server->spec.program,
                          READY_LIMIT_MS / 1000));
}

static void set_timer(struct server *server, uint64_t limit_ms)
{
    uv_update_time(server->loop);
    uv_timer_start(&server->timer, on_time_limit, limit_ms, 0);
}

static void start_life(struct server *server)
{
    const struct life_events events = {on_answer, on_life_over};
    char *variable = server->anew ? xasprintf(WIRE_VARIABLE "=%s", server->path)
                                  : xasprintf(WIRE_VARIABLE "=%s:%d,%d", server->path,
                                              KEEPER_PASSED, KEEPER_PASSED + 1);
    const struct life_spec spec = {
        .keeper = server->spec.keeper,
        .folder = server->spec.folder,
        .program = server->spec.program,
        .arguments = server->spec.arguments,
        .settings = (const char *const *)server->settings,
        .preload = server->spec.runtime,
        .input = server->input,
        .serves = !server->anew,
    };
    server->settings[0] = variable;
    int error = life_start(server->loop, &spec, &events, server, &server->life);
    server->settings[0] = NULL;
    free(variable);
    if (error) {
        server->life = NULL;
        server->state = STATE_ENDED;
        server->end = SERVER_FAILED;
        server->trouble = xasprintf("%s could not be started through the keeper %s: %s",
                                    server->spec.program, server->spec.keeper, strerror(-error));
        /* Told from the loop, as all ends are. */
        set_timer(server, 0);
        return;
    }
    server->state = server->anew ? STATE_RUNNING : STATE_STARTING;
    set_timer(server, server->anew ? server->time_limit_ms : READY_LIMIT_MS);
}

static void own_spec(struct server *server, const struct server_spec *spec)
{
    size_t count = 0;
    server->spec = *spec;
    server->spec.keeper = xstrdup(spec->keeper);
    server->spec.program = xstrdup(spec->program);
    server->spec.folder = xstrdup(spec->folder);
    server->spec.runtime = spec->runtime ? xstrdup(spec->runtime) : NULL;
    server->spec.input = NULL;
    server->spec.arguments = (const char *const *)copy_strings(spec->arguments);
    server->spec.environment = NULL;
    /* The first is RACELAB_EXPLORE, of each life its own. */
    xappend((void **)&server->settings, &count, sizeof(*server->settings));
    if (spec->runtime) {
        const char *others = getenv("LD_PRELOAD");
        for (size_t i = 0; spec->environment && spec->environment[i]; i++)
            if (strncmp(spec->environment[i], "LD_PRELOAD=", strlen("LD_PRELOAD=")) == 0)
                others = spec->environment[i] + strlen("LD_PRELOAD=");
        if (others && *others) {
            free((char *)server->spec.runtime);
            server->spec.runtime = xasprintf("%s:%s", spec->runtime, others);
        }
    }
    for (size_t i = 0; spec->environment && spec->environment[i]; i++)
        *(char **)xappend((void **)&server->settings, &count, sizeof(*server->settings)) =
            xstrdup(spec->environment[i]);
    if (spec->runtime)
        *(char **)xappend((void **)&server->settings, &count, sizeof(*server->settings)) =
            xasprintf("LD_PRELOAD=%s", server->spec.runtime);
    xappend((void **)&server->settings, &count, sizeof(*server->settings));
}

static void release(struct server *server)
{
    block_close(server->block);
    if (server->block)
        unlink(server->path);
    if (server->input >= 0)
        close(server->input);
    for (size_t i = 1; server->settings[i]; i++)
        free(server->settings[i]);
    free(server->settings);
    free_strings(server->spec.arguments);
    free((char *)server->spec.keeper);
    free((char *)server->spec.program);
    free((char *)server->spec.folder);
    free((char *)server->spec.runtime);
    free(server->path);
    free(server);
}

int server_new(uv_loop_t *loop, const struct server_spec *spec, struct server **made)
{
    static unsigned number; /* of fixed width: the length of its path moves the program's stack */
    int error = 0;
    struct server *server = xcalloc(1, sizeof(*server));
    *made = NULL;
    server->loop = loop;
    server->input = -1;
    server->anew = spec->anew;
    own_spec(server, spec);
    server->path = xasprintf("%s/block-%06u", spec->folder, number++ % 1000000);
    /* What a program leaves that kills its keeper falls to this process. */
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        error = -errno;
    if (!error && spec->input) {
        server->input = open(spec->input, O_RDONLY | O_CLOEXEC);
        error = server->input < 0 ? -errno : 0;
    }
    if (!error)
        error = block_open(server->path, &server->block);
    if (!error)
        error = uv_timer_init(loop, &server->timer);
    if (error) {
        release(server);
        return error;
    }
    server->timer.data = server;
    *made = server;
    return 0;
}

void server_fix_addresses(void)
{
    int persona = personality(0xffffffff);
    if (persona >= 0)
        (void)personality((unsigned long)persona | ADDR_NO_RANDOMIZE);
}

struct wire_block *server_block(struct server *server)
{
    return server->block;
}

int server_run(struct server *server, uint64_t time_limit_ms, server_done_fn *done, void *user)
{
    if (server->state != STATE_IDLE || time_limit_ms == 0)
        return -EINVAL;
    server->done = done;
    server->user = user;
    server->time_limit_ms = time_limit_ms;
    block_clear(server->block);
    /* All runs of a fork server share one open file. */
    if (server->input >= 0 && lseek(server->input, 0, SEEK_SET) < 0)
        return -errno;
    if (server->ready) {
        server->state = STATE_RUNNING;
        set_timer(server, time_limit_ms);
        life_command(server->life);
    } else {
        server->state = STATE_STARTING;
        start_life(server);
    }
    return 0;
}

void server_cancel(struct server *server)
{
    if (server->state == STATE_STARTING || server->state == STATE_RUNNING)
        end_run(server, SERVER_CANCELLED, NULL);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct server *server = handle->data;
    server->timer_closed = true;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    server_cancel(server);
    if (server->life)
        life_stop(server->life);
    while (server->life || server->state != STATE_IDLE)
        uv_run(server->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&server->timer, on_timer_closed);
    while (!server->timer_closed)
        uv_run(server->loop, UV_RUN_ONCE);
    release(server);
}
