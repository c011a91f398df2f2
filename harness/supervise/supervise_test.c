#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "supervise/test_support.h"

static void check_end(const struct told *told, enum run_end end, int status)
{
    if (told->outcome.error)
        print_message("%s\n", told->outcome.error);
    assert_string_equal(run_end_word(told->outcome.end), run_end_word(end));
    assert_int_equal(told->outcome.status, status);
}

static void exit_statuses(void **state)
{
    static const char *const numbers[] = {"0", "1", "66", "127", "134", "255"};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct told told;
        run_program(ARGV(PROGRAM("ending"), "exit", numbers[i]), &told);
        check_end(&told, RUN_EXITED, (int)strtol(numbers[i], NULL, 10));
        assert_null(told.outcome.error);
        assert_int_equal(told.outcome.left_behind, 0);
        told_release(&told);
    }
    assert_nothing_left();
}

static void ending_signals(void **state)
{
    static const int signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,    SIGTRAP, SIGABRT, SIGBUS,
                                  SIGFPE,  SIGKILL, SIGUSR1, SIGSEGV,   SIGUSR2, SIGPIPE, SIGALRM,
                                  SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGSYS};
    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct told told;
        char number[16];
        snprintf(number, sizeof number, "%d", signals[i]);
        run_program(ARGV(PROGRAM("ending"), "signal", number), &told);
        check_end(&told, RUN_SIGNALED, signals[i]);
        told_release(&told);
    }
    assert_nothing_left();
}

static void failed_assertion(void **state)
{
    struct told told;
    (void)state;
    run_program(ARGV(PROGRAM("ending"), "assert"), &told);
    check_end(&told, RUN_SIGNALED, SIGABRT);
    assert_non_null(strstr(told.outcome.err.text, "ending.c:"));
    assert_non_null(strstr(told.outcome.err.text, "Assertion `number == 42' failed."));
    assert_int_equal(told.outcome.out.length, 0);
    told_release(&told);
}

/* Whatever the caller blocks, ignores, limits or holds open, the program starts clean. */
static void clean_start(void **state)
{
    struct told told;
    struct rlimit core;
    sigset_t blocked;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
    const struct rlimit cores = {core.rlim_max, core.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_CORE, &cores), 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    signal(SIGPIPE, SIG_IGN);
    int leaked = dup(STDERR_FILENO);
    run_program(ARGV(PROGRAM("ending"), "inheritance"), &told);
    close(leaked);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &blocked, NULL);
    setrlimit(RLIMIT_CORE, &core);
    check_end(&told, RUN_EXITED, 0);
    assert_string_equal(told.outcome.out.text,
                        "core=0 signals=0 descriptors=0 leader=1 pipe=1 stdin=0\n");
    told_release(&told);
}

static void environment(void **state)
{
    struct told told;
    (void)state;
    setenv("RACELAB_TEST_VARIABLE", "from the caller", 1);
    run_program(ARGV(PROGRAM("ending"), "environment"), &told);
    unsetenv("RACELAB_TEST_VARIABLE");
    assert_string_equal(told.outcome.out.text, "from the spec\n");
    told_release(&told);
}

static void path_lookup(void **state)
{
    struct told told;
    (void)state;
    run_program(ARGV("true"), &told);
    check_end(&told, RUN_EXITED, 0);
    told_release(&told);
}

