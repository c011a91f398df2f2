#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "task_queue.h"
#include "when_blocked.h"

#include <errno.h>
#include <string.h>

enum { PRODUCERS = 3, CONSUMERS = 3, ITEMS_EACH = 200, ITEMS = PRODUCERS * ITEMS_EACH };

static int numbers[ITEMS + 1]; /* items point in here; what they point to is never read */

static int number_of(const void *item)
{
    return (int)((const int *)item - numbers);
}

static void check_next(struct task_queue *queue, int number)
{
    void *item;

    assert_int_equal(task_queue_get(queue, &item), 0);
    assert_int_equal(number_of(item), number);
}

static void items_come_out_in_order(void **state)
{
    struct task_queue queue;
    int in = 0, out = 0;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 0), 0);
    /* Two in and one out: the ring grows several times, with its oldest item at any place. */
    while (in < ITEMS) {
        assert_int_equal(task_queue_put(&queue, &numbers[in++]), 0);
        assert_int_equal(task_queue_put(&queue, &numbers[in++]), 0);
        check_next(&queue, out++);
        assert_int_equal(task_queue_size(&queue), in - out);
    }
    while (out < in)
        check_next(&queue, out++);
    assert_int_equal(task_queue_size(&queue), 0);
    task_queue_release(&queue);
}

static void bounded_ring_wraps_around(void **state)
{
    struct task_queue queue;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 3), 0);
    assert_int_equal(task_queue_put(&queue, &numbers[0]), 0);
    assert_int_equal(task_queue_put(&queue, &numbers[1]), 0);
    for (int i = 2; i < 20; i++) {
        assert_int_equal(task_queue_put(&queue, &numbers[i]), 0);
        check_next(&queue, i - 2);
    }
    task_queue_release(&queue);
}

static void null_is_an_item(void **state)
{
    struct task_queue queue;
    void *item = &queue;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 1), 0);
    assert_int_equal(task_queue_put(&queue, NULL), 0);
    assert_int_equal(task_queue_get(&queue, &item), 0);
    assert_null(item);
    task_queue_release(&queue);
}

static void full_and_empty_are_told(void **state)
{
    struct task_queue queue;
    void *item = &queue;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 2), 0);
    assert_int_equal(task_queue_try_get(&queue, &item), -EAGAIN);
    assert_int_equal(task_queue_get_timed(&queue, &item, 1), -ETIMEDOUT);
    assert_ptr_equal(item, &queue);
    assert_int_equal(task_queue_try_put(&queue, &numbers[0]), 0);
    assert_int_equal(task_queue_put_timed(&queue, &numbers[1], 1), 0);
    assert_int_equal(task_queue_try_put(&queue, &numbers[2]), -EAGAIN);
    assert_int_equal(task_queue_put_timed(&queue, &numbers[2], 1), -ETIMEDOUT);
    assert_int_equal(task_queue_size(&queue), 2);
    assert_int_equal(task_queue_try_get(&queue, &item), 0);
    assert_int_equal(number_of(item), 0);
    assert_int_equal(task_queue_get_timed(&queue, &item, 1), 0);
    assert_int_equal(number_of(item), 1);
    task_queue_release(&queue);
}

static void take_first(void *argument)
{
    void *item;

    task_queue_get(argument, &item);
}

static void put_blocks_while_full(void **state)
{
    struct when_blocked when;
    struct task_queue queue;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 1), 0);
    assert_int_equal(task_queue_put(&queue, &numbers[0]), 0);
    when_blocked_start(&when, &queue.not_full, take_first, &queue);
    assert_int_equal(task_queue_put(&queue, &numbers[1]), 0);
    assert_true(when_blocked_end(&when));
    assert_int_equal(task_queue_size(&queue), 1);
    check_next(&queue, 1);
    task_queue_release(&queue);
}

static void put_one(void *argument)
{
    task_queue_put(argument, &numbers[7]);
}

static void get_blocks_while_empty(void **state)
{
    struct when_blocked when;
    struct task_queue queue;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 0), 0);
    when_blocked_start(&when, &queue.not_empty, put_one, &queue);
    check_next(&queue, 7);
    assert_true(when_blocked_end(&when));
    task_queue_release(&queue);
}

static void finish_one(void *argument)
{
    task_queue_task_done(argument);
}

static void join_blocks_until_all_is_done(void **state)
{
    struct when_blocked when;
    struct task_queue queue;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 0), 0);
    task_queue_join(&queue);
    assert_int_equal(task_queue_put(&queue, &numbers[0]), 0);
    assert_int_equal(task_queue_put(&queue, &numbers[1]), 0);
    check_next(&queue, 0);
    check_next(&queue, 1);
    assert_int_equal(task_queue_task_done(&queue), 0);
    /* Got is not done: the queue is empty, and join still waits for the second item. */
    when_blocked_start(&when, &queue.all_done, finish_one, &queue);
    task_queue_join(&queue);
    assert_true(when_blocked_end(&when));
    task_queue_release(&queue);
}

