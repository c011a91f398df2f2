#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "as_completed.h"
#include "deadline.h"
#include "process_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A pool forks in process_pool_init, before it starts threads; the one before it has ended by
 * then, threads included. So every fork here is that of a process with one thread.
 */
enum { TASK_FAILED = -1000, CALLS = 60 };

enum function { REVERSE, GET_PID, FAIL, HUGE_RESULT, PASS_PIPES };

static int reverse(const void *argument, size_t length, void **result, size_t *result_length)
{
    const char *from = argument;
    char *to = malloc(length + 1);

    if (!to)
        return -ENOMEM;
    for (size_t i = 0; i < length; i++)
        to[i] = from[length - 1 - i];
    *result = to;
    *result_length = length;
    return 0;
}

static int get_pid(const void *argument, size_t length, void **result, size_t *result_length)
{
    pid_t pid = getpid();

    (void)argument;
    (void)length;
    *result = malloc(sizeof pid);
    if (!*result)
        return -ENOMEM;
    memcpy(*result, &pid, sizeof pid);
    *result_length = sizeof pid;
    return 0;
}

static int fail_with_result(const void *argument, size_t length, void **result,
                            size_t *result_length)
{
    reverse(argument, length, result, result_length);
    return TASK_FAILED;
}

static int huge_result(const void *argument, size_t length, void **result, size_t *result_length)
{
    (void)argument;
    (void)length;
    *result = NULL; /* nobody looks at a result that is too long to be sent */
    *result_length = PIPE_CHANNEL_MESSAGE_MAX;
    return 0;
}

/* Says on one pipe that it runs, and waits on the other until it may end. */
struct pipes {
    int begun[2];
    int may_end[2];
};

static int pass_pipes(const void *argument, size_t length, void **result, size_t *result_length)
{
    const struct pipes *pipes = argument;
    char byte = 'x';

    (void)length;
    (void)result;
    (void)result_length;
    if (write(pipes->begun[1], &byte, 1) != 1 || read(pipes->may_end[0], &byte, 1) != 1)
        return -EIO;
    return 0;
}

static void pipes_init(struct pipes *pipes)
{
    assert_int_equal(pipe(pipes->begun), 0);
    assert_int_equal(pipe(pipes->may_end), 0);
}

static void pipes_wait_begun(struct pipes *pipes)
{
    char byte;

    assert_int_equal(read(pipes->begun[0], &byte, 1), 1);
}

static void pipes_let_end(struct pipes *pipes)
{
    assert_int_equal(write(pipes->may_end[1], "x", 1), 1);
}

static void pipes_release(struct pipes *pipes)
{
    for (int end = 0; end < 2; end++) {
        close(pipes->begun[end]);
        close(pipes->may_end[end]);
    }
}

