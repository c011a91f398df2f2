/* Which findings other than races are the same bug; bug_test.c has the races and the files. */
#include "judge/made_inspection.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GATE "/home/x/gate/gate.c"

static struct inspection inspection;
static struct bugs bugs;

static int begin(void **state)
{
    (void)state;
    made_begin(&inspection);
    return 0;
}

static int end(void **state)
{
    (void)state;
    made_end(&inspection, &bugs);
    return 0;
}

static void expect(size_t count)
{
    made_merge(&inspection, &bugs);
    assert_int_equal(bugs.count, count);
}

static void expect_seen(const struct bug *bug, const char *detector, size_t reports)
{
    for (size_t i = 0; i < inspection.detector_count; i++) {
        if (strcmp(inspection.detectors[i].name, detector) == 0) {
            assert_int_equal(bug->sightings[i].reports, reports);
            return;
        }
    }
    fail_msg("no detector %s", detector);
}

static struct finding *order(const char *detector, const char *object, const int *lines)
{
    struct finding *finding = made_finding(&inspection, detector, DEFECT_LOCK_ORDER, object);
    for (; *lines; lines++)
        made_site(finding, "thread 2", "locks", GATE, *lines, "desk");
    return finding;
}

static void a_lock_order_is_told_by_four_three_or_one_place(void **state)
{
    (void)state;
    order("tsan", "from, to", (int[]){28, 29, 40, 41, 0});
    order("helgrind", "to, from", (int[]){41, 28, 29, 0});
    order("helgrind", NULL, (int[]){41, 0});
    expect(1);
    expect_seen(&bugs.items[0], "helgrind", 2);
    assert_string_equal(bugs.items[0].object, "from, to");
}

static void fewer_locks_of_a_longer_cycle_are_the_same_cycle(void **state)
{
    (void)state;
    order("tsan", "orders, stock, accounts", (int[]){42, 35, 59, 52, 75, 68, 0});
    order("helgrind", "orders, accounts", (int[]){68, 0});
    expect(1);
}

static void other_locks_or_other_places_are_another_order(void **state)
{
    (void)state;
    order("tsan", "from, to", (int[]){28, 29, 40, 41, 0});
    order("helgrind", "from, bank", (int[]){41, 28, 29, 0});
    order("helgrind", "from, to", (int[]){41, 12, 13, 0});
    expect(3);
}

static void misuse(const char *detector, const char *object, const char *message, int line)
{
    struct finding *finding = made_finding(&inspection, detector, DEFECT_MISUSE, object);
    finding->message = xstrdup(message);
    made_site(finding, NULL, NULL, GATE, line, "sell");
}

static void misuse_is_told_in_many_words(void **state)
{
    (void)state;
    misuse("tsan", "plan", "unlock of an unlocked mutex (or by a wrong thread)", 40);
    misuse("helgrind", NULL, "Thread #1 unlocked a not-locked lock", 40);
    misuse("drd", "plan", "Mutex not locked: mutex 0x404078, recursion count 0, owner 3", 40);
    misuse("drd", "room", "Mutex not locked: mutex 0x404098, recursion count 0, owner 3", 40);
    misuse("drd", "plan", "Mutex not locked: mutex 0x404078, recursion count 0, owner 3", 41);
    expect(3);
    expect_seen(&bugs.items[0], "tsan", 1);
    expect_seen(&bugs.items[0], "helgrind", 1);
    expect_seen(&bugs.items[0], "drd", 1);
}

static void of_misuse_with_two_places_the_first_is_the_fault(void **state)
{
    (void)state;
    struct finding *used = made_finding(&inspection, "tsan", DEFECT_MISUSE, NULL);
    made_site(used, NULL, "writes", GATE, 70, NULL);
    made_site(used, NULL, "frees", GATE, 59, NULL);
    misuse("helgrind", NULL, "Thread #1: pthread_mutex_destroy of a locked mutex", 59);
    misuse("drd", NULL, "Mutex not locked", 70);
    expect(2);
    expect_seen(&bugs.items[0], "drd", 1);
    expect_seen(&bugs.items[0], "helgrind", 0);
}

static void hang(const char *detector, const char *left, const char *right, int line)
{
    made_run(&inspection, detector);
    made_stuck(&inspection, detector, "main", FOR_JOIN, NULL, 63);
    made_stuck(&inspection, detector, "thread 2", FOR_MUTEX, left, line);
    made_stuck(&inspection, detector, "thread 3", FOR_MUTEX, right, line);
    made_hang(&inspection, detector, STUCK_DEADLOCK, "deadlock: thread 2 holds `left.lock`");
}

static void a_hang_is_one_under_all_detectors(void **state)
{
    (void)state;
    hang("watchdog", "left.lock", "right.lock", 42);
    hang("watchdog", "right.lock", "left.lock", 42);
    hang("tsan", NULL, NULL, 42);
    expect(1);
    assert_true(bugs.items[0].happened);
    assert_non_null(bugs.items[0].explanation);
    assert_string_equal(bugs.items[0].object, "left.lock, right.lock");
    expect_seen(&bugs.items[0], "watchdog", 2);
    expect_seen(&bugs.items[0], "tsan", 1);
}

static void a_hang_elsewhere_or_for_others_is_another(void **state)
{
    (void)state;
    hang("watchdog", "left.lock", "right.lock", 42);
    hang("watchdog", "left.lock", "right.lock", 43);
    hang("watchdog", "upper.lock", "lower.lock", 42);
    expect(3);
}

