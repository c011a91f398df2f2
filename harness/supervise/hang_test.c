#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/memory.h"
#include "supervise/hang.h"

enum { MS = 1000000 };

static const struct tree_thread waiting[] = {
    {.thread = {.pid = 10, .tid = 10, .state = 'S', .call = 202, .args = {1, 2}, .switches = 5},
     .wait = WAIT_ENDLESS},
    {.thread = {.pid = 10, .tid = 11, .state = 'S', .call = 0, .args = {3}, .switches = 9},
     .wait = WAIT_ENDLESS},
};

/* Gives the watch a scan of `count` threads at a time in milliseconds. */
static bool add(struct hang_watch *watch, const struct tree_thread *threads, size_t count,
                uint64_t now_ms)
{
    struct tree_scan scan = {0};
    for (size_t i = 0; i < count; i++) {
        struct tree_thread *added =
            xappend((void **)&scan.threads, &scan.count, sizeof *scan.threads);
        *added = threads[i];
    }
    bool hung = hang_watch_add(watch, &scan, now_ms * MS);
    assert_null(scan.threads);
    return hung;
}

/* Three scans of the two waiting threads, 40 ms apart: one more and it is a hang. */
static struct hang_watch nearly(void)
{
    struct hang_watch watch = {0};
    assert_false(add(&watch, waiting, 2, 1000));
    assert_false(add(&watch, waiting, 2, 1040));
    assert_false(add(&watch, waiting, 2, 1080));
    return watch;
}

static void quiet_is_a_hang(void **state)
{
    struct hang_watch watch = nearly();
    (void)state;
    assert_true(add(&watch, waiting, 2, 1120));
    assert_int_equal(watch.last_progress_ns, UINT64_C(1000) * MS);
    hang_watch_release(&watch);
}

static void few_scans_prove_nothing(void **state)
{
    struct hang_watch watch = {0};
    (void)state;
    assert_false(add(&watch, waiting, 2, 1000));
    assert_false(add(&watch, waiting, 2, 5000));
    assert_false(add(&watch, waiting, 2, 9000));
    assert_true(add(&watch, waiting, 2, 13000));
    hang_watch_release(&watch);
}

static void scans_too_close_prove_nothing(void **state)
{
    struct hang_watch watch = {0};
    (void)state;
    for (uint64_t at = 1000; at < 1100; at += 10)
        assert_false(add(&watch, waiting, 2, at));
    assert_true(add(&watch, waiting, 2, 1120));
    hang_watch_release(&watch);
}

/* One more scan after `nearly`, with something changed in it: no hang, and the quiet begins anew. */
static void begins_anew(const struct tree_thread *threads, size_t count)
{
    struct hang_watch watch = nearly();
    assert_false(add(&watch, threads, count, 1120));
    assert_int_equal(watch.last_progress_ns, UINT64_C(1120) * MS);
    assert_false(add(&watch, waiting, 2, 1160));
    assert_false(add(&watch, waiting, 2, 1200));
    assert_false(add(&watch, waiting, 2, 1240));
    hang_watch_release(&watch);
}

static void any_change_begins_anew(void **state)
{
    struct tree_thread threads[3];
    (void)state;
#define CHANGED(change)                                                                            \
    do {                                                                                           \
        memcpy(threads, waiting, sizeof waiting);                                                  \
        change;                                                                                    \
        begins_anew(threads, 2);                                                                   \
    } while (0)
    CHANGED(threads[1].thread.switches++);
    CHANGED(threads[0].thread.switches++);
    CHANGED(threads[1].thread.args[5] = 1);
    CHANGED(threads[1].thread.call = 1);
    CHANGED(threads[1].thread.tid = 12);
    CHANGED(threads[1].thread.state = 'R'; threads[1].wait = WAIT_MAY_END);
    begins_anew(threads, 1);
    begins_anew(threads, 0);
    memcpy(threads, waiting, sizeof waiting);
    threads[2] = waiting[1];
    threads[2].thread.tid = 12;
    begins_anew(threads, 3);
}

/* A thread that came and went between the scans is in neither list. */
static void unseen_begins_anew(void **state)
{
    struct hang_watch watch = nearly();
    (void)state;
    watch.last.pulse++;
    assert_false(add(&watch, waiting, 2, 1120));
    assert_int_equal(watch.last_progress_ns, UINT64_C(1120) * MS);
    assert_false(add(&watch, waiting, 2, 1160));
    assert_false(add(&watch, waiting, 2, 1200));
    assert_true(add(&watch, waiting, 2, 1240));
    hang_watch_release(&watch);
}

static void one_that_may_end(void **state)
{
    struct tree_thread threads[2];
    struct hang_watch watch = {0};
    (void)state;
    memcpy(threads, waiting, sizeof waiting);
    threads[1].wait = WAIT_MAY_END;
    for (uint64_t at = 1000; at < 2000; at += 40)
        assert_false(add(&watch, threads, 2, at));
    assert_int_equal(watch.last_progress_ns, UINT64_C(1000) * MS);
    assert_true(watch.has_witness);
    assert_int_equal(watch.witness, 1);
    hang_watch_release(&watch);
}

