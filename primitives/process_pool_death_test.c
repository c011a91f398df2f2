#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "process_pool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Workers that die, and worse. No test forks while it has threads. */

enum { REPORT_PID, DIE, DROP_CHANNEL, WAIT };

static int report_pid(const void *argument, size_t length, void **result, size_t *result_length)
{
    pid_t *pid = malloc(sizeof *pid);

    (void)argument;
    (void)length;
    if (!pid)
        return -ENOMEM;
    *pid = getpid();
    *result = pid;
    *result_length = sizeof *pid;
    return 0;
}

static int die(const void *argument, size_t length, void **result, size_t *result_length)
{
    (void)argument;
    (void)length;
    (void)result;
    (void)result_length;
    return raise(SIGKILL);
}

/* Closes the channel behind the pool's back, and lives on. */
static int drop_channel(const void *argument, size_t length, void **result, size_t *result_length)
{
    (void)argument;
    (void)length;
    (void)result;
    (void)result_length;
    for (int fd = STDERR_FILENO + 1; fd < 100; fd++)
        close(fd);
    while (pause() < 0)
        continue;
    return 0;
}

/* Pipes made before the fork: a worker says that it runs, and is told to end. */
static int running[2], may_end[2];

static int wait_until_told(const void *argument, size_t length, void **result,
                           size_t *result_length)
{
    char byte = 'x';

    (void)argument;
    (void)length;
    (void)result;
    (void)result_length;
    return write(running[1], &byte, 1) == 1 && read(may_end[0], &byte, 1) == 1 ? 0 : -EIO;
}

static process_function *const functions[] = {
    [REPORT_PID] = report_pid,
    [DIE] = die,
    [DROP_CHANNEL] = drop_channel,
    [WAIT] = wait_until_told,
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

static struct process_pool pool;

/* Ends the pool, and sees that no child is left, neither alive nor as a zombie. */
static void end_pool(void)
{
    process_pool_release(&pool);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static struct future *submit(size_t function)
{
    struct future *future = NULL;

    assert_int_equal(process_pool_submit(&pool, function, NULL, 0, &future), 0);
    return future;
}

static int error_of(size_t function)
{
    struct future *future = submit(function);
    const struct process_result *result;
    int err = process_pool_result(future, DEADLINE_NEVER, &result);

    future_free(future);
    return err;
}

static void death_is_an_error_of_its_call_alone(void **state)
{
    struct future *deaths[2], *others[20];
    const struct process_result *result;

    (void)state;
    assert_int_equal(process_pool_init(&pool, 3, functions, FUNCTIONS), 0);
    for (int i = 0; i < 20; i++) {
        if (i % 10 == 5)
            deaths[i / 10] = submit(DIE);
        others[i] = submit(REPORT_PID);
    }
    for (int i = 0; i < 20; i++) {
        assert_int_equal(process_pool_result(others[i], DEADLINE_NEVER, &result), 0);
        future_free(others[i]);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(process_pool_result(deaths[i], DEADLINE_NEVER, &result), -EOWNERDEAD);
        future_free(deaths[i]);
    }
    end_pool();
}

static void without_workers_every_call_fails(void **state)
{
    struct future *calls[6];
    const struct process_result *result;
    int dead = 0, unable = 0;

    (void)state;
    assert_int_equal(process_pool_init(&pool, 2, functions, FUNCTIONS), 0);
    for (int i = 0; i < 6; i++)
        calls[i] = submit(DIE);
    for (int i = 0; i < 6; i++) {
        int err = process_pool_result(calls[i], DEADLINE_NEVER, &result);

        dead += err == -EOWNERDEAD;
        unable += err == -ECHILD;
        future_free(calls[i]);
    }
    assert_int_equal(dead, 2);
    assert_int_equal(unable, 4);
    assert_int_equal(error_of(REPORT_PID), -ECHILD);
    end_pool();
}

static void death_between_calls_costs_none(void **state)
{
    siginfo_t info;

    (void)state;
    assert_int_equal(process_pool_init(&pool, 3, functions, FUNCTIONS), 0);
    /* The last and the first, so that one of them comes before the middle one in any order. */
    for (int i = 0; i < 3; i += 2) {
        assert_true(pool.workers[i].pid > 0);
        assert_int_equal(kill(pool.workers[i].pid, SIGKILL), 0);
        /* Dead, and left for the pool to reap. */
        assert_int_equal(waitid(P_PID, (id_t)pool.workers[i].pid, &info, WEXITED | WNOWAIT), 0);
    }
    for (int i = 0; i < 6; i++)
        assert_int_equal(error_of(REPORT_PID), 0);
    end_pool();
}

static void living_worker_without_a_channel_is_ended(void **state)
{
    (void)state;
    assert_int_equal(process_pool_init(&pool, 2, functions, FUNCTIONS), 0);
    assert_int_equal(error_of(DROP_CHANNEL), -EOWNERDEAD);
    assert_int_equal(error_of(REPORT_PID), 0);
    end_pool();
}

static void stray_copies_of_the_channels_do_not_keep_workers_alive(void **state)
{
    int copies[2];

    (void)state;
    /* As a process has them that was forked, for another purpose, while the pool existed. */
    assert_int_equal(process_pool_init(&pool, 2, functions, FUNCTIONS), 0);
    for (int i = 0; i < 2; i++)
        copies[i] = dup(pool.workers[i].channel.fd);
    assert_int_equal(error_of(REPORT_PID), 0);
    end_pool();
    close(copies[0]);
    close(copies[1]);
}

/* Makes a pool of three, one of them busy, and dies. */
static void die_with_a_pool(void)
{
    char byte;

    if (process_pool_init(&pool, 3, functions, FUNCTIONS) == 0) {
        submit(WAIT);
        if (read(running[0], &byte, 1) == 1)
            raise(SIGKILL);
    }
    _exit(EXIT_FAILURE);
}

static void idle_workers_do_not_outlive_the_process_that_made_them(void **state)
{
    int status;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(running), 0);
    assert_int_equal(pipe(may_end), 0);
    /* Orphans of our descendants become our children. */
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    child = fork();
    if (child == 0)
        die_with_a_pool();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    for (int idle = 0; idle < 2; idle++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), 0);
    assert_int_equal(write(may_end[1], "x", 1), 1);
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
    for (int end = 0; end < 2; end++) {
        close(running[end]);
        close(may_end[end]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(death_is_an_error_of_its_call_alone),
        cmocka_unit_test(without_workers_every_call_fails),
        cmocka_unit_test(death_between_calls_costs_none),
        cmocka_unit_test(living_worker_without_a_channel_is_ended),
        cmocka_unit_test(stray_copies_of_the_channels_do_not_keep_workers_alive),
        cmocka_unit_test(idle_workers_do_not_outlive_the_process_that_made_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
