#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "process_queue.h"
#include "when_blocked.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

enum { MESSAGE_MAX = 24 };

static void check_get(struct process_queue *queue, const void *expected, size_t expected_length)
{
    char data[MESSAGE_MAX];
    size_t length = 0;

    assert_int_equal(process_queue_get(queue, data, sizeof data, &length), 0);
    assert_int_equal(length, expected_length);
    assert_memory_equal(data, expected, expected_length);
}

static void messages_of_any_length_come_out_in_order(void **state)
{
    const char longest[MESSAGE_MAX] = "twenty-four bytes long.";
    struct process_queue queue;

    (void)state;
    assert_int_equal(process_queue_init(&queue, 3, MESSAGE_MAX), 0);
    /* Often enough for every slot to be used for every length. */
    for (int round = 0; round < 4; round++) {
        assert_int_equal(process_queue_put(&queue, longest, sizeof longest), 0);
        assert_int_equal(process_queue_put(&queue, NULL, 0), 0);
        assert_int_equal(process_queue_size(&queue), 2);
        check_get(&queue, longest, sizeof longest);
        assert_int_equal(process_queue_put(&queue, "a\0b", 3), 0);
        assert_int_equal(process_queue_put(&queue, &round, sizeof round), 0);
        check_get(&queue, "", 0);
        check_get(&queue, "a\0b", 3);
        check_get(&queue, &round, sizeof round);
        assert_int_equal(process_queue_size(&queue), 0);
    }
    process_queue_release(&queue);
}

static void impossible_queues_are_refused(void **state)
{
    struct process_queue queue;

    (void)state;
    assert_int_equal(process_queue_init(&queue, 0, 1), -EINVAL);
    assert_int_equal(process_queue_init(&queue, 1, SIZE_MAX), -EOVERFLOW);
    assert_int_equal(process_queue_init(&queue, SIZE_MAX / 16 + 2, 1), -EOVERFLOW);
    /* More than the address space has; the descriptors opened before must not stay open. */
    assert_true(process_queue_init(&queue, SIZE_MAX / 64, 1) < 0);
    assert_int_equal(fcntl(queue.not_empty_fd, F_GETFD), -1);
    assert_int_equal(fcntl(queue.not_full_fd, F_GETFD), -1);
}

static void full_and_empty_are_told(void **state)
{
    struct process_queue queue;
    size_t length = 99;
    char data[MESSAGE_MAX];

    (void)state;
    assert_int_equal(process_queue_init(&queue, 2, MESSAGE_MAX), 0);
    assert_int_equal(process_queue_try_get(&queue, data, sizeof data, &length), -EAGAIN);
    assert_int_equal(process_queue_get_timed(&queue, data, sizeof data, &length, 1), -ETIMEDOUT);
    assert_int_equal(length, 99);
    assert_int_equal(process_queue_try_put(&queue, "a", 1), 0);
    assert_int_equal(process_queue_put_timed(&queue, "b", 1, 1), 0);
    assert_int_equal(process_queue_try_put(&queue, "c", 1), -EAGAIN);
    assert_int_equal(process_queue_put_timed(&queue, "c", 1, 1), -ETIMEDOUT);
    assert_int_equal(process_queue_size(&queue), 2);
    assert_int_equal(process_queue_try_get(&queue, data, sizeof data, &length), 0);
    assert_int_equal(data[0], 'a');
    assert_int_equal(process_queue_get_timed(&queue, data, sizeof data, &length, 1), 0);
    assert_int_equal(data[0], 'b');
    assert_int_equal(process_queue_try_get(&queue, data, sizeof data, &length), -EAGAIN);
    process_queue_release(&queue);
}

static void wrong_lengths_change_nothing(void **state)
{
    char data[MESSAGE_MAX + 1] = {0};
    struct process_queue queue;
    size_t length = 0;

    (void)state;
    assert_int_equal(process_queue_init(&queue, 2, MESSAGE_MAX), 0);
    assert_int_equal(process_queue_put(&queue, data, sizeof data), -EMSGSIZE);
    assert_int_equal(process_queue_size(&queue), 0);
    assert_int_equal(process_queue_put(&queue, "message", 7), 0);
    assert_int_equal(process_queue_get(&queue, data, 6, &length), -EMSGSIZE);
    assert_int_equal(length, 7);
    assert_int_equal(data[0], 0);
    assert_int_equal(process_queue_size(&queue), 1);
    check_get(&queue, "message", 7);
    process_queue_release(&queue);
}

static bool is_raised(int fd)
{
    struct deadline now = deadline_after(0);

    return deadline_poll(fd, POLLIN, &now) == 0;
}