static void hidden_is_told(void **state)
{
    struct tree_thread threads[2];
    struct hang_watch watch = {0};
    (void)state;
    memcpy(threads, waiting, sizeof waiting);
    threads[0].wait = WAIT_HIDDEN;
    threads[0].thread.call_error = EPERM;
    for (uint64_t at = 1000; at < 2000; at += 40)
        assert_false(add(&watch, threads, 2, at));
    assert_int_equal(watch.hidden, EPERM);
    assert_false(add(&watch, waiting, 2, 2000));
    assert_int_equal(watch.hidden, 0);
    hang_watch_release(&watch);
}

static void nothing_there_is_no_hang(void **state)
{
    struct hang_watch watch = {0};
    (void)state;
    for (uint64_t at = 1000; at < 2000; at += 40)
        assert_false(add(&watch, waiting, 0, at));
    hang_watch_release(&watch);
}

/* The runtime's own thread comes, moves and goes as it likes; alone it is nothing to hang. */
static void background_is_left_out(void **state)
{
    struct tree_thread threads[3];
    struct hang_watch watch = {0};
    (void)state;
    threads[0] = waiting[0];
    threads[1] = waiting[1];
    threads[1].background = true;
    threads[1].thread.tid = 99;
    threads[1].wait = WAIT_MAY_END;
    threads[2] = waiting[1];
    assert_false(add(&watch, threads, 3, 1000));
    threads[1].thread.switches++;
    assert_false(add(&watch, threads, 3, 1040));
    threads[1].thread.state = 'R';
    assert_false(add(&watch, threads, 3, 1080));
    assert_true(add(&watch, waiting, 2, 1120));
    hang_watch_release(&watch);
    for (uint64_t at = 1000; at < 2000; at += 40)
        assert_false(add(&watch, &threads[1], 1, at));
    hang_watch_release(&watch);
}

/* Words as a mutex has them: locked, count, owner (glibc 2.36). The threads are of this process, so
 * that its memory is read; they need not exist. */
static uint32_t mutex_of[3][3];

static struct tree_thread waiter(pid_t tid, const uint32_t *mutex)
{
    return (struct tree_thread){.thread = {.pid = getpid(),
                                           .tid = tid,
                                           .state = 'S',
                                           .call = SYS_futex,
                                           .args = {(uint64_t)(uintptr_t)mutex}},
                                .wait = WAIT_ENDLESS};
}

static const struct tree_thread busy = {
    .thread = {.pid = 10, .tid = 10, .state = 'R', .call = -1, .switches = 5},
    .wait = WAIT_MAY_END};

static bool part_after_a_second(const struct tree_thread *threads, size_t count)
{
    struct hang_watch watch = {0};
    assert_false(add(&watch, threads, count, 1000));
    assert_false(hang_watch_part(&watch, UINT64_C(1000) * MS));
    assert_false(add(&watch, threads, count, 1900));
    assert_false(hang_watch_part(&watch, UINT64_C(1900) * MS));
    assert_false(add(&watch, threads, count, 2000));
    bool part = hang_watch_part(&watch, UINT64_C(2000) * MS);
    /* It is told once. */
    assert_false(add(&watch, threads, count, 2040));
    assert_false(hang_watch_part(&watch, UINT64_C(2040) * MS));
    hang_watch_release(&watch);
    return part;
}

static void a_circle_of_owners_is_a_part(void **state)
{
    struct tree_thread threads[] = {busy, waiter(11, mutex_of[0]), waiter(12, mutex_of[1]),
                                    waiter(13, mutex_of[2])};
    (void)state;
    for (int i = 0; i < 3; i++)
        mutex_of[i][0] = 2;
    mutex_of[0][2] = 12;
    mutex_of[1][2] = 13;
    mutex_of[2][2] = 11;
    assert_true(part_after_a_second(threads, 4));
    mutex_of[2][2] = 10; /* held by the one that runs */
    assert_false(part_after_a_second(threads, 4));
    mutex_of[2][2] = 13; /* by its own waiter */
    assert_true(part_after_a_second(threads, 4));
    /* Main joins a thread that waits for main's lock: the first word of a join is the thread. */
    mutex_of[0][0] = 12;
    mutex_of[0][2] = 0;
    mutex_of[1][2] = 11;
    mutex_of[2][2] = 0;
    assert_true(part_after_a_second(threads, 4));
    /* One that may give up by itself breaks the circle. */
    threads[2].thread.args[3] = 0x1000;
    assert_false(part_after_a_second(threads, 4));
    /* One that sleeps and wakes and sleeps again. */
    threads[2].thread.args[3] = 0;
    struct hang_watch watch = {0};
    for (uint64_t ms = 1000; ms <= 3000; ms += 500) {
        threads[2].thread.switches++;
        assert_false(add(&watch, threads, 4, ms));
        assert_false(hang_watch_part(&watch, ms * MS));
    }
    hang_watch_release(&watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_is_a_hang),
        cmocka_unit_test(few_scans_prove_nothing),
        cmocka_unit_test(scans_too_close_prove_nothing),
        cmocka_unit_test(any_change_begins_anew),
        cmocka_unit_test(unseen_begins_anew),
        cmocka_unit_test(one_that_may_end),
        cmocka_unit_test(hidden_is_told),
        cmocka_unit_test(nothing_there_is_no_hang),
        cmocka_unit_test(background_is_left_out),
        cmocka_unit_test(a_circle_of_owners_is_a_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
