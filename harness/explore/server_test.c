/* Runs of a program, one after the other. KEEPER, RUNTIME, SERVED, STATIC: compile definitions. */
#include "explore/server.h"
#include "model/memory.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_MS 60000

struct fixture {
    uv_loop_t loop;
    char folder[64];
    struct server *server;
    enum server_end end;
    int status;
    char *trouble;
    bool over;
};

static int open_fixture(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof(*fixture));
    strcpy(fixture->folder, "/tmp/racelab-server-XXXXXX");
    *state = fixture;
    return mkdtemp(fixture->folder) && uv_loop_init(&fixture->loop) == 0 ? 0 : -1;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    server_free(fixture->server);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    /* No handle is left, no file of a block, and no child. */
    int left = uv_loop_close(&fixture->loop);
    char *file = xasprintf("%s/pid", fixture->folder);
    unlink(file);
    free(file);
    int folder = rmdir(fixture->folder);
    int child = waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
    free(fixture->trouble);
    free(fixture);
    return left || folder || child;
}

static void on_done(enum server_end end, int status, const char *trouble, void *user)
{
    struct fixture *fixture = user;
    assert_false(fixture->over);
    fixture->over = true;
    fixture->end = end;
    fixture->status = status;
    free(fixture->trouble);
    fixture->trouble = trouble ? xstrdup(trouble) : NULL;
}

static void make_of(struct fixture *fixture, const char *program, const char *input, bool anew,
                    const char *way, const char *argument)
{
    const char *const arguments[] = {way, argument, NULL};
    const struct server_spec spec = {
        .keeper = KEEPER,
        .program = program,
        .arguments = arguments,
        .input = input,
        .runtime = RUNTIME,
        .folder = fixture->folder,
        .anew = anew,
    };
    assert_int_equal(server_new(&fixture->loop, &spec, &fixture->server), 0);
}

static void make(struct fixture *fixture, const char *way, const char *argument)
{
    make_of(fixture, SERVED, NULL, false, way, argument);
}

static void begin(struct fixture *fixture, enum wire_strategy strategy, uint64_t seed,
                  uint64_t limit_ms)
{
    struct wire_block *block = server_block(fixture->server);
    memset(&block->plan, 0, sizeof(block->plan));
    block->plan.strategy = strategy;
    block->plan.seed = seed;
    block->plan.length = 10;
    block->plan.point_limit = 100000;
    block->plan.flags = WIRE_RECORD;
    fixture->over = false;
    assert_int_equal(server_run(fixture->server, limit_ms, on_done, fixture), 0);
    assert_false(fixture->over);
}

static const struct wire_outcome *end_of(struct fixture *fixture)
{
    while (!fixture->over)
        uv_run(&fixture->loop, UV_RUN_ONCE);
    return &server_block(fixture->server)->outcome;
}

static const struct wire_outcome *run(struct fixture *fixture, uint64_t seed)
{
    begin(fixture, WIRE_RANDOM, seed, LONG_MS);
    return end_of(fixture);
}

static void expect(struct fixture *fixture, enum server_end end, enum wire_end how, int status)
{
    const struct wire_outcome *outcome = run(fixture, 1);
    if (fixture->trouble)
        print_message("%s\n", fixture->trouble);
    assert_int_equal(fixture->end, end);
    assert_int_equal(outcome->end, how);
    assert_int_equal(outcome->status, status);
}

static void each_run_begins_afresh(void **state)
{
    make(*state, "exit", "3");
    for (int i = 0; i < 20; i++)
        expect(*state, SERVER_OVER, WIRE_EXITED, 3);
}

static void a_run_may_be_a_process_of_its_own(void **state)
{
    make_of(*state, SERVED, NULL, true, "exit", "3");
    for (int i = 0; i < 3; i++)
        expect(*state, SERVER_OVER, WIRE_EXITED, 3);
}

/* The same plan gives the same steps. */
static void a_plan_decides(void **state)
{
    struct fixture *fixture = *state;
    size_t deadlocks = 0;
    make(fixture, "deadlock", NULL);
    struct wire_block *block = server_block(fixture->server);
    for (uint64_t seed = 1; seed <= 50; seed++) {
        run(fixture, seed);
        uint32_t count = block->outcome.steps;
        struct wire_step *steps = xcalloc(count, sizeof(*steps));
        memcpy(steps, wire_steps(block), count * sizeof(*steps));
        deadlocks += block->outcome.end == WIRE_DEADLOCK;
        run(fixture, seed);
        assert_int_equal(block->outcome.steps, count);
        assert_memory_equal(wire_steps(block), steps, count * sizeof(*steps));
        free(steps);
    }
    assert_in_range(deadlocks, 1, 49);
}

static void an_end_that_no_run_can_note_is_told(void **state)
{
    make(*state, "die", NULL);
    for (int i = 0; i < 3; i++)
        expect(*state, SERVER_OVER, WIRE_SIGNALLED, SIGKILL);
}

static void an_abort_is_told(void **state)
{
    make(*state, "abort", NULL);
    for (int i = 0; i < 3; i++)
        expect(*state, SERVER_OVER, WIRE_SIGNALLED, SIGABRT);
}

static char *pid_file(const struct fixture *fixture)
{
    return xasprintf("%s/pid", fixture->folder);
}

static pid_t read_pid(const char *path)
{
    int pid = 0;
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%d", &pid) != 1) /* NOLINT(cert-err34-c) */
        pid = 0;
    if (file)
        fclose(file);
    return pid;
}