static void cap_is_exact(void **state)
{
    static const struct {
        size_t cap;
        const char *write;
        size_t kept;
        size_t dropped;
    } cases[] = {{100, "99", 99, 0},
                 {100, "100", 100, 0},
                 {100, "101", 100, 1},
                 {0, "5", 0, 5},
                 {70000, "300000", 70000, 230000},
                 {300000, "300000", 300000, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told told;
        const struct run_spec spec = {.argv = ARGV(PROGRAM("ending"), "write", cases[i].write),
                                      .env = marked_environment(),
                                      .time_limit_ms = TEST_LIMIT_MS,
                                      .output_cap = cases[i].cap};
        run_with_spec(&spec, &told);
        check_end(&told, RUN_EXITED, 0);
        const struct run_output *outputs[] = {&told.outcome.out, &told.outcome.err};
        for (int stream = 0; stream < 2; stream++) {
            assert_int_equal(outputs[stream]->length, cases[i].kept);
            assert_int_equal(outputs[stream]->dropped, cases[i].dropped);
            for (size_t at = 0; at < cases[i].kept; at++)
                assert_int_equal(outputs[stream]->text[at], (stream ? 'A' : 'a') + (int)(at % 26));
        }
        told_release(&told);
    }
}

static void time_limit(void **state)
{
    struct told told;
    const struct run_spec spec = {.argv = ARGV("sleep", "1000"),
                                  .env = marked_environment(),
                                  .time_limit_ms = 500,
                                  .output_cap = 100};
    (void)state;
    run_with_spec(&spec, &told);
    check_end(&told, RUN_TIMED_OUT, 0);
    assert_null(told.outcome.error);
    assert_true(told.outcome.ended_ns - told.outcome.started_ns >= UINT64_C(499000000));
    assert_true(told.outcome.last_progress_ns >= told.outcome.started_ns);
    told_release(&told);
    assert_nothing_left();
}

/* A mark that is there ends the run after its own limit, long before the program ends; one that is not
 * leaves the run alone. */
static void limit_from_a_mark_on(void **state)
{
    static const struct {
        const char *mark;
        enum run_end end;
    } cases[] = {{"/", RUN_TIMED_OUT}, {"/nonexistent", RUN_EXITED}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told told;
        const struct run_spec spec = {.argv = ARGV("sleep", "2"),
                                      .env = marked_environment(),
                                      .time_limit_ms = TEST_LIMIT_MS,
                                      .mark = cases[i].mark,
                                      .mark_limit_ms = 1};
        run_with_spec(&spec, &told);
        check_end(&told, cases[i].end, 0);
        told_release(&told);
    }
    assert_nothing_left();
}

static void output_flood_is_drained(void **state)
{
    struct told told;
    const struct run_spec spec = {.argv = ARGV(PROGRAM("ending"), "flood"),
                                  .env = marked_environment(),
                                  .time_limit_ms = 500,
                                  .output_cap = 1000};
    (void)state;
    run_with_spec(&spec, &told);
    check_end(&told, RUN_TIMED_OUT, 0);
    assert_int_equal(told.outcome.out.length, 1000);
    assert_true(told.outcome.out.dropped > 65536);
    told_release(&told);
}

static void report_flood(void **state)
{
    struct told told;
    const char *directory = new_directory();
    const struct run_spec spec = {.argv = ARGV(PROGRAM("ending"), "report", directory),
                                  .env = marked_environment(),
                                  .report_dir = directory,
                                  .time_limit_ms = TEST_LIMIT_MS,
                                  .report_cap = 100000};
    (void)state;
    run_with_spec(&spec, &told);
    check_end(&told, RUN_FLOODED, 0);
    told_release(&told);
    /* The supervisor lives, so the reports are the caller's to read and remove. */
    struct stat status;
    assert_int_equal(stat(directory, &status), 0);
    remove_directory(directory);
}

static void early_close_is_no_end(void **state)
{
    struct told told;
    (void)state;
    run_program(ARGV(PROGRAM("ending"), "close"), &told);
    check_end(&told, RUN_EXITED, 7);
    told_release(&told);
}

static void cannot_be_executed(void **state)
{
    struct told told;
    (void)state;
    run_program(ARGV("/nowhere/at/all"), &told);
    check_end(&told, RUN_NOT_STARTED, ENOENT);
    assert_non_null(strstr(told.outcome.error, "/nowhere/at/all: No such file"));
    told_release(&told);
    run_program(ARGV("/proc/self/status"), &told);
    check_end(&told, RUN_NOT_STARTED, EACCES);
    told_release(&told);
    run_program(ARGV("/tmp"), &told);
    check_end(&told, RUN_NOT_STARTED, EACCES);
    told_release(&told);
    assert_nothing_left();
}

static void words(void **state)
{
    (void)state;
    assert_string_equal(run_end_word(RUN_EXITED), "exited");
    assert_string_equal(run_end_word(RUN_SIGNALED), "signal");
    assert_string_equal(run_end_word(RUN_HUNG), "hang");
    assert_string_equal(run_end_word(RUN_TIMED_OUT), "time limit");
    assert_string_equal(run_end_word(RUN_FLOODED), "flood");
    assert_string_equal(run_end_word(RUN_CANCELLED), "cancelled");
    assert_string_equal(run_end_word(RUN_NOT_STARTED), "not started");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_statuses),        cmocka_unit_test(ending_signals),
        cmocka_unit_test(failed_assertion),     cmocka_unit_test(clean_start),
        cmocka_unit_test(environment),          cmocka_unit_test(path_lookup),
        cmocka_unit_test(cap_is_exact),         cmocka_unit_test(time_limit),
        cmocka_unit_test(limit_from_a_mark_on), cmocka_unit_test(output_flood_is_drained),
        cmocka_unit_test(report_flood),         cmocka_unit_test(early_close_is_no_end),
        cmocka_unit_test(cannot_be_executed),   cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