static void descriptors_say_not_empty_and_not_full(void **state)
{
    struct process_queue queue;

    (void)state;
    assert_int_equal(process_queue_init(&queue, 2, MESSAGE_MAX), 0);
    for (int round = 0; round < 2; round++) {
        assert_true(!is_raised(queue.not_empty_fd) && is_raised(queue.not_full_fd));
        assert_int_equal(process_queue_put(&queue, "a", 1), 0);
        assert_true(is_raised(queue.not_empty_fd) && is_raised(queue.not_full_fd));
        assert_int_equal(process_queue_put(&queue, "b", 1), 0);
        assert_true(is_raised(queue.not_empty_fd) && !is_raised(queue.not_full_fd));
        check_get(&queue, "a", 1);
        assert_true(is_raised(queue.not_empty_fd) && is_raised(queue.not_full_fd));
        check_get(&queue, "b", 1);
    }
    assert_true(fcntl(queue.not_empty_fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(queue.not_full_fd, F_GETFD) & FD_CLOEXEC);
    process_queue_release(&queue);
}

static void take_one(void *argument)
{
    char data[MESSAGE_MAX];
    size_t length;

    process_queue_get(argument, data, sizeof data, &length);
}

static void put_blocks_while_full(void **state)
{
    struct process_queue queue;
    struct when_blocked when;

    (void)state;
    assert_int_equal(process_queue_init(&queue, 1, MESSAGE_MAX), 0);
    assert_int_equal(process_queue_put(&queue, "first", 5), 0);
    when_blocked_start(&when, NULL, take_one, &queue);
    assert_int_equal(process_queue_put(&queue, "second", 6), 0);
    assert_true(when_blocked_end(&when));
    assert_int_equal(process_queue_size(&queue), 1);
    check_get(&queue, "second", 6);
    process_queue_release(&queue);
}

static void put_one(void *argument)
{
    process_queue_put(argument, "late", 4);
}

static void get_blocks_while_empty(void **state)
{
    struct process_queue queue;
    struct when_blocked when;

    (void)state;
    assert_int_equal(process_queue_init(&queue, 1, MESSAGE_MAX), 0);
    when_blocked_start(&when, NULL, put_one, &queue);
    check_get(&queue, "late", 4);
    assert_true(when_blocked_end(&when));
    process_queue_release(&queue);
}

enum { THREADS = 3, MESSAGES_EACH = 100 };

struct party {
    pthread_t thread;
    struct process_queue *queue;
    int failures, sum; /* of the thread until it is joined */
};

static void *put_many(void *argument)
{
    struct party *putter = argument;

    for (int i = 0; i < MESSAGES_EACH; i++)
        putter->failures += process_queue_put(putter->queue, &i, sizeof i) != 0;
    return NULL;
}

static void *get_many(void *argument)
{
    struct party *getter = argument;
    size_t length;
    int number;

    for (int i = 0; i < MESSAGES_EACH; i++) {
        if (process_queue_get(getter->queue, &number, sizeof number, &length))
            getter->failures++;
        else
            getter->sum += number;
    }
    return NULL;
}

static void threads_of_one_process_share_it_too(void **state)
{
    struct party parties[2 * THREADS];
    struct process_queue queue;
    int sum = 0;

    (void)state;
    assert_int_equal(process_queue_init(&queue, 4, sizeof(int)), 0);
    for (int i = 0; i < 2 * THREADS; i++) {
        parties[i] = (struct party){.queue = &queue};
        assert_int_equal(
            pthread_create(&parties[i].thread, NULL, i % 2 ? put_many : get_many, &parties[i]), 0);
    }
    for (int i = 0; i < 2 * THREADS; i++) {
        assert_int_equal(pthread_join(parties[i].thread, NULL), 0);
        assert_int_equal(parties[i].failures, 0);
        sum += parties[i].sum;
    }
    assert_int_equal(sum, THREADS * MESSAGES_EACH * (MESSAGES_EACH - 1) / 2);
    assert_int_equal(process_queue_size(&queue), 0);
    process_queue_release(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_any_length_come_out_in_order),
        cmocka_unit_test(impossible_queues_are_refused),
        cmocka_unit_test(full_and_empty_are_told),
        cmocka_unit_test(wrong_lengths_change_nothing),
        cmocka_unit_test(descriptors_say_not_empty_and_not_full),
        cmocka_unit_test(put_blocks_while_full),
        cmocka_unit_test(get_blocks_while_empty),
        cmocka_unit_test(threads_of_one_process_share_it_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
