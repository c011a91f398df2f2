#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explore/runtime/modes_test_support.h"

static void answers(void **state)
{
    static const struct expected modes[] = {
        {.mode = "answers", .ends = EXITS, .statuses = STATUS(0), .compare = true, .seeds = 20},
        {.mode = "made-anew", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
    };
    (void)state;
    modes_run("locks", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("locks", modes, sizeof modes / sizeof *modes);
}

static void schedules(void **state)
{
    static const struct expected modes[] = {
        {.mode = "excludes", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "excludes-inheriting", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "relocks", .ends = DEADLOCKS},
        {.mode = "relocks-adaptive", .ends = DEADLOCKS},
        {.mode = "relocks-robust", .ends = DEADLOCKS},
        {.mode = "relocks-inheriting", .ends = DEADLOCKS},
        {.mode = "inverts", .ends = EXITS | DEADLOCKS, .statuses = STATUS(0)},
        {.mode = "owner-ended", .ends = DEADLOCKS},
        {.mode = "timed", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
        {.mode = "timed-out", .clean = true, .ends = EXITS, .statuses = STATUS(1)},
        {.mode = "tried", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
    };
    (void)state;
    modes_run("locks", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("locks", modes, sizeof modes / sizeof *modes);
}

static void destroyed(void **state)
{
    static const struct expected modes[] = {
        {.mode = "locked-destroyed",
         .ends = DESTROYS,
         .message = "a mutex is locked after it was destroyed"},
        {.mode = "unlocked-destroyed",
         .ends = DESTROYS,
         .message = "a mutex is unlocked after it was destroyed"},
        {.mode = "destroyed-twice",
         .ends = DESTROYS,
         .message = "a mutex is destroyed after it was destroyed"},
        {.mode = "destroyed-held",
         .ends = EXITS | DESTROYS,
         .statuses = STATUS(0),
         .message = "a mutex is locked after it was destroyed|"
                    "a mutex is destroyed while thread 1 holds it"},
    };
    (void)state;
    modes_run("locks", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("locks", modes, sizeof modes / sizeof *modes);
}

static void shared(void **state)
{
    static const struct expected modes[] = {
        {.mode = "shared",
         .ends = EXITS,
         .statuses = STATUS(0),
         .lost = WIRE_LOST_SHARED | WIRE_LOST_OUTSIDE | WIRE_LOST_BLOCKED | WIRE_LOST_FORK,
         .seeds = 10},
    };
    (void)state;
    modes_run("locks", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("locks", modes, sizeof modes / sizeof *modes);
}

/* Main: create, lock, lock, ...; the thread: start, lock, lock, ... */
static void guided(void **state)
{
    static const struct guided schedules[] = {
        {"inverts", {{0, 0, 2}, {1, 0, 2}}, WIRE_DEADLOCK, 0, NULL},
        {"inverts", {{0, 0, 5}, {1, 0, 6}}, WIRE_EXITED, 0, NULL},
        {"destroyed-held",
         {{0, 0, 1}, {1, 0, 2}, {0, 0, 2}},
         WIRE_DESTROYED,
         0,
         "a mutex is destroyed while thread 1 holds it"},
        {"destroyed-held", {{0, 0, 1}, {1, 0, 4}}, WIRE_EXITED, 0, NULL},
        {"tried", {{0, 0, 2}, {1, 0, 2}}, WIRE_EXITED, 1, NULL},
        {"tried", {{0, 0, 1}, {1, 0, 2}}, WIRE_EXITED, 0, NULL},
    };
    (void)state;
    modes_guided("locks", schedules, sizeof schedules / sizeof *schedules);
}

static void stuck(void **state)
{
    static const struct guided schedules[] = {
        {"relocks", {{0}}, WIRE_DEADLOCK, 0, NULL},
        {"relocks-adaptive", {{0}}, WIRE_DEADLOCK, 0, NULL},
        {"relocks-robust", {{0}}, WIRE_DEADLOCK, 0, NULL},
        {"relocks-inheriting", {{0}}, WIRE_DEADLOCK, 0, NULL},
        {"owner-ended", {{0}}, WIRE_DEADLOCK, 0, NULL},
        {"inverts", {{0, 0, 2}, {1, 0, 2}, {0}}, WIRE_DEADLOCK, 0, NULL},
    };
    (void)state;
    modes_stuck("locks", schedules, sizeof schedules / sizeof *schedules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers), cmocka_unit_test(schedules), cmocka_unit_test(destroyed),
        cmocka_unit_test(shared),  cmocka_unit_test(guided),    cmocka_unit_test(stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