static void a_run_without_end_is_ended(void **state)
{
    struct fixture *fixture = *state;
    char *file = pid_file(fixture);
    make(fixture, "spin", file);
    for (int i = 0; i < 2; i++) {
        begin(fixture, WIRE_RANDOM, 1, 300);
        end_of(fixture);
        assert_int_equal(fixture->end, SERVER_TIMED_OUT);
        pid_t pid = read_pid(file);
        assert_true(pid > 0);
        assert_int_equal(kill(pid, 0), -1);
        unlink(file);
    }
    free(file);
}

static void what_a_run_leaves_is_ended_with_it(void **state)
{
    struct fixture *fixture = *state;
    char *file = pid_file(fixture);
    make(fixture, "away", file);
    for (int i = 0; i < 2; i++) {
        expect(fixture, SERVER_OVER, WIRE_EXITED, 0);
        pid_t pid = read_pid(file);
        assert_true(pid > 0);
        assert_int_equal(kill(pid, 0), -1);
        unlink(file);
    }
    free(file);
}

static void output_without_end_is_no_trouble(void **state)
{
    make(*state, "flood", NULL);
    expect(*state, SERVER_OVER, WIRE_EXITED, 0);
}

static void a_run_that_ends_its_fork_server_is_made_without(void **state)
{
    make(*state, "kill-twin", NULL);
    for (int i = 0; i < 3; i++)
        expect(*state, SERVER_OVER, WIRE_EXITED, 0);
}

static void a_run_that_ends_its_keeper_is_told(void **state)
{
    struct fixture *fixture = *state;
    make(fixture, "kill-parent", NULL);
    run(fixture, 1);
    assert_int_equal(fixture->end, SERVER_FAILED);
    assert_non_null(strstr(fixture->trouble, "keeper"));
}

static void threads_before_main_are_not_forked(void **state)
{
    make(*state, "early", NULL);
    for (int i = 0; i < 3; i++)
        expect(*state, SERVER_OVER, WIRE_EXITED, 4);
}

static void each_run_reads_all_input(void **state)
{
    struct fixture *fixture = *state;
    char *path = pid_file(fixture);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs("12345", file);
    fclose(file);
    make_of(fixture, SERVED, path, false, "input", NULL);
    for (int i = 0; i < 3; i++)
        expect(fixture, SERVER_OVER, WIRE_EXITED, 5);
    free(path);
}

static void expect_trouble(struct fixture *fixture, const char *part)
{
    run(fixture, 1);
    assert_int_equal(fixture->end, SERVER_FAILED);
    if (!strstr(fixture->trouble, part))
        fail_msg("no `%s` in: %s", part, fixture->trouble);
}

static void programs_that_cannot_be_run_are_told(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *program;
        bool anew;
        const char *part;
    } wrong[] = {{"/nonexistent", false, "cannot run /nonexistent: No such file"},
                 {"/etc/passwd", false, "Permission denied"},
                 {STATIC, false, "linked statically"},
                 {STATIC, true, "linked statically"}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        make_of(fixture, wrong[i].program, NULL, wrong[i].anew, "exit", "0");
        expect_trouble(fixture, wrong[i].part);
        server_free(fixture->server);
        fixture->server = NULL;
    }
    const struct server_spec spec = {.keeper = "/nonexistent/keeper",
                                     .program = SERVED,
                                     .runtime = RUNTIME,
                                     .folder = fixture->folder};
    assert_int_equal(server_new(&fixture->loop, &spec, &fixture->server), 0);
    expect_trouble(fixture, "/nonexistent/keeper");
}

static void a_run_can_be_cancelled(void **state)
{
    struct fixture *fixture = *state;
    char *file = pid_file(fixture);
    make(fixture, "spin", file);
    begin(fixture, WIRE_RANDOM, 1, LONG_MS);
    pid_t pid = 0;
    while ((pid = read_pid(file)) == 0)
        uv_run(&fixture->loop, UV_RUN_NOWAIT);
    server_cancel(fixture->server);
    end_of(fixture);
    assert_int_equal(fixture->end, SERVER_CANCELLED);
    assert_int_equal(kill(pid, 0), -1);
    free(file);
}

/* Whoever has the server is killed in a run. */
static void nothing_outlives_its_owner(void **state)
{
    struct fixture *fixture = *state;
    char *file = pid_file(fixture);
    char *folder = xasprintf("%s/owner", fixture->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    pid_t owner = fork();
    if (owner == 0) {
        struct fixture own = {0};
        snprintf(own.folder, sizeof(own.folder), "%s", folder);
        uv_loop_init(&own.loop);
        make(&own, "spin", file);
        begin(&own, WIRE_RANDOM, 1, LONG_MS);
        end_of(&own);
        _exit(0);
    }
    pid_t pid = 0;
    while ((pid = read_pid(file)) == 0)
        usleep(1000);
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    while (kill(pid, 0) == 0 || access(folder, F_OK) == 0)
        usleep(1000);
    free(folder);
    free(file);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_run_begins_afresh),
        CASE(a_run_may_be_a_process_of_its_own),
        CASE(a_plan_decides),
        CASE(an_end_that_no_run_can_note_is_told),
        CASE(an_abort_is_told),
        CASE(a_run_without_end_is_ended),
        CASE(what_a_run_leaves_is_ended_with_it),
        CASE(output_without_end_is_no_trouble),
        CASE(a_run_that_ends_its_fork_server_is_made_without),
        CASE(a_run_that_ends_its_keeper_is_told),
        CASE(threads_before_main_are_not_forked),
        CASE(each_run_reads_all_input),
        CASE(programs_that_cannot_be_run_are_told),
        CASE(a_run_can_be_cancelled),
        CASE(nothing_outlives_its_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
