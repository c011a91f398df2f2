#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

/* Linked with --wrap=clock_gettime,--wrap=poll: the arithmetic is tested with a clock that
 * stands still, and poll can be made to be interrupted, a second later by that clock. */
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __real_poll(struct pollfd *polled, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *polled, nfds_t count, int timeout_ms);

static struct timespec *stopped_clock; /* NULL for the real one */
static clockid_t clock_read;
static int interruptions;
static int last_poll_timeout;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    clock_read = clock;
    if (!stopped_clock)
        return __real_clock_gettime(clock, now);
    *now = *stopped_clock;
    return 0;
}

int __wrap_poll(struct pollfd *polled, nfds_t count, int timeout_ms)
{
    last_poll_timeout = timeout_ms;
    if (interruptions > 0) {
        interruptions--;
        if (stopped_clock)
            stopped_clock->tv_sec++;
        errno = EINTR;
        return -1;
    }
    return __real_poll(polled, count, timeout_ms);
}

static void check_after(int timeout_ms, time_t sec, long nsec)
{
    struct timespec now = {.tv_sec = 100, .tv_nsec = 999000001};
    struct deadline deadline;

    stopped_clock = &now;
    deadline = deadline_after(timeout_ms);
    stopped_clock = NULL;
    assert_false(deadline.never);
    assert_int_equal(clock_read, CLOCK_MONOTONIC);
    assert_int_equal(deadline.at.tv_sec, sec);
    assert_int_equal(deadline.at.tv_nsec, nsec);
}

static void after_adds_milliseconds(void **state)
{
    (void)state;
    check_after(0, 100, 999000001);
    check_after(1, 101, 1);
    check_after(1500, 102, 499000001);
    check_after(INT_MAX, 100 + INT_MAX / 1000 + 1, 646000001);
}

static void negative_timeout_is_never(void **state)
{
    struct deadline never = deadline_after(DEADLINE_NEVER);

    (void)state;
    assert_true(never.never);
    assert_true(deadline_after(INT_MIN).never);
    assert_int_equal(deadline_remaining(&never), -1);
}

static void remaining_rounds_up(void **state)
{
    struct timespec now = {.tv_sec = 100, .tv_nsec = 500000000};
    struct deadline deadline = {.at = {.tv_sec = 101, .tv_nsec = 1}};

    (void)state;
    stopped_clock = &now;
    assert_int_equal(deadline_remaining(&deadline), 501);
    deadline.at.tv_nsec = 0;
    assert_int_equal(deadline_remaining(&deadline), 500);
    deadline.at = now;
    assert_int_equal(deadline_remaining(&deadline), 0);
    deadline.at.tv_sec = 99;
    assert_int_equal(deadline_remaining(&deadline), 0);
    stopped_clock = NULL;
}

struct flag {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool raised; /* guarded by mutex */
};

static void *raise_flag(void *argument)
{
    struct flag *flag = argument;

    pthread_mutex_lock(&flag->mutex);
    flag->raised = true;
    pthread_cond_signal(&flag->changed);
    pthread_mutex_unlock(&flag->mutex);
    return NULL;
}

/* Waits for a flag that another thread can only raise once this one waits. */
static int wait_for_flag(int timeout_ms)
{
    struct flag flag = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    struct deadline deadline = deadline_after(timeout_ms);
    pthread_t thread;
    int err = 0;

    deadline_cond_init(&flag.changed);
    pthread_mutex_lock(&flag.mutex);
    assert_int_equal(pthread_create(&thread, NULL, raise_flag, &flag), 0);
    while (!flag.raised && !err)
        err = deadline_wait(&flag.changed, &flag.mutex, &deadline);
    pthread_mutex_unlock(&flag.mutex);
    pthread_join(thread, NULL);
    pthread_cond_destroy(&flag.changed);
    pthread_mutex_destroy(&flag.mutex);
    return err;
}

static void wait_ends_with_a_signal(void **state)
{
    (void)state;
    assert_int_equal(wait_for_flag(DEADLINE_NEVER), 0);
    /* A condition on CLOCK_REALTIME would think that the deadline passed long ago. */
    assert_int_equal(wait_for_flag(INT_MAX), 0);
}

static void wait_times_out(void **state)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    struct deadline deadline = deadline_after(1);
    pthread_cond_t cond;
    int err = 0;

    (void)state;
    deadline_cond_init(&cond);
    pthread_mutex_lock(&mutex);
    while (!err)
        err = deadline_wait(&cond, &mutex, &deadline);
    pthread_mutex_unlock(&mutex);
    assert_int_equal(err, -ETIMEDOUT);
    pthread_cond_destroy(&cond);
    pthread_mutex_destroy(&mutex);
}

static void poll_tells_ready_hung_up_and_closed(void **state)
{
    struct deadline never = deadline_after(DEADLINE_NEVER);
    struct deadline now = deadline_after(0);
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(deadline_poll(fds[0], POLLIN, &now), -ETIMEDOUT);
    assert_int_equal(deadline_poll(fds[1], POLLOUT, &never), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(deadline_poll(fds[0], POLLIN, &never), 0);
    close(fds[1]);
    assert_int_equal(deadline_poll(fds[0], POLLIN, &never), 0);
    close(fds[0]);
    assert_int_equal(deadline_poll(fds[0], POLLIN, &never), -EBADF);
}

static void poll_goes_on_after_a_signal(void **state)
{
    struct deadline deadline = deadline_after(INT_MAX);
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    interruptions = 2;
    assert_int_equal(deadline_poll(fds[0], POLLIN, &deadline), 0);
    assert_int_equal(interruptions, 0);
    close(fds[0]);
    close(fds[1]);
}

static void poll_measures_from_the_beginning(void **state)
{
    struct timespec now = {.tv_sec = 100};
    struct deadline deadline;
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    stopped_clock = &now;
    deadline = deadline_after(2000);
    interruptions = 2;
    /* Each interruption comes a second later; after two of them no time is left. */
    assert_int_equal(deadline_poll(fds[0], POLLIN, &deadline), -ETIMEDOUT);
    assert_int_equal(last_poll_timeout, 0);
    stopped_clock = NULL;
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_adds_milliseconds),
        cmocka_unit_test(negative_timeout_is_never),
        cmocka_unit_test(remaining_rounds_up),
        cmocka_unit_test(wait_ends_with_a_signal),
        cmocka_unit_test(wait_times_out),
        cmocka_unit_test(poll_tells_ready_hung_up_and_closed),
        cmocka_unit_test(poll_goes_on_after_a_signal),
        cmocka_unit_test(poll_measures_from_the_beginning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
