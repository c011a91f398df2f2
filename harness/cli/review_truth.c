#include "cli/review_truth.h"

#include "cli/report_dir.h"
#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a search: what the programs of the corpus that fail at all need, and their right twins end soon. */
#define SCHEDULES "300"
#define POINTS    "300000"
/* Each run of a program is ended then, where it has no limit of its own. */
#define RUN_LIMIT_S 20
/* Above what its own limit says: a program is slower under a detector. */
#define SPARE_S 5

enum {
    OUTPUT_CAP = 1 << 20,   /* of each of the two streams of one command */
    TIME_LIMIT_MS = 180000, /* of one command; each run in it has a limit of its own */
    GRACE_MS = 5000,        /* to end what it runs, before it is killed */
    LEFT_OPEN_MS = 1000,    /* for output that somebody else still holds open when it has ended */
};

enum step { STEP_CHECK, STEP_REPLAY };

struct truth_job {
    struct truth *truth;
    struct truth_job *next;
    enum truth_state state;
    char *text;
    size_t length;
    unsigned limit_s;
    char *check;
    char *schedule;
    char *trouble;
    bool dropped;
};

struct stream {
    uv_pipe_t pipe;
    char *text;
    size_t length;
};

/* The one command that is under way. */
struct child {
    uv_process_t process;
    uv_timer_t timer;
    struct stream streams[2]; /* standard output and error */
    int open;                 /* handles that are not closed yet */
    bool exited;
    bool asked_to_end;
    const char *cut; /* why it was ended, where that was not for being dropped */
    int64_t status;
    int signal;
};

struct truth {
    struct truth_spec spec;
    char *self;             /* racelab's own executable */
    char *folder;           /* of all jobs; from report_dir_make() */
    char *place;            /* of the job at work */
    struct truth_job *jobs; /* in their order; the first is at work when `busy` */
    bool busy;
    enum step step;
    struct child child;
};

static void start(struct truth *truth);
static void step_over(struct truth *truth);
static void on_time(uv_timer_t *timer);

static void changed(struct truth *truth)
{
    if (truth->spec.changed)
        truth->spec.changed(truth->spec.user);
}

static void job_free(struct truth_job *job)
{
    free(job->text);
    free(job->check);
    free(job->schedule);
    free(job->trouble);
    free(job);
}

/* `trouble` is taken over; NULL: all is there. */
static void job_over(struct truth *truth, char *trouble)
{
    struct truth_job *job = truth->jobs;
    truth->jobs = job->next;
    truth->busy = false;
    report_dir_remove(truth->place);
    truth->place = NULL;
    if (job->dropped) {
        free(trouble);
        job_free(job);
    } else {
        job->state = trouble ? TRUTH_NONE : TRUTH_THERE;
        job->trouble = trouble;
        changed(truth);
    }
    start(truth);
}

/* It leads a group, and ends what it runs when it is told to; where it does not, it is killed. */
static void end_child(struct truth *truth, const char *cut)
{
    struct child *child = &truth->child;
    if (child->exited || child->asked_to_end)
        return;
    child->asked_to_end = true;
    child->cut = cut;
    uv_process_kill(&child->process, SIGTERM);
    uv_timer_start(&child->timer, on_time, GRACE_MS, 0);
}

static void on_closed(uv_handle_t *handle)
{
    struct truth *truth = handle->data;
    if (--truth->child.open == 0)
        step_over(truth);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

/* The timer goes last: until then it guards what is still open. */
static void close_timer_at_last(struct truth *truth)
{
    struct child *child = &truth->child;
    if (uv_is_closing((uv_handle_t *)&child->process) &&
        uv_is_closing((uv_handle_t *)&child->streams[0].pipe) &&
        uv_is_closing((uv_handle_t *)&child->streams[1].pipe))
        close_handle((uv_handle_t *)&child->timer);
}

static void on_time(uv_timer_t *timer)
{
    struct truth *truth = timer->data;
    struct child *child = &truth->child;
    if (child->exited) {
        close_handle((uv_handle_t *)&child->streams[0].pipe);
        close_handle((uv_handle_t *)&child->streams[1].pipe);
        close_timer_at_last(truth);
    } else if (child->asked_to_end) {
        kill(-child->process.pid, SIGKILL);
    } else {
        end_child(truth, "the detectors did not come to an end in time");
    }
}

static void on_exited(uv_process_t *process, int64_t status, int signal_number)
{
    struct truth *truth = process->data;
    struct child *child = &truth->child;
    child->exited = true;
    child->status = status;
    child->signal = signal_number;
    close_handle((uv_handle_t *)process);
    uv_timer_start(&child->timer, on_time, LEFT_OPEN_MS, 0);
    close_timer_at_last(truth);
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
    struct truth *truth = pipe->data;
    struct child *child = &truth->child;
    struct stream *stream = &child->streams[pipe == (uv_stream_t *)&child->streams[1].pipe];
    if (length < 0) {
        close_handle((uv_handle_t *)pipe);
        close_timer_at_last(truth);
        return;
    }
    size_t room = OUTPUT_CAP - stream->length;
    size_t taken = (size_t)length < room ? (size_t)length : room;
    memcpy(stream->text + stream->length, buffer->base, taken);
    stream->length += taken;
    stream->text[stream->length] = '\0';
    if (taken < (size_t)length)
        end_child(truth, "the program prints without end");
}

/* Ours, but for TMPDIR: what is left there goes with the job's folder. Ended by NULL; the first is from malloc. */
static char **environment_make(const char *place)
{
    size_t count = 0;
    while (environ[count])
        count++;
    char **list = xcalloc(count + 2, sizeof(*list));
    size_t used = 0;
    list[used++] = xasprintf("TMPDIR=%s/tmp", place);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], "TMPDIR=", 7) != 0)
            list[used++] = environ[i];
    }
    return list;
}

