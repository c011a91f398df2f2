#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "process_queue.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The queue between processes, some of which die. No test has threads, since all fork. Linked
 * with --wrap=deadline_poll: a child says on about_to_block that it is about to wait.
 */
int __real_deadline_poll(int fd, short events, const struct deadline *deadline);
int __wrap_deadline_poll(int fd, short events, const struct deadline *deadline);

static int about_to_block[2];
static bool tell; /* set in children only */

int __wrap_deadline_poll(int fd, short events, const struct deadline *deadline)
{
    if (tell && write(about_to_block[1], "x", 1) != 1)
        _exit(EXIT_FAILURE);
    return __real_deadline_poll(fd, events, deadline);
}

enum { CAPACITY = 2, PUTTERS = 3, GETTERS = 3, EACH = 150, MESSAGES = PUTTERS * EACH };

static struct process_queue queue;

static int make_queue(void **state)
{
    (void)state;
    return pipe(about_to_block) < 0 ? -1 : process_queue_init(&queue, CAPACITY, sizeof(int));
}

static int release_queue(void **state)
{
    (void)state;
    process_queue_release(&queue);
    close(about_to_block[0]);
    close(about_to_block[1]);
    return 0;
}

/* Runs action(argument) in a child, which exits with the result. */
static pid_t start_child(int (*action)(int argument), int argument)
{
    pid_t child = fork();

    if (child == 0)
        _exit(action(argument));
    assert_true(child > 0);
    return child;
}