static void a_deadlock_is_its_lock_order_come_true(void **state)
{
    (void)state;
    hang("watchdog", "left.lock", "right.lock", 42);
    order("tsan", "left, right", (int[]){38, 42, 0});
    order("helgrind", "left, right", (int[]){42, 0});
    expect(1);
    assert_int_equal(bugs.items[0].defect, DEFECT_HANG);
    assert_int_equal(bugs.items[0].finding->defect, DEFECT_HANG);
    assert_true(bugs.items[0].happened);
    expect_seen(&bugs.items[0], "tsan", 1);
    expect_seen(&bugs.items[0], "helgrind", 1);
}

static void a_deadlock_at_other_places_or_locks_is_no_such_order(void **state)
{
    (void)state;
    hang("watchdog", "left.lock", "right.lock", 42);
    order("tsan", "left, right", (int[]){38, 43, 0});
    order("tsan", "left, other", (int[]){38, 42, 0});
    expect(3);
    /* One of the two threads waits where that order has no place. */
    made_end(&inspection, &bugs);
    made_begin(&inspection);
    made_stuck(&inspection, "watchdog", "thread 2", FOR_MUTEX, "left.lock", 42);
    made_stuck(&inspection, "watchdog", "thread 3", FOR_MUTEX, "right.lock", 44);
    made_hang(&inspection, "watchdog", STUCK_DEADLOCK, "deadlock");
    order("tsan", "left, right", (int[]){38, 42, 0});
    expect(2);
}

static void a_hang_that_is_no_lock_cycle_leaves_lock_orders_alone(void **state)
{
    (void)state;
    made_stuck(&inspection, "watchdog", "thread 2", FOR_MUTEX, "left.lock", 42);
    made_stuck(&inspection, "watchdog", "thread 3", FOR_CONDITION, "right.lock", 42);
    made_hang(&inspection, "watchdog", STUCK_DEADLOCK, "deadlock");
    order("tsan", "left, right", (int[]){38, 42, 0});
    expect(2);
    made_end(&inspection, &bugs);
    made_begin(&inspection);
    made_stuck(&inspection, "watchdog", "thread 2", FOR_MUTEX, "left.lock", 42);
    made_stuck(&inspection, "watchdog", "thread 3", FOR_MUTEX, "right.lock", 42);
    made_hang(&inspection, "watchdog", STUCK_HANG, "hang");
    order("tsan", "left, right", (int[]){38, 42, 0});
    expect(2);
}

static void ended(const char *detector, enum defect defect, const char *message, int line)
{
    struct finding *finding = made_finding(&inspection, detector, defect, NULL);
    finding->message = xstrdup(message);
    if (line)
        made_site(finding, NULL, NULL, line % 2 ? "gate.c" : "/home/x/gate/gate.c", line, NULL);
}

static void ends_are_the_same_by_place_or_by_words(void **state)
{
    (void)state;
    const char *segv = "crash: ended by signal 11 (Segmentation fault)";
    ended("tsan", DEFECT_CRASH, segv, 0);
    ended("drd", DEFECT_CRASH, segv, 0);
    ended("watchdog", DEFECT_CRASH, "crash: ended by signal 8 (Floating point exception)", 0);
    ended("tsan", DEFECT_WRONG_RESULT, "wrong result: assertion `a` failed", 81);
    ended("drd", DEFECT_WRONG_RESULT, "wrong result: assertion `a` failed", 81);
    ended("tsan", DEFECT_WRONG_RESULT, "wrong result: assertion `a` failed", 82);
    ended("tsan", DEFECT_WRONG_RESULT, "wrong result: exit status 1", 0);
    ended("drd", DEFECT_WRONG_RESULT, "wrong result: exit status 1", 0);
    ended("drd", DEFECT_WRONG_RESULT, "wrong result: exit status 2", 0);
    expect(6);
    for (size_t i = 0; i < bugs.count; i++)
        assert_true(bugs.items[i].happened);
}

static void leaks_are_told_apart_by_place(void **state)
{
    (void)state;
    ended("tsan", DEFECT_LEAK, "thread leak", 46);
    ended("tsan-gcc", DEFECT_LEAK, "thread leak", 46);
    ended("tsan", DEFECT_LEAK, "thread leak", 48);
    expect(2);
}

static void nothing_said_is_no_bug(void **state)
{
    (void)state;
    made_run(&inspection, "tsan");
    expect(0);
}

#define JOINS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOINS(a_lock_order_is_told_by_four_three_or_one_place),
        JOINS(fewer_locks_of_a_longer_cycle_are_the_same_cycle),
        JOINS(other_locks_or_other_places_are_another_order),
        JOINS(misuse_is_told_in_many_words),
        JOINS(of_misuse_with_two_places_the_first_is_the_fault),
        JOINS(a_hang_is_one_under_all_detectors),
        JOINS(a_hang_elsewhere_or_for_others_is_another),
        JOINS(a_deadlock_is_its_lock_order_come_true),
        JOINS(a_deadlock_at_other_places_or_locks_is_no_such_order),
        JOINS(a_hang_that_is_no_lock_cycle_leaves_lock_orders_alone),
        JOINS(ends_are_the_same_by_place_or_by_words),
        JOINS(leaks_are_told_apart_by_place),
        JOINS(nothing_said_is_no_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
