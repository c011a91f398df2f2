#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explore/runtime/modes_test_support.h"

static void answers(void **state)
{
    static const struct expected modes[] = {
        {.mode = "answers", .ends = EXITS, .statuses = STATUS(0), .compare = true},
        {.mode = "owner-dies",
         .clean = true,
         .ends = EXITS,
         .statuses = STATUS(0),
         .compare = true},
        {.mode = "made-anew", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
    };
    (void)state;
    modes_run("conditions", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("conditions", modes, sizeof modes / sizeof *modes);
}

static void schedules(void **state)
{
    static const struct expected modes[] = {
        {.mode = "hands-on", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "lost", .clean = true, .ends = EXITS | DEADLOCKS, .statuses = STATUS(0)},
        {.mode = "one-of",
         .clean = true,
         .ends = EXITS,
         .statuses = STATUS(1) | STATUS(2) | STATUS(3)},
        {.mode = "two-signals",
         .clean = true,
         .ends = EXITS,
         .statuses = STATUS(1) | STATUS(2) | STATUS(3) | STATUS(4) | STATUS(5) | STATUS(6)},
        {.mode = "late-comer", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "all", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "timed", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
        {.mode = "timed-pair", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
        {.mode = "held-twice", .ends = DEADLOCKS},
    };
    (void)state;
    modes_run("conditions", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("conditions", modes, sizeof modes / sizeof *modes);
}

static void spurious(void **state)
{
    static const struct expected modes[] = {
        {.mode = "by-if", .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "by-if", .ends = EXITS, .statuses = STATUS(0) | STATUS(1), .flags = WIRE_SPURIOUS},
        {.mode = "hands-on",
         .clean = true,
         .ends = EXITS,
         .statuses = STATUS(0),
         .flags = WIRE_SPURIOUS},
    };
    (void)state;
    modes_run("conditions", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("conditions", modes, sizeof modes / sizeof *modes);
}

static void destroyed(void **state)
{
    static const struct expected modes[] = {
        {.mode = "destroyed-waited",
         .ends = DESTROYS,
         .message = "a condition is destroyed while 1 thread waits at it"},
        {.mode = "made-anew-waited",
         .ends = DESTROYS,
         .message = "a condition is made anew while 1 thread waits at it"},
        {.mode = "signalled-destroyed",
         .ends = DESTROYS,
         .message = "a condition is signalled after it was destroyed"},
        {.mode = "broadcast-destroyed",
         .ends = DESTROYS,
         .message = "a condition is broadcast after it was destroyed"},
        {.mode = "waited-destroyed",
         .ends = DESTROYS,
         .message = "a condition is waited at after it was destroyed"},
        {.mode = "destroyed-twice",
         .ends = DESTROYS,
         .message = "a condition is destroyed after it was destroyed"},
    };
    (void)state;
    modes_run("conditions", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("conditions", modes, sizeof modes / sizeof *modes);
}

/* Main: create, lock, signal, ...; the thread: start, lock, wait, wake, ... */
static void guided(void **state)
{
    static const struct guided schedules[] = {
        {"lost", {{0, 0, 4}, {1, 0, 3}}, WIRE_DEADLOCK, 0, NULL},
        {"lost", {{0, 0, 1}, {1, 0, 3}, {0, 0, 4}}, WIRE_EXITED, 0, NULL},
    };
    (void)state;
    modes_guided("conditions", schedules, sizeof schedules / sizeof *schedules);
}

static void stuck(void **state)
{
    static const struct guided schedules[] = {
        {"held-twice", {{0}}, WIRE_DEADLOCK, 0, NULL},
        {"lost", {{0, 0, 4}, {1, 0, 3}, {0}}, WIRE_DEADLOCK, 0, NULL},
    };
    (void)state;
    modes_stuck("conditions", schedules, sizeof schedules / sizeof *schedules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),   cmocka_unit_test(schedules), cmocka_unit_test(spurious),
        cmocka_unit_test(destroyed), cmocka_unit_test(guided),    cmocka_unit_test(stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