static int stream_open(struct truth *truth, int which, uv_stdio_container_t *container)
{
    struct stream *stream = &truth->child.streams[which];
    *stream = (struct stream){.text = xcalloc(OUTPUT_CAP + 1, 1)};
    *container = (uv_stdio_container_t){.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
                                        .data.stream = (uv_stream_t *)&stream->pipe};
    stream->pipe.data = truth;
    truth->child.open++;
    return uv_pipe_init(truth->spec.loop, &stream->pipe, 0);
}

/* Starts racelab with these arguments, ended by NULL. Where it cannot be started, that is told when the handles are
 * closed, as any other end is. */
static void spawn(struct truth *truth, char **arguments)
{
    struct child *child = &truth->child;
    *child = (struct child){0};
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}};
    char **environment = environment_make(truth->place);
    const uv_process_options_t options = {
        .exit_cb = on_exited,
        .file = truth->self,
        .args = arguments,
        .env = environment,
        .cwd = truth->place,
        .flags = UV_PROCESS_DETACHED, /* the terminal's interrupt is for us */
        .stdio = stdio,
        .stdio_count = 3,
    };
    uv_timer_init(truth->spec.loop, &child->timer);
    child->timer.data = truth;
    child->process.data = truth;
    child->open = 2;
    stream_open(truth, 0, &stdio[1]);
    stream_open(truth, 1, &stdio[2]);
    int error = uv_spawn(truth->spec.loop, &child->process, &options);
    free(environment[0]);
    free(environment);
    if (error) {
        child->exited = true;
        child->cut = uv_strerror(error);
        close_handle((uv_handle_t *)&child->process);
        close_handle((uv_handle_t *)&child->streams[0].pipe);
        close_handle((uv_handle_t *)&child->streams[1].pipe);
        close_handle((uv_handle_t *)&child->timer);
        return;
    }
    uv_timer_start(&child->timer, on_time, TIME_LIMIT_MS, 0);
    for (int i = 0; i < 2; i++)
        uv_read_start((uv_stream_t *)&child->streams[i].pipe, on_room, on_output);
}

static void spawn_check(struct truth *truth)
{
    const struct truth_job *job = truth->jobs;
    char *limit = xasprintf("%u", job->limit_s ? job->limit_s + SPARE_S : RUN_LIMIT_S);
    char *jobs = xasprintf("%u", uv_available_parallelism());
    char *arguments[] = {"racelab", "check",     "program.c", "--explore", SCHEDULES, "--points",
                         POINTS,    "--timeout", limit,       "--jobs",    jobs,      NULL};
    truth->step = STEP_CHECK;
    spawn(truth, arguments);
    free(limit);
    free(jobs);
}

static void spawn_replay(struct truth *truth)
{
    char *columns = xasprintf("%u", truth->spec.columns);
    char *arguments[] = {"racelab",   "replay", "program.c", "--schedule", "program.schedule.json",
                         "--columns", columns,  NULL};
    truth->step = STEP_REPLAY;
    spawn(truth, arguments);
    free(columns);
}

/* Returns 0 or a negative errno. */
static int write_program(const char *place, const char *text, size_t length)
{
    char *path = xasprintf("%s/program.c", place);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int error = fd < 0 ? -errno : 0;
    for (size_t done = 0; !error && done < length;) {
        ssize_t now = write(fd, text + done, length - done);
        if (now > 0)
            done += (size_t)now;
        else if (errno != EINTR)
            error = -errno;
    }
    if (fd >= 0 && close(fd) != 0 && !error)
        error = -errno;
    free(path);
    return error;
}

