#define _GNU_SOURCE /* pthread_getname_np */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "gate.h"
#include "thread.h"
#include "when_blocked.h"

#include <errno.h>
#include <string.h>

/* More than the changes of state that follow the end of a thread, each of which wakes somebody. */
enum { JOINERS = 6 };

/* A thread that runs until it is told to end. */
struct worker {
    struct thread thread;
    struct gate gate;
    int done; /* of the thread until it is joined */
};

static void work(void *argument)
{
    struct worker *worker = argument;

    gate_pass(&worker->gate);
    worker->done++;
}

static void worker_init(struct worker *worker, bool daemon, void (*run)(void *))
{
    worker->done = 0;
    gate_init(&worker->gate);
    thread_init(&worker->thread, NULL, daemon, run, worker);
}

static void worker_release(struct worker *worker)
{
    assert_int_equal(thread_release(&worker->thread), 0);
    gate_release(&worker->gate);
}

static void alive_from_start_to_end(void **state)
{
    struct worker worker;

    (void)state;
    worker_init(&worker, false, work);
    assert_false(thread_is_alive(&worker.thread));
    assert_int_equal(thread_start(&worker.thread), 0);
    assert_true(thread_is_alive(&worker.thread));
    gate_open(&worker.gate);
    assert_int_equal(thread_join(&worker.thread, DEADLINE_NEVER), 0);
    assert_false(thread_is_alive(&worker.thread));
    assert_int_equal(worker.done, 1);
    worker_release(&worker);
}

static void join_blocks_until_the_end(void **state)
{
    struct when_blocked when;
    struct worker worker;

    (void)state;
    worker_init(&worker, false, work);
    assert_int_equal(thread_start(&worker.thread), 0);
    when_blocked_start(&when, &worker.thread.changed, gate_open, &worker.gate);
    assert_int_equal(thread_join(&worker.thread, DEADLINE_NEVER), 0);
    assert_true(when_blocked_end(&when));
    assert_int_equal(worker.done, 1);
    worker_release(&worker);
}

static void join_times_out_and_may_be_repeated(void **state)
{
    struct worker worker;

    (void)state;
    worker_init(&worker, false, work);
    assert_int_equal(thread_start(&worker.thread), 0);
    assert_int_equal(thread_join(&worker.thread, 0), -ETIMEDOUT);
    assert_int_equal(thread_join(&worker.thread, 1), -ETIMEDOUT);
    assert_int_equal(thread_release(&worker.thread), -EBUSY);
    assert_true(thread_is_alive(&worker.thread));
    gate_open(&worker.gate);
    assert_int_equal(thread_join(&worker.thread, DEADLINE_NEVER), 0);
    assert_int_equal(thread_join(&worker.thread, DEADLINE_NEVER), 0);
    assert_int_equal(thread_join(&worker.thread, 0), 0);
    worker_release(&worker);
}

static void misuse_is_refused(void **state)
{
    struct worker worker;

    (void)state;
    worker_init(&worker, false, work);
    assert_int_equal(thread_join(&worker.thread, 0), -EINVAL);
    assert_int_equal(thread_start(&worker.thread), 0);
    assert_int_equal(thread_start(&worker.thread), -EALREADY);
    gate_open(&worker.gate);
    assert_int_equal(thread_join(&worker.thread, DEADLINE_NEVER), 0);
    assert_int_equal(thread_start(&worker.thread), -EALREADY);
    assert_int_equal(worker.done, 1);
    worker_release(&worker);
}

static void unstarted_thread_can_be_released(void **state)
{
    struct worker worker;

    (void)state;
    worker_init(&worker, false, work);
    worker_release(&worker);
}

struct self {
    struct thread thread;
    int join, join_all;
    bool is_current;
    char system_name[THREAD_NAME_SIZE];
};

static void examine_self(void *argument)
{
    struct self *self = argument;

    self->join = thread_join(&self->thread, 1);
    self->join_all = thread_join_all();
    self->is_current = thread_is_current(&self->thread);
    pthread_getname_np(pthread_self(), self->system_name, sizeof self->system_name);
}

static void thread_knows_itself(void **state)
{
    struct self self;

    (void)state;
    thread_init(&self.thread, "a name of more than 15 bytes", false, examine_self, &self);
    assert_int_equal(thread_start(&self.thread), 0);
    assert_false(thread_is_current(&self.thread));
    assert_int_equal(thread_join(&self.thread, DEADLINE_NEVER), 0);
    assert_int_equal(self.join, -EDEADLK);
    assert_int_equal(self.join_all, -EDEADLK);
    assert_true(self.is_current);
    assert_string_equal(self.system_name, "a name of more ");
    assert_string_equal(thread_name(&self.thread), "a name of more than 15 bytes");
    assert_int_equal(thread_release(&self.thread), 0);
}

