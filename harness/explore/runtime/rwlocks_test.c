#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explore/runtime/modes_test_support.h"

static void answers(void **state)
{
    static const struct expected modes[] = {
        {.mode = "answers", .ends = EXITS, .statuses = STATUS(0), .compare = true, .seeds = 50},
        {.mode = "made-anew", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
    };
    (void)state;
    modes_run("rwlocks", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("rwlocks", modes, sizeof modes / sizeof *modes);
}

static void schedules(void **state)
{
    static const struct expected modes[] = {
        {.mode = "excludes-readers-first",
         .clean = true,
         .ends = EXITS,
         .statuses = STATUS(1) | STATUS(2)},
        {.mode = "excludes-writers-first",
         .clean = true,
         .ends = EXITS,
         .statuses = STATUS(1) | STATUS(2)},
        {.mode = "reads-twice-readers-first", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "reads-twice-writers-first", .ends = EXITS | DEADLOCKS, .statuses = STATUS(0)},
        {.mode = "try-behind-writer", .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
        {.mode = "upgrades", .ends = DEADLOCKS},
        {.mode = "timed-write", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
        {.mode = "timed-read", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
        {.mode = "timed-writers-first", .ends = EXITS, .statuses = STATUS(0)},
    };
    (void)state;
    modes_run("rwlocks", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("rwlocks", modes, sizeof modes / sizeof *modes);
}

static void destroyed(void **state)
{
    static const struct expected modes[] = {
        {.mode = "read-destroyed",
         .ends = DESTROYS,
         .message = "a read-write lock is locked after it was destroyed"},
        {.mode = "written-destroyed",
         .ends = DESTROYS,
         .message = "a read-write lock is locked after it was destroyed"},
        {.mode = "tried-destroyed",
         .ends = DESTROYS,
         .message = "a read-write lock is locked after it was destroyed"},
        {.mode = "unlocked-destroyed",
         .ends = DESTROYS,
         .message = "a read-write lock is unlocked after it was destroyed"},
        {.mode = "destroyed-twice",
         .ends = DESTROYS,
         .message = "a read-write lock is destroyed after it was destroyed"},
        {.mode = "destroyed-read",
         .ends = DESTROYS,
         .message = "a read-write lock is destroyed while 2 readers hold it"},
        {.mode = "destroyed-written",
         .ends = DESTROYS,
         .message = "a read-write lock is destroyed while main holds it"},
    };
    (void)state;
    modes_run("rwlocks", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("rwlocks", modes, sizeof modes / sizeof *modes);
}

/* Main: init, create, read lock, read lock, ...; the thread: start, arrive, write lock, ... */
static void guided(void **state)
{
    static const struct guided schedules[] = {
        {"reads-twice-writers-first", {{0, 0, 3}, {1, 0, 2}}, WIRE_DEADLOCK, 0, NULL},
        {"reads-twice-writers-first", {{0, 0, 4}, {1, 0, 2}}, WIRE_EXITED, 0, NULL},
        {"reads-twice-writers-first", {{0, 0, 2}, {1, 0, 2}}, WIRE_EXITED, 0, NULL},
    };
    (void)state;
    modes_guided("rwlocks", schedules, sizeof schedules / sizeof *schedules);
}

static void stuck(void **state)
{
    static const struct guided schedules[] = {
        {"upgrades", {{0}}, WIRE_DEADLOCK, 0, NULL},
        {"reads-twice-writers-first", {{0, 0, 3}, {1, 0, 2}, {0}}, WIRE_DEADLOCK, 0, NULL},
    };
    (void)state;
    modes_stuck("rwlocks", schedules, sizeof schedules / sizeof *schedules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers), cmocka_unit_test(schedules), cmocka_unit_test(destroyed),
        cmocka_unit_test(guided),  cmocka_unit_test(stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
