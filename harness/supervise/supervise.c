#include "supervise/supervise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "model/memory.h"
#include "supervise/reports.h"
#include "supervise/run.h"

enum {
    SAMPLE_MS = 40,
    SAMPLE_MOST_MS = 1000,
    SAMPLE_SHARE = 5, /* samples may take one part in so many of a processor */
};

struct supervisor {
    uv_loop_t *loop;
    char *keeper;
    struct run *runs;
    uv_timer_t sampler; /* active while there are runs */
    bool closed;
};

/* One reading of the process table serves all runs of a sample, and is made for the first that
 * needs it. */
struct sample {
    struct proc_table table;
    bool read;
    int error;
};

static void watch_report(struct run *run)
{
    uint64_t size;
    if (!run->report_dir || run->report_cap == 0)
        return;
    (void)reports_size(run->report_dir, &size);
    if (size > run->report_cap)
        run_decide(run, RUN_FLOODED, NULL);
}

static void scan_tree(struct run *run, const struct proc_table *table, struct tree_scan *scan)
{
    tree_scan_read(table, uv_process_get_pid(&run->keeper), run->served,
                   sizeof run->served / sizeof *run->served, &run->watch.last, scan);
}

void run_look(struct run *run, enum look look)
{
    struct proc_table table;
    if (!run->look)
        return;
    if (look == LOOK_TIME_LIMIT && proc_table_read(&table) == 0) {
        struct tree_scan scan;
        scan_tree(run, &table, &scan);
        proc_table_release(&table);
        tree_scan_release(&run->watch.last);
        run->watch.last = scan;
    }
    run->look(look, &run->watch.last, run->user);
}

static void watch_tree(struct run *run, struct sample *sample)
{
    struct tree_scan scan;
    if (hang_watch_skip(&run->watch, run_now_ns()))
        return;
    if (!sample->read) {
        sample->error = proc_table_read(&sample->table);
        sample->read = true;
    }
    if (sample->error < 0) {
        hang_watch_release(&run->watch);
        run->watch.hidden = -sample->error;
        return;
    }
    scan_tree(run, &sample->table, &scan);
    if (hang_watch_add(&run->watch, &scan, run_now_ns()))
        run_decide(run, RUN_HUNG, NULL);
    else if (hang_watch_part(&run->watch, run_now_ns()))
        run_look(run, LOOK_PART);
}

static void await_mark(struct run *run)
{
    if (!run->mark || access(run->mark, F_OK) != 0)
        return;
    free(run->mark);
    run->mark = NULL;
    run_enter(run, PHASE_RUNNING, run->mark_limit_ms);
}

static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static void on_sample(uv_timer_t *timer)
{
    struct supervisor *supervisor = timer->data;
    struct sample sample = {0};
    /* Its own time: a busy machine makes a sample longer, but no more costly. */
    uint64_t before = cpu_ns();
    for (struct run *run = supervisor->runs; run; run = run->next) {
        if (run->phase != PHASE_RUNNING)
            continue;
        watch_report(run);
        if (run->phase == PHASE_RUNNING) {
            await_mark(run);
            watch_tree(run, &sample);
        }
        run->outcome.last_progress_ns = run->watch.last_progress_ns;
    }
    proc_table_release(&sample.table);

    uint64_t wait_ms = (cpu_ns() - before) * SAMPLE_SHARE / 1000000;
    wait_ms = wait_ms < SAMPLE_MS ? SAMPLE_MS : wait_ms;
    wait_ms = wait_ms > SAMPLE_MOST_MS ? SAMPLE_MOST_MS : wait_ms;
    uv_update_time(supervisor->loop);
    uv_timer_start(timer, on_sample, wait_ms, 0);
}

int supervisor_new(uv_loop_t *loop, const char *keeper, struct supervisor **made)
{
    *made = NULL;
    /* A tree whose keeper is killed falls to this process, which can still end it. */
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return -errno;
    struct supervisor *supervisor = xcalloc(1, sizeof *supervisor);
    int rc = uv_timer_init(loop, &supervisor->sampler);
    if (rc < 0) {
        free(supervisor);
        return rc;
    }
    supervisor->sampler.data = supervisor;
    supervisor->loop = loop;
    supervisor->keeper = xstrdup(keeper);
    *made = supervisor;
    return 0;
}

int supervisor_start(struct supervisor *supervisor, const struct run_spec *spec, run_done_fn *done,
                     void *user)
{
    if (!spec->argv || !spec->argv[0] || spec->time_limit_ms == 0 || !done)
        return -EINVAL;
    struct run *run = xcalloc(1, sizeof *run);
    run->supervisor = supervisor;
    run->next = supervisor->runs;
    supervisor->runs = run;
    int rc = run_start(run, supervisor->loop, supervisor->keeper, spec);
    if (rc < 0)
        return rc;
    run->look = spec->look;
    run->done = done;
    run->user = user;
    if (!uv_is_active((uv_handle_t *)&supervisor->sampler)) {
        uv_update_time(supervisor->loop);
        uv_timer_start(&supervisor->sampler, on_sample, SAMPLE_MS, 0);
    }
    return 0;
}

void run_gone(struct run *run)
{
    struct supervisor *supervisor = run->supervisor;
    struct run **link = &supervisor->runs;
    while (*link != run)
        link = &(*link)->next;
    *link = run->next;
    if (!supervisor->runs)
        uv_timer_stop(&supervisor->sampler);
    if (run->done)
        run->done(&run->outcome, run->user);
    run_free(run);
}

void supervisor_cancel(struct supervisor *supervisor)
{
    for (struct run *run = supervisor->runs; run; run = run->next)
        run_decide(run, RUN_CANCELLED, NULL);
}

static void on_sampler_closed(uv_handle_t *handle)
{
    struct supervisor *supervisor = handle->data;
    supervisor->closed = true;
}

void supervisor_free(struct supervisor *supervisor)
{
    if (!supervisor)
        return;
    uv_close((uv_handle_t *)&supervisor->sampler, on_sampler_closed);
    /* Runs that failed to start may still be closing their handles. */
    while (!supervisor->closed || supervisor->runs)
        uv_run(supervisor->loop, UV_RUN_ONCE);
    free(supervisor->keeper);
    free(supervisor);
}

const char *run_end_word(enum run_end end)
{
    switch (end) {
    case RUN_EXITED:
        return "exited";
    case RUN_SIGNALED:
        return "signal";
    case RUN_HUNG:
        return "hang";
    case RUN_TIMED_OUT:
        return "time limit";
    case RUN_FLOODED:
        return "flood";
    case RUN_CANCELLED:
        return "cancelled";
    case RUN_NOT_STARTED:
        return "not started";
    }
    return "?";
}