static void too_many_task_done_are_refused(void **state)
{
    struct task_queue queue;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 0), 0);
    assert_int_equal(task_queue_task_done(&queue), -EINVAL);
    assert_int_equal(task_queue_put(&queue, &numbers[0]), 0);
    assert_int_equal(task_queue_task_done(&queue), 0);
    assert_int_equal(task_queue_task_done(&queue), -EINVAL);
    task_queue_release(&queue);
}

static void *join_queue(void *argument)
{
    task_queue_join(argument);
    return argument;
}

static void join_wakes_every_joiner(void **state)
{
    pthread_t joiners[CONSUMERS];
    struct task_queue queue;
    void *result;

    (void)state;
    assert_int_equal(task_queue_init(&queue, 0), 0);
    assert_int_equal(task_queue_put(&queue, &numbers[0]), 0);
    for (int i = 0; i < CONSUMERS; i++)
        assert_int_equal(pthread_create(&joiners[i], NULL, join_queue, &queue), 0);
    wait_until_blocked(&queue.all_done, CONSUMERS);
    assert_int_equal(task_queue_task_done(&queue), 0);
    for (int i = 0; i < CONSUMERS; i++) {
        assert_int_equal(pthread_join(joiners[i], &result), 0);
        assert_ptr_equal(result, &queue);
    }
    task_queue_release(&queue);
}

struct party {
    struct task_queue *queue;
    pthread_t thread;
    int first;             /* producers: the first of their ITEMS_EACH items */
    int seen[ITEMS];       /* consumers: how often each item came; of the consumer only */
    int newest[PRODUCERS]; /* consumers: the last number seen from each producer */
    int errors;
};

static void *produce(void *argument)
{
    struct party *producer = argument;

    for (int i = 0; i < ITEMS_EACH; i++)
        producer->errors += task_queue_put(producer->queue, &numbers[producer->first + i]) != 0;
    return NULL;
}

static void *consume(void *argument)
{
    struct party *consumer = argument;
    void *item;

    while (task_queue_get(consumer->queue, &item) == 0 && item) {
        int number = number_of(item);
        int producer = number / ITEMS_EACH;

        consumer->seen[number]++;
        /* What one producer put, one consumer gets in that order. */
        consumer->errors += number <= consumer->newest[producer] && number % ITEMS_EACH > 0;
        consumer->newest[producer] = number;
        consumer->errors += task_queue_task_done(consumer->queue) != 0;
    }
    return NULL;
}

static void many_threads_pass_every_item_once(void **state)
{
    static struct party producers[PRODUCERS], consumers[CONSUMERS];
    struct task_queue queue;

    (void)state;
    memset(producers, 0, sizeof producers);
    memset(consumers, 0, sizeof consumers);
    assert_int_equal(task_queue_init(&queue, 5), 0);
    for (int i = 0; i < CONSUMERS; i++) {
        consumers[i].queue = &queue;
        assert_int_equal(pthread_create(&consumers[i].thread, NULL, consume, &consumers[i]), 0);
    }
    for (int i = 0; i < PRODUCERS; i++) {
        producers[i].queue = &queue;
        producers[i].first = i * ITEMS_EACH;
        assert_int_equal(pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
    }
    for (int i = 0; i < PRODUCERS; i++) {
        assert_int_equal(pthread_join(producers[i].thread, NULL), 0);
        assert_int_equal(producers[i].errors, 0);
    }
    /* All are done when join returns, so all that was seen may be read without another lock. */
    task_queue_join(&queue);
    for (int number = 0; number < ITEMS; number++) {
        int seen = 0;

        for (int i = 0; i < CONSUMERS; i++)
            seen += consumers[i].seen[number];
        assert_int_equal(seen, 1);
    }
    for (int i = 0; i < CONSUMERS; i++)
        assert_int_equal(task_queue_put(&queue, NULL), 0);
    for (int i = 0; i < CONSUMERS; i++) {
        assert_int_equal(pthread_join(consumers[i].thread, NULL), 0);
        assert_int_equal(consumers[i].errors, 0);
    }
    task_queue_release(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_out_in_order),
        cmocka_unit_test(bounded_ring_wraps_around),
        cmocka_unit_test(null_is_an_item),
        cmocka_unit_test(full_and_empty_are_told),
        cmocka_unit_test(put_blocks_while_full),
        cmocka_unit_test(get_blocks_while_empty),
        cmocka_unit_test(join_blocks_until_all_is_done),
        cmocka_unit_test(too_many_task_done_are_refused),
        cmocka_unit_test(join_wakes_every_joiner),
        cmocka_unit_test(many_threads_pass_every_item_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
