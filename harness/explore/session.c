#include "explore/session_part.h"

#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const int end_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { END_SIGNALS = sizeof(end_signals) / sizeof(*end_signals) };

bool session_stopped(const struct session *session)
{
    return session->interrupted || session->out_of_time || session->trouble;
}

static void cancel_all(struct session *session)
{
    for (unsigned i = 0; i < session->worker_count; i++) {
        if (session->workers[i].busy)
            server_cancel(session->workers[i].server);
    }
}

void session_fail(struct session *session, char *trouble)
{
    if (session->trouble) {
        free(trouble);
        return;
    }
    session->trouble = trouble;
    cancel_all(session);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct session *session = handle->data;
    session->interrupted = number;
    cancel_all(session);
}

static void on_over(enum server_end end, int status, const char *trouble, void *user)
{
    struct worker *worker = user;
    struct session *session = worker->session;
    (void)status;
    worker->busy = false;
    session->busy--;
    if (end == SERVER_FAILED)
        session_fail(session, xstrdup(trouble));
    session->over(worker, end, session->user);
}

void session_begin(struct session *session, struct worker *worker, size_t index)
{
    worker->busy = true;
    worker->index = index;
    session->busy++;
    int error = server_run(worker->server, session->spec->limit_ms, on_over, worker);
    if (error) {
        worker->busy = false;
        session->busy--;
        session_fail(session, xasprintf("no run of %s can be begun: %s",
                                        session->spec->server.program, strerror(-error)));
    }
}

void session_wait(struct session *session)
{
    while (session->busy > 0)
        uv_run(&session->loop, UV_RUN_ONCE);
}

static void catch_signals(struct session *session)
{
    sigset_t caught;
    sigemptyset(&caught);
    for (size_t i = 0; i < END_SIGNALS; i++) {
        sigaddset(&caught, end_signals[i]);
        uv_signal_init(&session->loop, &session->signals[i]);
        session->signals[i].data = session;
        uv_signal_start(&session->signals[i], on_signal, end_signals[i]);
        uv_unref((uv_handle_t *)&session->signals[i]);
    }
    /* One that came while they were blocked is taken here. */
    pthread_sigmask(SIG_UNBLOCK, &caught, &session->blocked_before);
}

int session_open(const struct session_spec *spec, struct session **made)
{
    struct session *session = xcalloc(1, sizeof(*session));
    *made = NULL;
    session->spec = spec;
    int error = uv_loop_init(&session->loop);
    if (error) {
        free(session);
        return error;
    }
    uv_timer_init(&session->loop, &session->time);
    session->time.data = session;
    catch_signals(session);
    server_fix_addresses();
    session->workers = xcalloc(spec->jobs, sizeof(*session->workers));
    for (unsigned i = 0; i < spec->jobs && !error; i++) {
        session->workers[i].session = session;
        error = server_new(&session->loop, &spec->server, &session->workers[i].server);
        session->worker_count += !error;
    }
    if (error) {
        session_close(session);
        return error;
    }
    *made = session;
    return 0;
}

struct wire_block *session_block(struct session *session)
{
    return server_block(session->workers[0].server);
}

void session_close(struct session *session)
{
    if (!session)
        return;
    for (unsigned i = 0; i < session->worker_count; i++)
        server_free(session->workers[i].server);
    pthread_sigmask(SIG_SETMASK, &session->blocked_before, NULL);
    for (size_t i = 0; i < END_SIGNALS; i++)
        uv_close((uv_handle_t *)&session->signals[i], NULL);
    uv_close((uv_handle_t *)&session->time, NULL);
    uv_run(&session->loop, UV_RUN_DEFAULT);
    uv_loop_close(&session->loop);
    free(session->workers);
    free(session->trouble);
    free(session);
}