static int prepare(struct truth *truth)
{
    const struct truth_job *job = truth->jobs;
    char *tmp = xasprintf("%s/job/tmp", truth->folder);
    truth->place = xasprintf("%s/job", truth->folder);
    int error = mkdir(truth->place, 0700) != 0 || mkdir(tmp, 0700) != 0 ? -errno : 0;
    if (!error)
        error = write_program(truth->place, job->text, job->length);
    free(tmp);
    return error;
}

/* The next job, where there is one and none is at work. */
static void start(struct truth *truth)
{
    if (truth->busy || !truth->jobs)
        return;
    truth->busy = true;
    truth->jobs->state = TRUTH_AT_WORK;
    int error = prepare(truth);
    if (error) {
        job_over(truth, xasprintf("the program could not be written to %s: %s (TMPDIR names "
                                  "another place)",
                                  truth->folder, strerror(-error)));
        return;
    }
    changed(truth);
    spawn_check(truth);
}

/* The first line of what a command said of its trouble. */
static char *complaint(const struct child *child)
{
    const char *text = child->streams[1].text;
    size_t length = strcspn(text, "\n");
    return length > 0 ? xasprintf(": %.*s", (int)length, text) : xstrdup("");
}

/* Why there is no result of this command, a sentence from malloc; NULL where there is one. */
static char *trouble_of(const struct child *child, const char *command)
{
    bool fine = child->status == STATUS_KEPT || child->status == STATUS_NOT_KEPT ||
                ((child->status == STATUS_FAILED || child->status == STATUS_SKIPPED) &&
                 child->streams[0].length > 0);
    if (child->cut)
        return xasprintf("racelab %s was ended: %s", command, child->cut);
    if (child->signal)
        return xasprintf("racelab %s was ended by signal %d (%s)", command, child->signal,
                         strsignal(child->signal));
    if (fine)
        return NULL;
    char *why = complaint(child);
    char *sentence =
        xasprintf("racelab %s failed with exit status %d%s", command, (int)child->status, why);
    free(why);
    return sentence;
}

static void step_over(struct truth *truth)
{
    struct truth_job *job = truth->jobs;
    struct child *child = &truth->child;
    bool checked = truth->step == STEP_CHECK;
    char *trouble = trouble_of(child, checked ? "check" : "replay");
    char *schedule = xasprintf("%s/program.schedule.json", truth->place);
    bool replays = checked && !trouble && !job->dropped && access(schedule, R_OK) == 0;
    if (!trouble)
        *(checked ? &job->check : &job->schedule) = xstrdup(child->streams[0].text);
    else if (!checked) {
        /* What the detectors said holds without it. */
        job->schedule = trouble;
        trouble = NULL;
    }
    free(schedule);
    free(child->streams[0].text);
    free(child->streams[1].text);
    if (!replays) {
        job_over(truth, trouble);
        return;
    }
    changed(truth);
    spawn_replay(truth);
}

int truth_open(const struct truth_spec *spec, struct truth **truth)
{
    char self[4096];
    size_t length = sizeof(self);
    int error = uv_exepath(self, &length);
    char *folder = error ? NULL : report_dir_make();
    *truth = NULL;
    if (!folder)
        return error ? error : -errno;
    *truth = xcalloc(1, sizeof(**truth));
    (*truth)->spec = *spec;
    (*truth)->self = xstrdup(self);
    (*truth)->folder = folder;
    return 0;
}

struct truth_job *truth_ask(struct truth *truth, const char *text, size_t length, unsigned limit_s)
{
    struct truth_job *job = xcalloc(1, sizeof(*job));
    struct truth_job **link = &truth->jobs;
    while (*link)
        link = &(*link)->next;
    *link = job;
    job->truth = truth;
    job->text = xstrndup(text, length);
    job->length = length;
    job->limit_s = limit_s;
    start(truth);
    return job;
}

struct truth_said truth_said(const struct truth_job *job)
{
    return (struct truth_said){job->state, job->check, job->schedule, job->trouble};
}

void truth_drop(struct truth_job *job)
{
    if (!job)
        return;
    struct truth *truth = job->truth;
    if (job->state == TRUTH_AT_WORK) {
        job->dropped = true;
        end_child(truth, NULL);
        return;
    }
    struct truth_job **link = &truth->jobs;
    while (*link && *link != job)
        link = &(*link)->next;
    if (*link)
        *link = job->next;
    job_free(job);
}

void truth_close(struct truth *truth)
{
    if (!truth)
        return;
    while (truth->jobs)
        uv_run(truth->spec.loop, UV_RUN_ONCE);
    report_dir_remove(truth->folder);
    free(truth->self);
    free(truth);
}
