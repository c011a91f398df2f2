/* Nothing of a run outlives it, whatever the program does and whoever dies. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "supervise/proc.h"
#include "supervise/sweep.h"
#include "supervise/test_support.h"

enum { ANY = -1 };

static void expect(const char *how, enum run_end end, int status, int left)
{
    struct told told;
    run_program(ARGV(PROGRAM("tree"), how), &told);
    assert_string_equal(run_end_word(told.outcome.end), run_end_word(end));
    assert_int_equal(told.outcome.status, status);
    assert_null(told.outcome.error);
    if (left != ANY)
        assert_int_equal(told.outcome.left_behind, left);
    told_release(&told);
    assert_nothing_left();
}

/* It also holds the program's output open. */
static void daemon_is_gone(void **state)
{
    (void)state;
    expect("daemon", RUN_EXITED, 0, 1);
}

static void deaf_grandchild_is_gone(void **state)
{
    (void)state;
    expect("stubborn", RUN_EXITED, 0, 1);
}

static void storm_is_gone(void **state)
{
    (void)state;
    expect("storm", RUN_EXITED, 0, ANY);
}

static void runaway_is_gone(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        expect("runaway", RUN_EXITED, 0, ANY);
}

static void respawner_is_gone(void **state)
{
    (void)state;
    expect("respawn", RUN_HUNG, 0, 0);
}

static void session_kills_itself(void **state)
{
    (void)state;
    expect("kill-session", RUN_SIGNALED, SIGKILL, 0);
}

static void keeper_ignores_the_program(void **state)
{
    (void)state;
    expect("term-keeper", RUN_EXITED, 5, 0);
}

static void stopped_keeper_goes_on(void **state)
{
    (void)state;
    expect("stop-keeper", RUN_HUNG, 0, 0);
}

static void killed_keeper(void **state)
{
    static const char *const ways[] = {"kill-keeper", "kill-group"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct told told;
        /* Not of the run, though a child in another session: it must be left alone. */
        pid_t bystander = fork();
        if (bystander == 0) {
            for (;;)
                pause();
        }
        run_program(ARGV(PROGRAM("tree"), ways[i]), &told);
        assert_int_equal(kill(bystander, SIGKILL), 0);
        assert_int_equal(waitpid(bystander, NULL, 0), bystander);
        assert_int_equal(told.outcome.end, RUN_SIGNALED);
        assert_int_equal(told.outcome.status, SIGKILL);
        assert_non_null(strstr(told.outcome.error, "was killed by signal 9"));
        told_release(&told);
        assert_nothing_left();
    }
}

static void note_signal(uv_process_t *process, int64_t status, int signal_number)
{
    (void)status;
    *(int *)process->data = signal_number;
    uv_close((uv_handle_t *)process, NULL);
}

