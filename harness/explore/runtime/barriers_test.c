#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explore/runtime/modes_test_support.h"

static void answers(void **state)
{
    static const struct expected modes[] = {
        {.mode = "answers", .clean = true, .ends = EXITS, .statuses = STATUS(0), .compare = true},
    };
    (void)state;
    modes_run("barriers", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("barriers", modes, sizeof modes / sizeof *modes);
}

static void schedules(void **state)
{
    static const struct expected modes[] = {
        {.mode = "rounds",
         .clean = true,
         .ends = EXITS,
         .statuses = STATUS(0) | STATUS(1) | STATUS(2)},
        {.mode = "too-few", .clean = true, .ends = DEADLOCKS},
        {.mode = "destroyed-behind", .ends = EXITS, .statuses = STATUS(0)},
    };
    (void)state;
    modes_run("barriers", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("barriers", modes, sizeof modes / sizeof *modes);
}

static void destroyed(void **state)
{
    static const struct expected modes[] = {
        {.mode = "destroyed-waited",
         .ends = EXITS | DESTROYS,
         .statuses = STATUS(0),
         .message = "a barrier is waited at after it was destroyed|"
                    "a barrier is destroyed while 1 thread waits at it|"
                    "a barrier is destroyed while 2 threads wait at it"},
        {.mode = "made-anew-waited",
         .ends = EXITS | DESTROYS,
         .statuses = STATUS(0),
         .message = "a barrier is made anew while 1 thread waits at it|"
                    "a barrier is made anew while 2 threads wait at it"},
        {.mode = "waited-destroyed",
         .ends = DESTROYS,
         .message = "a barrier is waited at after it was destroyed"},
        {.mode = "destroyed-twice",
         .ends = DESTROYS,
         .message = "a barrier is destroyed after it was destroyed"},
    };
    (void)state;
    modes_run("barriers", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("barriers", modes, sizeof modes / sizeof *modes);
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
    modes_run("barriers", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("barriers", modes, sizeof modes / sizeof *modes);
}

static void stuck(void **state)
{
    static const struct guided schedules[] = {
        {"too-few", {{0}}, WIRE_DEADLOCK, 0, NULL},
    };
    (void)state;
    modes_stuck("barriers", schedules, sizeof schedules / sizeof *schedules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers), cmocka_unit_test(schedules), cmocka_unit_test(destroyed),
        cmocka_unit_test(shared),  cmocka_unit_test(stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
