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
        {.mode = "named", .ends = EXITS, .statuses = STATUS(0), .compare = true, .seeds = 20},
        {.mode = "made-anew", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
    };
    (void)state;
    modes_run("semaphores", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("semaphores", modes, sizeof modes / sizeof *modes);
}

static void schedules(void **state)
{
    static const struct expected modes[] = {
        {.mode = "hands-on", .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "too-few", .clean = true, .ends = DEADLOCKS},
        {.mode = "timed", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
        {.mode = "timed-out", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "tried", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
        {.mode = "by-handler", .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "shared-alone", .ends = DEADLOCKS},
    };
    (void)state;
    modes_run("semaphores", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("semaphores", modes, sizeof modes / sizeof *modes);
}

static void destroyed(void **state)
{
    static const struct expected modes[] = {
        {.mode = "waited-destroyed",
         .ends = DESTROYS,
         .message = "a semaphore is waited for after it was destroyed"},
        {.mode = "tried-destroyed",
         .ends = DESTROYS,
         .message = "a semaphore is waited for after it was destroyed"},
        {.mode = "posted-destroyed",
         .ends = DESTROYS,
         .message = "a semaphore is posted to after it was destroyed"},
        {.mode = "destroyed-twice",
         .ends = DESTROYS,
         .message = "a semaphore is destroyed after it was destroyed"},
        {.mode = "destroyed-waited",
         .ends = DESTROYS,
         .message = "a semaphore is waited for after it was destroyed|"
                    "a semaphore is destroyed while 1 thread waits for it"},
    };
    (void)state;
    modes_run("semaphores", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("semaphores", modes, sizeof modes / sizeof *modes);
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
    modes_run("semaphores", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("semaphores", modes, sizeof modes / sizeof *modes);
}

static void stuck(void **state)
{
    static const struct guided schedules[] = {
        {"too-few", {{0}}, WIRE_DEADLOCK, 0, NULL},
        {"shared-alone", {{0}}, WIRE_DEADLOCK, 0, NULL},
    };
    (void)state;
    modes_stuck("semaphores", schedules, sizeof schedules / sizeof *schedules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers), cmocka_unit_test(schedules), cmocka_unit_test(destroyed),
        cmocka_unit_test(shared),  cmocka_unit_test(stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