/* Another run's keeper, say, that started just after what is swept. */
static void sweep_spares_the_processes_of_the_loop(void **state)
{
    uv_loop_t loop;
    uv_process_t own;
    siginfo_t ended;
    struct proc_process left;
    int signal_number = 0;
    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    own.data = &signal_number;
    pid_t stray = fork();
    if (stray == 0) {
        setsid();
        _exit(0);
    }
    assert_int_equal(waitid(P_PID, (id_t)stray, &ended, WEXITED | WNOWAIT), 0);
    assert_int_equal(proc_process_read(stray, &left), 0);
    const uv_process_options_t options = {.exit_cb = note_signal,
                                          .file = "sleep",
                                          .args = (char *[]){"sleep", "1000", NULL},
                                          .flags = UV_PROCESS_DETACHED};
    assert_int_equal(uv_spawn(&loop, &own, &options), 0);
    while (sweep_pass(&loop, left.start) > 0)
        ;
    assert_int_equal(waitpid(stray, NULL, WNOHANG), -1);
    /* Had the sweep killed it, that signal would be the one that ends it. */
    assert_int_equal(uv_process_kill(&own, SIGTERM), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(signal_number, SIGTERM);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void be_supervisor(const char *directory, const char *fifo)
{
    uv_loop_t loop;
    struct supervisor *supervisor;
    struct told told = {0};
    const struct run_spec spec = {.argv = ARGV(PROGRAM("tree"), "announce", fifo),
                                  .env = marked_environment(),
                                  .report_dir = directory,
                                  .time_limit_ms = TEST_LIMIT_MS};
    if (uv_loop_init(&loop) == 0 && supervisor_new(&loop, KEEPER, &supervisor) == 0 &&
        supervisor_start(supervisor, &spec, told_done, &told) == 0)
        uv_run(&loop, UV_RUN_DEFAULT);
    _exit(1);
}

static void killed_supervisor(void **state)
{
    char fifo[300];
    char path[300];
    char outside[64];
    char byte;
    struct stat status;
    int wait_status;
    (void)state;
    /* The keeper becomes our child when its parent dies, so that its end can be waited for. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    marked_environment();
    snprintf(outside, sizeof outside, "%s", new_directory());
    const char *directory = new_directory();
    snprintf(fifo, sizeof fifo, "%s/fifo", directory);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    snprintf(path, sizeof path, "%s/below", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/below/link", directory);
    assert_int_equal(symlink(outside, path), 0);
    snprintf(path, sizeof path, "%s/kept", outside);
    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));

    pid_t supervisor = fork();
    if (supervisor == 0)
        be_supervisor(directory, fifo);
    int fd = open(fifo, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, &byte, 1), 1);
    close(fd);
    assert_true(count_marked() >= 4);
    assert_int_equal(kill(supervisor, SIGKILL), 0);
    assert_int_equal(waitpid(supervisor, &wait_status, 0), supervisor);
    assert_true(WIFSIGNALED(wait_status));
    assert_true(waitpid(-1, &wait_status, 0) > 0);
    assert_true(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0);
    assert_nothing_left();
    assert_int_equal(lstat(directory, &status), -1);
    assert_int_equal(stat(path, &status), 0);
    remove_directory(outside);
}

struct canceller {
    struct supervisor *supervisor;
    uv_poll_t poll;
};

static void on_announced(uv_poll_t *poll, int status, int events)
{
    struct canceller *canceller = poll->data;
    (void)status;
    (void)events;
    supervisor_cancel(canceller->supervisor);
    supervisor_cancel(canceller->supervisor);
    uv_close((uv_handle_t *)poll, NULL);
}

static void cancelled(void **state)
{
    uv_loop_t loop;
    struct canceller canceller;
    struct told told[2] = {{{0}, 0, 0}};
    char fifo[300];
    struct stat status;
    (void)state;
    const char *directory = new_directory();
    snprintf(fifo, sizeof fifo, "%s/fifo", directory);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    int fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const struct run_spec announce = {.argv = ARGV(PROGRAM("tree"), "announce", fifo),
                                      .env = marked_environment(),
                                      .report_dir = directory,
                                      .time_limit_ms = TEST_LIMIT_MS};
    const struct run_spec sleeper = {
        .argv = ARGV("sleep", "1000"), .env = marked_environment(), .time_limit_ms = TEST_LIMIT_MS};
    uv_loop_init(&loop);
    assert_int_equal(supervisor_new(&loop, KEEPER, &canceller.supervisor), 0);
    assert_int_equal(supervisor_start(canceller.supervisor, &announce, told_done, &told[0]), 0);
    assert_int_equal(supervisor_start(canceller.supervisor, &sleeper, told_done, &told[1]), 0);
    uv_poll_init(&loop, &canceller.poll, fd);
    canceller.poll.data = &canceller;
    uv_poll_start(&canceller.poll, UV_READABLE, on_announced);
    uv_run(&loop, UV_RUN_DEFAULT);
    supervisor_free(canceller.supervisor);
    assert_int_equal(uv_loop_close(&loop), 0);
    close(fd);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(told[i].calls, 1);
        assert_int_equal(told[i].outcome.end, RUN_CANCELLED);
        assert_null(told[i].outcome.error);
        told_release(&told[i]);
    }
    assert_nothing_left();
    assert_int_equal(stat(directory, &status), 0);
    remove_directory(directory);
}

/* The word is there before the keeper is: it must not be lost in the keeper's own start. */
static void cancelled_before_it_begins(void **state)
{
    uv_loop_t loop;
    struct supervisor *supervisor;
    struct told told = {{0}, 0, 0};
    (void)state;
    const struct run_spec sleeper = {
        .argv = ARGV("sleep", "1000"), .env = marked_environment(), .time_limit_ms = TEST_LIMIT_MS};
    uv_loop_init(&loop);
    assert_int_equal(supervisor_new(&loop, KEEPER, &supervisor), 0);
    assert_int_equal(supervisor_start(supervisor, &sleeper, told_done, &told), 0);
    supervisor_cancel(supervisor);
    uv_run(&loop, UV_RUN_DEFAULT);
    supervisor_free(supervisor);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.outcome.end, RUN_CANCELLED);
    assert_null(told.outcome.error);
    told_release(&told);
    assert_nothing_left();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(daemon_is_gone),
        cmocka_unit_test(deaf_grandchild_is_gone),
        cmocka_unit_test(storm_is_gone),
        cmocka_unit_test(runaway_is_gone),
        cmocka_unit_test(respawner_is_gone),
        cmocka_unit_test(session_kills_itself),
        cmocka_unit_test(keeper_ignores_the_program),
        cmocka_unit_test(stopped_keeper_goes_on),
        cmocka_unit_test(killed_keeper),
        cmocka_unit_test(sweep_spares_the_processes_of_the_loop),
        cmocka_unit_test(killed_supervisor),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(cancelled_before_it_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