static process_function *const functions[] = {
    [REVERSE] = reverse,         [GET_PID] = get_pid,       [FAIL] = fail_with_result,
    [HUGE_RESULT] = huge_result, [PASS_PIPES] = pass_pipes,
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

static struct future *submit(enum function function, const void *argument, size_t length)
{
    struct future *future = NULL;

    assert_int_equal(process_pool_submit(&pool, function, argument, length, &future), 0);
    return future;
}

/* Waits for a call of which only the error is of interest, and gives its future back. */
static int error_of(struct future *future)
{
    const struct process_result *result;
    int err = process_pool_result(future, DEADLINE_NEVER, &result);

    future_free(future);
    return err;
}

static void functions_run_on_bytes_in_another_process(void **state)
{
    const struct process_result *result = NULL;
    char argument[] = "stressed";
    struct future *future;
    pid_t pid = 0;

    (void)state;
    assert_int_equal(process_pool_init(&pool, 2, functions, FUNCTIONS), 0);
    future = submit(GET_PID, NULL, 0);
    assert_int_equal(process_pool_result(future, DEADLINE_NEVER, &result), 0);
    assert_int_equal(result->length, sizeof pid);
    memcpy(&pid, result->data, sizeof pid);
    assert_int_not_equal(pid, getpid());
    future_free(future);

    future = submit(REVERSE, argument, strlen(argument));
    memset(argument, 'x', strlen(argument)); /* it was copied */
    assert_int_equal(process_pool_result(future, DEADLINE_NEVER, &result), 0);
    assert_int_equal(result->length, 8);
    assert_int_equal((uintptr_t)result->data % _Alignof(max_align_t), 0);
    end_pool();
    /* The result belongs to the future, not to the pool. */
    assert_string_equal(result->data, "desserts");
    future_free(future);
}

static void errors_come_back_and_the_worker_goes_on(void **state)
{
    (void)state;
    assert_int_equal(process_pool_init(&pool, 1, functions, FUNCTIONS), 0);
    assert_int_equal(error_of(submit(FAIL, "lost", 4)), TASK_FAILED);
    assert_int_equal(error_of(submit(HUGE_RESULT, NULL, 0)), -EMSGSIZE);
    assert_int_equal(error_of(submit(REVERSE, NULL, 0)), 0);
    end_pool();
}

static void impossible_calls_are_refused(void **state)
{
    struct future *future = NULL;

    (void)state;
    assert_int_equal(process_pool_init(&pool, 0, functions, FUNCTIONS), -EINVAL);
    assert_int_equal(process_pool_init(&pool, 1, functions, FUNCTIONS), 0);
    assert_int_equal(process_pool_submit(&pool, FUNCTIONS, NULL, 0, &future), -EINVAL);
    /* The argument is not looked at. */
    assert_int_equal(process_pool_submit(&pool, REVERSE, "", PIPE_CHANNEL_MESSAGE_MAX, &future),
                     -EMSGSIZE);
    assert_int_equal(process_pool_shutdown(&pool, false, false), 0);
    assert_int_equal(process_pool_submit(&pool, REVERSE, "x", 1, &future), -ESHUTDOWN);
    assert_null(future);
    end_pool();
}

static void many_calls_come_back_each_once(void **state)
{
    struct future *futures[CALLS], *next = NULL;
    const struct process_result *result = NULL;
    struct as_completed iterator;
    int seen[CALLS] = {0};

    (void)state;
    assert_int_equal(process_pool_init(&pool, 3, functions, FUNCTIONS), 0);
    for (int i = 0; i < CALLS; i++) {
        const signed char argument[] = {(signed char)i, (signed char)-i};

        futures[i] = submit(REVERSE, argument, sizeof argument);
    }
    assert_int_equal(as_completed_init(&iterator, futures, CALLS), 0);
    while (as_completed_next(&iterator, DEADLINE_NEVER, &next) == 0) {
        const signed char *bytes;

        assert_int_equal(process_pool_result(next, 0, &result), 0);
        bytes = result->data;
        assert_int_equal(bytes[0], -bytes[1]);
        assert_ptr_equal(next, futures[bytes[1]]);
        seen[bytes[1]]++;
    }
    as_completed_release(&iterator);
    for (int i = 0; i < CALLS; i++) {
        assert_int_equal(seen[i], 1);
        future_free(futures[i]);
    }
    end_pool();
}

static void workers_run_at_the_same_time(void **state)
{
    const struct process_result *result;
    struct future *futures[2];
    struct pipes pipes[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        pipes_init(&pipes[i]); /* before the fork: the workers inherit them */
    assert_int_equal(process_pool_init(&pool, 2, functions, FUNCTIONS), 0);
    for (int i = 0; i < 2; i++)
        futures[i] = submit(PASS_PIPES, &pipes[i], sizeof pipes[i]);
    for (int i = 0; i < 2; i++)
        pipes_wait_begun(&pipes[i]);
    assert_int_equal(process_pool_result(futures[0], 1, &result), -ETIMEDOUT);
    for (int i = 1; i >= 0; i--) {
        pipes_let_end(&pipes[i]);
        assert_int_equal(error_of(futures[i]), 0);
    }
    end_pool();
    for (int i = 0; i < 2; i++)
        pipes_release(&pipes[i]);
}

static void pending_calls_can_be_cancelled(void **state)
{
    struct future *running, *cancelled, *pending;
    struct pipes pipes;

    (void)state;
    pipes_init(&pipes);
    assert_int_equal(process_pool_init(&pool, 1, functions, FUNCTIONS), 0);
    running = submit(PASS_PIPES, &pipes, sizeof pipes);
    cancelled = submit(REVERSE, "ab", 2);
    pending = submit(REVERSE, "ab", 2);
    pipes_wait_begun(&pipes);
    assert_int_equal(future_cancel(running), -EBUSY);
    assert_int_equal(future_cancel(cancelled), 0);
    assert_int_equal(error_of(cancelled), -ECANCELED);
    assert_int_equal(process_pool_shutdown(&pool, false, true), 0);
    assert_int_equal(error_of(pending), -ECANCELED);
    pipes_let_end(&pipes);
    assert_int_equal(error_of(running), 0);
    end_pool();
    pipes_release(&pipes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_run_on_bytes_in_another_process),
        cmocka_unit_test(errors_come_back_and_the_worker_goes_on),
        cmocka_unit_test(impossible_calls_are_refused),
        cmocka_unit_test(many_calls_come_back_each_once),
        cmocka_unit_test(workers_run_at_the_same_time),
        cmocka_unit_test(pending_calls_can_be_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
