#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "as_completed.h"
#include "deadline.h"
#include "future.h"
#include "pipe_channel.h"
#include "pool.h"
#include "process_pool.h"
#include "process_queue.h"
#include "refuse.h"
#include "rlock.h"
#include "task_queue.h"
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What the primitives do when the system has no memory, threads, processes or descriptors to
 * give: they say so, and leave nothing behind. Leaked memory is for LeakSanitizer to find.
 */

static int count_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 100; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void objects_on_the_heap_need_memory(void **state)
{
    struct as_completed iterator;
    struct task_queue queue;

    (void)state;
    refuse(CALLOC, 0);
    assert_null(rlock_new());
    refuse(CALLOC, 0);
    assert_null(future_new());
    refuse(CALLOC, 0);
    assert_int_equal(as_completed_init(&iterator, NULL, 0), -ENOMEM);
    refuse(CALLOC, 0);
    assert_int_equal(task_queue_init(&queue, 0), -ENOMEM);
}

static void queue_that_cannot_grow_keeps_what_it_has(void **state)
{
    struct task_queue queue;
    size_t put = 0;
    void *item;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 0), 0);
    refuse(CALLOC, 0);
    while (task_queue_put(&queue, &put) == 0)
        put++;
    assert_true(was_refused(CALLOC));
    assert_int_equal(task_queue_size(&queue), put);
    assert_int_equal(task_queue_put(&queue, &queue), 0);
    for (size_t got = 0; got < put; got++) {
        assert_int_equal(task_queue_try_get(&queue, &item), 0);
        assert_ptr_equal(item, &put);
        assert_int_equal(task_queue_task_done(&queue), 0);
    }
    assert_int_equal(task_queue_try_get(&queue, &item), 0);
    assert_ptr_equal(item, &queue);
    /* The item that was refused does not count as work to be done. */
    assert_int_equal(task_queue_task_done(&queue), 0);
    assert_int_equal(task_queue_task_done(&queue), -EINVAL);
    task_queue_release(&queue);
}

static void do_nothing(void *argument)
{
    (void)argument;
}

static void thread_may_be_started_later(void **state)
{
    struct thread thread;

    (void)state;
    thread_init(&thread, NULL, false, do_nothing, NULL);
    refuse(PTHREAD_CREATE, 0);
    assert_int_equal(thread_start(&thread), -EAGAIN);
    assert_false(thread_is_alive(&thread));
    assert_int_equal(thread_join(&thread, DEADLINE_NEVER), -EINVAL);
    assert_int_equal(thread_join_all(), 0);
    assert_int_equal(thread_start(&thread), 0);
    assert_int_equal(thread_join(&thread, DEADLINE_NEVER), 0);
    assert_int_equal(thread_release(&thread), 0);
}

static int succeed(void *argument, void **value)
{
    (void)argument;
    (void)value;
    return 0;
}

static void pool_starts_whole_or_not_at_all(void **state)
{
    struct future *future = NULL;
    struct pool pool;

    (void)state;
    refuse(CALLOC, 0);
    assert_int_equal(pool_init(&pool, 3, "test"), -ENOMEM);
    refuse(PTHREAD_CREATE, 2);
    assert_int_equal(pool_init(&pool, 3, "test"), -EAGAIN);
    assert_true(was_refused(PTHREAD_CREATE));
    assert_int_equal(pool_init(&pool, 3, "test"), 0);
    for (int after = 0; after < 2; after++) {
        refuse(CALLOC, after);
        assert_int_equal(pool_submit(&pool, succeed, NULL, &future), -ENOMEM);
        assert_null(future);
    }
    assert_int_equal(pool_submit(&pool, succeed, NULL, &future), 0);
    assert_int_equal(future_result(future, DEADLINE_NEVER, NULL), 0);
    future_free(future);
    pool_release(&pool);
}

static void message_needs_memory(void **state)
{
    struct pipe_channel a, b;
    size_t length = 0;
    void *data = NULL;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    assert_int_equal(pipe_channel_send(&a, "message", 7), 0);
    refuse(MALLOC, 0);
    assert_int_equal(pipe_channel_receive(&b, &data, &length), -ENOMEM);
    assert_null(data);
    pipe_channel_close(&a);
    pipe_channel_close(&b);
}

static void process_queue_needs_descriptors(void **state)
{
    int open_before = count_descriptors();
    struct process_queue queue;

    (void)state;
    for (int after = 0; after < 2; after++) {
        refuse(EVENTFD, after);
        assert_int_equal(process_queue_init(&queue, 1, 1), -EMFILE);
        assert_int_equal(count_descriptors(), open_before);
    }
    assert_int_equal(process_queue_init(&queue, 1, 1), 0);
    process_queue_release(&queue);
    assert_int_equal(count_descriptors(), open_before);
}

static int give_nothing(const void *argument, size_t length, void **result, size_t *result_length)
{
    (void)argument;
    (void)length;
    (void)result;
    (void)result_length;
    return 0;
}

/* In the worker: refuses the memory for its own answer. */
static int give_what_cannot_be_sent(const void *argument, size_t length, void **result,
                                    size_t *result_length)
{
    refuse(CALLOC, 0);
    return give_nothing(argument, length, result, result_length);
}

static process_function *const functions[] = {give_nothing, give_what_cannot_be_sent};

static int error_of(struct future *future)
{
    const struct process_result *result;
    int err = process_pool_result(future, DEADLINE_NEVER, &result);

    future_free(future);
    return err;
}

static void process_pool_starts_whole_or_not_at_all(void **state)
{
    const struct {
        enum call call;
        int after, err;
    } refusals[] = {{CALLOC, 0, -ENOMEM},
                    {FORK, 0, -EAGAIN},
                    {FORK, 2, -EAGAIN},
                    {PTHREAD_CREATE, 1, -EAGAIN},
                    {CALLOC, 1, -ENOMEM}};
    int open_before = count_descriptors();
    struct process_pool pool;

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        refuse(refusals[i].call, refusals[i].after);
        assert_int_equal(process_pool_init(&pool, 3, functions, 2), refusals[i].err);
        assert_true(was_refused(refusals[i].call));
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
        assert_int_equal(count_descriptors(), open_before);
    }
}

static void process_pool_goes_on_without_memory(void **state)
{
    struct future *future = NULL;
    struct process_pool pool;

    (void)state;
    assert_int_equal(process_pool_init(&pool, 1, functions, 2), 0);
    for (int after = 0; after < 3; after++) {
        refuse(CALLOC, after);
        assert_int_equal(process_pool_submit(&pool, 0, "x", 1, &future), -ENOMEM);
        assert_null(future);
    }
    assert_int_equal(process_pool_submit(&pool, 1, "x", 1, &future), 0);
    assert_int_equal(error_of(future), -ENOMEM);
    assert_int_equal(process_pool_submit(&pool, 0, "x", 1, &future), 0);
    assert_int_equal(error_of(future), 0);
    process_pool_release(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_on_the_heap_need_memory),
        cmocka_unit_test(queue_that_cannot_grow_keeps_what_it_has),
        cmocka_unit_test(thread_may_be_started_later),
        cmocka_unit_test(pool_starts_whole_or_not_at_all),
        cmocka_unit_test(message_needs_memory),
        cmocka_unit_test(process_queue_needs_descriptors),
        cmocka_unit_test(process_pool_starts_whole_or_not_at_all),
        cmocka_unit_test(process_pool_goes_on_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
