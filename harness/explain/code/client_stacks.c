#include "explain/code/client_stacks.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "model/memory.h"
#include "supervise/proc.h"

#define DEFAULT_PREFIX "/tmp/vgdb-pipe"

enum { PATIENCE_MS = 5000, OUTPUT_CAP = 4 << 20, ARGUMENTS_SIZE = 32 << 10, CHUNK = 65536 };

bool client_of_valgrind(pid_t pid)
{
    char path[64];
    char target[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0)
        return false;
    target[length] = '\0';
    const char *name = strrchr(target, '/');
    return name && strstr(target, "/valgrind/") && strstr(name, "-linux");
}

/* Inlined functions repeat the program counter. */
static void add_pc(struct client_stack *stack, uint64_t pc)
{
    if (stack->count == 0 || stack->pcs[stack->count - 1] != pc)
        *(uint64_t *)xappend((void **)&stack->pcs, &stack->count, sizeof *stack->pcs) = pc;
}

/* One line at a time: "Thread 2: status = ... (lwpid 817)", "==9==    by 0x401646: ...", "... client
 * SP: 0x1FFF0001F0". Frames before the first thread are Valgrind's own. */
void client_stacks_parse(const char *text, struct client_stacks *stacks)
{
    struct client_stack *current = NULL;
    for (const char *line = text; line && *line;) {
        const char *end = strchr(line, '\n');
        char *copy = end ? xstrndup(line, (size_t)(end - line)) : xstrdup(line);
        const char *lwpid = strstr(copy, "(lwpid ");
        const char *frame = strstr(copy, " at 0x");
        frame = frame ? frame : strstr(copy, " by 0x");
        const char *sp = strstr(copy, "client SP: 0x");
        if (strncmp(copy, "Thread ", 7) == 0 && lwpid) {
            current = xappend((void **)&stacks->items, &stacks->count, sizeof *current);
            current->tid = (pid_t)strtol(lwpid + strlen("(lwpid "), NULL, 10);
        } else if (current && frame && strncmp(copy, "==", 2) == 0) {
            add_pc(current, strtoull(frame + 4, NULL, 16));
        } else if (current && sp) {
            current->sp = strtoull(sp + strlen("client SP: "), NULL, 16);
        }
        free(copy);
        line = end ? end + 1 : NULL;
    }
}

/* vgdb under way. */
struct asking {
    uv_process_t process;
    uv_pipe_t pipe;
    uv_timer_t timer;
    char *text;
    size_t length;
    bool timed_out;
    int64_t status;
};

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    /* Used up within the same read callback. */
    static _Thread_local char chunk[CHUNK];
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(chunk, sizeof chunk);
}

static void on_text(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct asking *asking = stream->data;
    if (count > 0 && asking->length + (size_t)count < OUTPUT_CAP) {
        memcpy(asking->text + asking->length, buffer->base, (size_t)count);
        asking->length += (size_t)count;
    }
    if (count < 0)
        uv_read_stop(stream);
}

static void on_exit_of_vgdb(uv_process_t *process, int64_t status, int number)
{
    struct asking *asking = process->data;
    asking->status = number ? 128 + number : status;
    uv_timer_stop(&asking->timer);
}

static void on_patience_end(uv_timer_t *timer)
{
    struct asking *asking = timer->data;
    asking->timed_out = true;
    uv_process_kill(&asking->process, SIGKILL);
    uv_read_stop((uv_stream_t *)&asking->pipe);
}

/* Runs vgdb and reads what it says; returns a negative errno where it could not be started. */
static int ask(char **arguments, struct asking *asking)
{
    uv_loop_t loop;
    int rc = uv_loop_init(&loop);
    if (rc < 0)
        return rc;
    uv_pipe_init(&loop, &asking->pipe, 0);
    uv_timer_init(&loop, &asking->timer);
    asking->pipe.data = asking->timer.data = asking->process.data = asking;
    uv_stdio_container_t stdio[] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&asking->pipe},
        {.flags = UV_IGNORE},
    };
    const uv_process_options_t options = {.exit_cb = on_exit_of_vgdb,
                                          .file = arguments[0],
                                          .args = arguments,
                                          .stdio_count = 3,
                                          .stdio = stdio};
    rc = uv_spawn(&loop, &asking->process, &options);
    if (rc == 0) {
        uv_timer_start(&asking->timer, on_patience_end, PATIENCE_MS, 0);
        uv_read_start((uv_stream_t *)&asking->pipe, give_room, on_text);
        uv_run(&loop, UV_RUN_DEFAULT);
    }
    uv_close((uv_handle_t *)&asking->process, NULL);
    uv_close((uv_handle_t *)&asking->pipe, NULL);
    uv_close((uv_handle_t *)&asking->timer, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return rc;
}

/* An option of Valgrind's own command line, "--vgdb-prefix=/tmp/x"; NULL where it was not given. The
 * process may have changed the text: nothing but a missing answer comes of that. */
static char *valgrind_option(pid_t pid, const char *name)
{
    char path[64];
    char *text = xcalloc(1, ARGUMENTS_SIZE);
    char *value = NULL;
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    ssize_t length = proc_read_file(path, text, ARGUMENTS_SIZE);
    for (ssize_t at = 0; at < length; at += (ssize_t)strlen(text + at) + 1)
        if (strncmp(text + at, name, strlen(name)) == 0) {
            free(value);
            value = xstrdup(text + at + strlen(name));
        }
    free(text);
    return value;
}

void client_stacks_read(pid_t pid, struct client_stacks *stacks)
{
    *stacks = (struct client_stacks){0};
    struct asking asking = {0};
    char *vgdb = valgrind_option(pid, "--vgdb=");
    char *prefix = valgrind_option(pid, "--vgdb-prefix=");
    if (vgdb && strcmp(vgdb, "no") == 0) {
        stacks->note =
            xstrdup("Valgrind was started with --vgdb=no and cannot be asked for stacks");
        goto out;
    }
    char *of_pid = xasprintf("--pid=%d", pid);
    char *at = xasprintf("--vgdb-prefix=%s", prefix ? prefix : DEFAULT_PREFIX);
    /* All threads sleep, so that Valgrind does not look at its mail by itself. */
    char *arguments[] = {
        (char *)"vgdb",      of_pid, at, (char *)"--max-invoke-ms=1", (char *)"v.info",
        (char *)"scheduler", NULL};
    asking.text = xcalloc(1, OUTPUT_CAP);
    int rc = ask(arguments, &asking);
    client_stacks_parse(asking.text, stacks);
    if (rc < 0)
        stacks->note = xasprintf("vgdb cannot be run (%s): Valgrind cannot be asked for stacks",
                                 uv_strerror(rc));
    else if (stacks->count == 0)
        stacks->note = asking.timed_out
                           ? xstrdup("Valgrind did not answer vgdb within 5 s")
                           : xasprintf("Valgrind's answer to vgdb (exit status %d) has no stacks",
                                       (int)asking.status);
    free(of_pid);
    free(at);
    free(asking.text);
out:
    free(vgdb);
    free(prefix);
}

void client_stacks_release(struct client_stacks *stacks)
{
    for (size_t i = 0; i < stacks->count; i++)
        free(stacks->items[i].pcs);
    free(stacks->items);
    free(stacks->note);
    *stacks = (struct client_stacks){0};
}

const struct client_stack *client_stack_of(const struct client_stacks *stacks, pid_t tid)
{
    for (size_t i = 0; i < stacks->count; i++)
        if (stacks->items[i].tid == tid)
            return &stacks->items[i];
    return NULL;
}