static void names_are_given_cut_or_made(void **state)
{
    struct thread first, second, given;
    char name[] = "0123456789012345678901234567890123456789";

    (void)state;
    thread_init(&first, NULL, true, work, NULL);
    thread_init(&second, NULL, true, work, NULL);
    thread_init(&given, name, true, work, NULL);
    memset(name, 'x', sizeof name - 1);
    assert_memory_equal(thread_name(&first), "Thread-", strlen("Thread-"));
    assert_string_not_equal(thread_name(&first), thread_name(&second));
    assert_string_equal(thread_name(&given), "0123456789012345678901234567890");
    assert_int_equal(thread_release(&first), 0);
    assert_int_equal(thread_release(&second), 0);
    assert_int_equal(thread_release(&given), 0);
}

static void *join_worker(void *argument)
{
    struct worker *worker = argument;

    return thread_join(&worker->thread, DEADLINE_NEVER) == 0 && worker->done == 1 ? worker : NULL;
}

static void several_threads_join_one(void **state)
{
    pthread_t joiners[JOINERS];
    struct worker worker;
    void *result;

    (void)state;
    worker_init(&worker, false, work);
    assert_int_equal(thread_start(&worker.thread), 0);
    for (int i = 0; i < JOINERS; i++)
        assert_int_equal(pthread_create(&joiners[i], NULL, join_worker, &worker), 0);
    wait_until_blocked(&worker.thread.changed, JOINERS);
    gate_open(&worker.gate);
    for (int i = 0; i < JOINERS; i++) {
        assert_int_equal(pthread_join(joiners[i], &result), 0);
        assert_ptr_equal(result, &worker);
    }
    worker_release(&worker);
}

static void join_all_waits_for_non_daemons(void **state)
{
    struct worker early, late;
    struct when_blocked when;

    (void)state;
    worker_init(&early, false, work);
    worker_init(&late, false, work);
    assert_int_equal(thread_start(&early.thread), 0);
    assert_int_equal(thread_start(&late.thread), 0);
    gate_open(&early.gate);
    when_blocked_start(&when, NULL, gate_open, &late.gate);
    assert_int_equal(thread_join_all(), 0);
    assert_true(when_blocked_end(&when));
    assert_int_equal(early.done + late.done, 2);
    /* Both are joined, and may still be joined by those who started them. */
    assert_int_equal(thread_join(&early.thread, 0), 0);
    worker_release(&early);
    worker_release(&late);
}

static void join_all_leaves_daemons_alone(void **state)
{
    struct when_blocked when;
    struct worker daemon;

    (void)state;
    worker_init(&daemon, true, work);
    assert_int_equal(thread_start(&daemon.thread), 0);
    when_blocked_start(&when, NULL, gate_open, &daemon.gate);
    assert_int_equal(thread_join_all(), 0);
    assert_false(when_blocked_end(&when));
    assert_true(thread_is_alive(&daemon.thread));
    gate_open(&daemon.gate);
    assert_int_equal(thread_join(&daemon.thread, DEADLINE_NEVER), 0);
    worker_release(&daemon);
}

/* A non-daemon thread that starts, joins and releases another one while join_all waits. */
static void run_child(void *argument)
{
    struct worker *parent = argument, child;

    gate_pass(&parent->gate);
    worker_init(&child, false, work);
    gate_open(&child.gate);
    if (thread_start(&child.thread) == 0 && thread_join(&child.thread, DEADLINE_NEVER) == 0 &&
        thread_release(&child.thread) == 0)
        parent->done = child.done;
    gate_release(&child.gate);
}

static void join_all_meets_threads_that_come_and_go(void **state)
{
    struct when_blocked when;
    struct worker parent;

    (void)state;
    worker_init(&parent, false, run_child);
    assert_int_equal(thread_start(&parent.thread), 0);
    when_blocked_start(&when, NULL, gate_open, &parent.gate);
    assert_int_equal(thread_join_all(), 0);
    assert_true(when_blocked_end(&when));
    assert_int_equal(parent.done, 1);
    worker_release(&parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alive_from_start_to_end),
        cmocka_unit_test(join_blocks_until_the_end),
        cmocka_unit_test(join_times_out_and_may_be_repeated),
        cmocka_unit_test(misuse_is_refused),
        cmocka_unit_test(unstarted_thread_can_be_released),
        cmocka_unit_test(thread_knows_itself),
        cmocka_unit_test(names_are_given_cut_or_made),
        cmocka_unit_test(several_threads_join_one),
        cmocka_unit_test(join_all_waits_for_non_daemons),
        cmocka_unit_test(join_all_leaves_daemons_alone),
        cmocka_unit_test(join_all_meets_threads_that_come_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