static int status_of(pid_t child)
{
    int status = -1;

    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void wait_until_child_blocks(void)
{
    char byte;

    assert_int_equal(read(about_to_block[0], &byte, 1), 1);
    /* Takes the lock: a wait that gives it up only when it begins has begun. */
    process_queue_size(&queue);
}

static int put_number(int number)
{
    return process_queue_put(&queue, &number, sizeof number);
}

/* The next number, or -1. */
static int get_number(void)
{
    size_t length;
    int number;

    return process_queue_get(&queue, &number, sizeof number, &length) ? -1 : number;
}

/*
 * Takes the queue through all its states, which one that is locked, corrupted or wrong about
 * being full or empty does not survive.
 */
static void check_queue_is_sound(void)
{
    size_t length;
    int number;

    assert_int_equal(process_queue_get_timed(&queue, &number, sizeof number, &length, 1),
                     -ETIMEDOUT);
    assert_int_equal(process_queue_size(&queue), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(put_number(10 + i), 0);
        assert_int_equal(put_number(20 + i), 0);
        assert_int_equal(process_queue_put_timed(&queue, &i, sizeof i, 1), -ETIMEDOUT);
        assert_int_equal(get_number(), 10 + i);
        assert_int_equal(get_number(), 20 + i);
    }
}

static int put_many(int first)
{
    for (int i = 0; i < EACH; i++)
        if (put_number(first + i))
            return 1;
    return 0;
}

/* Shared by all processes; each row belongs to one getter until it has exited. */
static unsigned char (*seen)[MESSAGES];

static int get_until_told(int getter)
{
    int number;

    while ((number = get_number()) < MESSAGES && number >= 0)
        seen[getter][number]++;
    return number != MESSAGES;
}

static void processes_pass_every_message_once(void **state)
{
    pid_t putters[PUTTERS], getters[GETTERS];

    (void)state;
    seen = mmap(NULL, GETTERS * sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
    assert_true(seen != MAP_FAILED);
    for (int i = 0; i < GETTERS; i++)
        getters[i] = start_child(get_until_told, i);
    for (int i = 0; i < PUTTERS; i++)
        putters[i] = start_child(put_many, i * EACH);
    for (int i = 0; i < PUTTERS; i++)
        assert_int_equal(status_of(putters[i]), 0);
    for (int i = 0; i < GETTERS; i++)
        assert_int_equal(put_number(MESSAGES), 0);
    for (int i = 0; i < GETTERS; i++)
        assert_int_equal(status_of(getters[i]), 0);
    for (int number = 0; number < MESSAGES; number++) {
        int times = 0;

        for (int i = 0; i < GETTERS; i++)
            times += seen[i][number];
        assert_int_equal(times, 1);
    }
    munmap(seen, GETTERS * sizeof *seen);
    check_queue_is_sound();
}

static int put_telling(int number)
{
    tell = true;
    return put_number(number);
}

static int get_telling(int ignored)
{
    (void)ignored;
    tell = true;
    return get_number();
}

static void put_blocks_a_process_while_full(void **state)
{
    pid_t child;

    (void)state;
    assert_int_equal(put_number(1), 0);
    assert_int_equal(put_number(2), 0);
    child = start_child(put_telling, 3);
    wait_until_child_blocks();
    assert_int_equal(process_queue_size(&queue), CAPACITY);
    assert_int_equal(get_number(), 1);
    assert_int_equal(status_of(child), 0);
    assert_int_equal(get_number(), 2);
    assert_int_equal(get_number(), 3);
    check_queue_is_sound();
}

#define NOINLINE __attribute__((noinline))

/* Runs an action that does not survive itself; valgrind.supp knows those by name. */
static void run_to_death(int (*action)(int argument), int argument)
{
    int status = status_of(start_child(action, argument));

    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static NOINLINE int die_holding_the_lock(int ignored)
{
    (void)ignored;
    pthread_mutex_lock(&queue.shared->mutex);
    return raise(SIGKILL);
}

static void death_with_the_lock_held_locks_nobody_out(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        run_to_death(die_holding_the_lock, 0);
        check_queue_is_sound();
    }
}

/* A put cut off just before its message counts: slot written, descriptor raised. */
static NOINLINE int die_before_commit(int ignored)
{
    (void)ignored;
    pthread_mutex_lock(&queue.shared->mutex);
    memset(queue.shared->slots, 0xff, queue.slot_size);
    eventfd_write(queue.not_empty_fd, 1);
    return raise(SIGKILL);
}

static void death_before_the_commit_has_put_nothing(void **state)
{
    (void)state;
    run_to_death(die_before_commit, 0);
    check_queue_is_sound();
}

/* A put cut off just after its message counts: the queue is full, not_full_fd still raised. */
static NOINLINE int die_after_commit(int number)
{
    unsigned char *slot = queue.shared->slots + queue.slot_size;
    const size_t length = sizeof number;

    pthread_mutex_lock(&queue.shared->mutex);
    memcpy(slot, &length, sizeof length);
    memcpy(slot + sizeof length, &number, sizeof number);
    queue.shared->put_count++;
    return raise(SIGKILL);
}

static void death_after_the_commit_has_put(void **state)
{
    int number = 3;

    (void)state;
    assert_int_equal(put_number(1), 0);
    run_to_death(die_after_commit, 2);
    assert_int_equal(process_queue_put_timed(&queue, &number, sizeof number, 1), -ETIMEDOUT);
    assert_int_equal(get_number(), 1);
    assert_int_equal(get_number(), 2);
    check_queue_is_sound();
}

static void death_while_waiting_is_forgotten(void **state)
{
    pid_t child = start_child(get_telling, 0);

    (void)state;
    wait_until_child_blocks();
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(WTERMSIG(status_of(child)), SIGKILL);
    /* A condition would count the dead among its waiters, and hang one of these puts. */
    for (int i = 1; i <= 4; i++) {
        child = start_child(get_telling, 0);
        wait_until_child_blocks();
        assert_int_equal(put_number(i), 0);
        assert_int_equal(WEXITSTATUS(status_of(child)), i);
    }
    check_queue_is_sound();
}

#define with_queue(test) cmocka_unit_test_setup_teardown(test, make_queue, release_queue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_queue(processes_pass_every_message_once),
        with_queue(put_blocks_a_process_while_full),
        with_queue(death_with_the_lock_held_locks_nobody_out),
        with_queue(death_before_the_commit_has_put_nothing),
        with_queue(death_after_the_commit_has_put),
        with_queue(death_while_waiting_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
