#include "cli/review_truth.h"

#include "cli/report_dir.h"
#include "cli/review_child.h"
#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
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

struct truth {
    struct truth_spec spec;
    char *self;             /* racelab's own executable */
    char *folder;           /* of all jobs; from report_dir_make() */
    char *place;            /* of the job at work; NULL: none is */
    struct truth_job *jobs; /* in their order; the first may be at work */
    enum step step;
    struct child child;
};

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

/* The first job is at work no more. */
static struct truth_job *take_first(struct truth *truth)
{
    struct truth_job *job = truth->jobs;
    truth->jobs = job->next;
    report_dir_remove(truth->place);
    truth->place = NULL;
    return job;
}

/* `trouble` is taken over; NULL: all is there. */
static void settle(struct truth *truth, char *trouble)
{
    struct truth_job *job = take_first(truth);
    job->state = trouble ? TRUTH_NONE : TRUTH_THERE;
    job->trouble = trouble;
    changed(truth);
}

static void start_check(struct truth *truth)
{
    const struct truth_job *job = truth->jobs;
    char *limit = xasprintf("%u", job->limit_s ? job->limit_s + SPARE_S : RUN_LIMIT_S);
    char *jobs = xasprintf("%u", uv_available_parallelism());
    char *arguments[] = {"racelab", "check",     "program.c", "--explore", SCHEDULES, "--points",
                         POINTS,    "--timeout", limit,       "--jobs",    jobs,      NULL};
    truth->step = STEP_CHECK;
    child_start(&truth->child, truth->self, arguments, truth->place);
    free(limit);
    free(jobs);
}

static void start_replay(struct truth *truth)
{
    char *columns = xasprintf("%u", truth->spec.columns);
    char *arguments[] = {"racelab",   "replay", "program.c", "--schedule", "program.schedule.json",
                         "--columns", columns,  NULL};
    truth->step = STEP_REPLAY;
    child_start(&truth->child, truth->self, arguments, truth->place);
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
    while (!truth->place && truth->jobs) {
        truth->jobs->state = TRUTH_AT_WORK;
        int error = prepare(truth);
        if (!error) {
            start_check(truth);
            changed(truth);
            return;
        }
        settle(truth, xasprintf("The program could not be written to %s: %s (TMPDIR names another "
                                "place).",
                                truth->folder, strerror(-error)));
    }
}

/* The line of standard error that tells most: an error, else the first. */
static char *complaint(const struct child *child)
{
    const char *at = strstr(child->err.text, "error: ");
    while (at && at > child->err.text && at[-1] != '\n')
        at--;
    at = at ? at : child->err.text;
    size_t length = strcspn(at, "\n");
    return length > 0 ? xasprintf(": %.*s", (int)length, at) : xstrdup("");
}

/* What compilers say of that, and what racelab does: half a check is worse than none. */
static bool met_full_disk(const struct child *child)
{
    return strstr(child->err.text, strerror(ENOSPC)) ||
           strstr(child->out.text, " is full: free some space");
}

/* Why there is no result of this command, a sentence from malloc; NULL where there is one. */
static char *trouble_of(const struct child *child, const char *command)
{
    bool fine = child->status == STATUS_KEPT || child->status == STATUS_NOT_KEPT ||
                ((child->status == STATUS_FAILED || child->status == STATUS_SKIPPED) &&
                 child->out.length > 0);
    if (child->cut)
        return xasprintf("racelab %s has no result: %s.", command, child->cut);
    if (met_full_disk(child))
        return xasprintf("racelab %s has no result: the disk of its temporary folder is full; free "
                         "some space, or point TMPDIR elsewhere.",
                         command);
    if (child->signal)
        return xasprintf("racelab %s was ended by signal %d (%s).", command, child->signal,
                         strsignal(child->signal));
    if (fine)
        return NULL;
    char *why = complaint(child);
    char *sentence =
        xasprintf("racelab %s ended with status %d%s", command, (int)child->status, why);
    free(why);
    return sentence;
}

/* A check is over, or a replay. */
static void on_over(void *user)
{
    struct truth *truth = user;
    struct truth_job *job = truth->jobs;
    struct child *child = &truth->child;
    bool checked = truth->step == STEP_CHECK;
    char *trouble = trouble_of(child, checked ? "check" : "replay");
    char *schedule = xasprintf("%s/program.schedule.json", truth->place);
    bool replays = checked && !trouble && !job->dropped && access(schedule, R_OK) == 0;
    if (checked && !trouble) {
        job->check = xstrdup(child->out.text);
    } else if (!checked) {
        /* What the detectors said holds without it. */
        job->schedule = trouble ? trouble : xstrdup(child->out.text);
        trouble = NULL;
    }
    free(schedule);
    child_release(child);
    if (replays) {
        changed(truth);
        start_replay(truth);
        return;
    }
    if (job->dropped) {
        free(trouble);
        job_free(take_first(truth));
    } else {
        settle(truth, trouble);
    }
    start(truth);
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
    (*truth)->child = (struct child){.loop = spec->loop, .over = on_over, .user = *truth};
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
        child_end(&truth->child, NULL);
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
