#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "supervise/alarm.h"

static const uint64_t valgrind = UINT64_C(0xfffffffff7b8fef9);

static bool possible(uint64_t caught)
{
    const struct proc_thread own = {.pid = getpid(), .tid = getpid(), .caught = caught};
    return alarm_possible(&own, false);
}

static void handled(void **state)
{
    const uint64_t alarm = UINT64_C(1) << (SIGALRM - 1);
    (void)state;
    assert_true(possible(alarm));
    assert_false(possible(0));
    assert_false(possible(0xffff & ~alarm));
    assert_false(possible(valgrind & ~alarm));
}

/* What is made of a program that handles these signals. */
static bool program_possible(const char *path, const char *how, uint64_t caught, bool end_counts)
{
    int ends[2];
    char byte;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(null, STDOUT_FILENO);
        execl(path, path, how, NULL);
        _exit(127);
    }
    /* Its end of the pipe closes when it has become the program. */
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    const struct proc_thread thread = {.pid = child, .tid = child, .caught = caught};
    bool found = alarm_possible(&thread, end_counts);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return found;
}

static void named(void **state)
{
    (void)state;
    assert_false(program_possible(TESTPROGS "/block", "pause", valgrind, false));
    assert_true(program_possible(TESTPROGS "/block", "pause", UINT64_C(1) << (SIGALRM - 1), false));
    assert_true(program_possible(TESTPROGS "/wake", "stopped", valgrind, false));
}

/* Ended by an alarm that it has no handler for, a process can still give others something. */
static void not_handled(void **state)
{
    (void)state;
    assert_false(program_possible(TESTPROGS "/block", "pause", 0, true));
    assert_false(program_possible(TESTPROGS "/wake", "stopped", 0, false));
    assert_true(program_possible(TESTPROGS "/wake", "stopped", 0, true));
    assert_true(program_possible(TESTPROGS "/tsan/wake", "stopped", 0, true));
}

static void gone(void **state)
{
    const struct proc_thread none = {.pid = -1, .tid = -1, .caught = valgrind};
    (void)state;
    assert_true(alarm_possible(&none, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handled),
        cmocka_unit_test(named),
        cmocka_unit_test(not_handled),
        cmocka_unit_test(gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
