#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explore/runtime/modes_test_support.h"

static void schedules(void **state)
{
    static const struct expected modes[] = {
        {.mode = "answers", .clean = true, .ends = EXITS, .statuses = STATUS(0), .compare = true},
        {.mode = "made-anew", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "excludes", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "relocks", .ends = DEADLOCKS},
        {.mode = "inverts", .ends = EXITS | DEADLOCKS, .statuses = STATUS(0)},
        {.mode = "tried", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
    };
    (void)state;
    modes_run("spins", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("spins", modes, sizeof modes / sizeof *modes);
}

static void destroyed(void **state)
{
    static const struct expected modes[] = {
        {.mode = "destroyed-held",
         .ends = DESTROYS,
         .message = "a spin lock is destroyed while main holds it"},
        {.mode = "locked-destroyed",
         .ends = DESTROYS,
         .message = "a spin lock is locked after it was destroyed"},
        {.mode = "tried-destroyed",
         .ends = DESTROYS,
         .message = "a spin lock is locked after it was destroyed"},
        {.mode = "unlocked-destroyed",
         .ends = DESTROYS,
         .message = "a spin lock is unlocked after it was destroyed"},
        {.mode = "destroyed-twice",
         .ends = DESTROYS,
         .message = "a spin lock is destroyed after it was destroyed"},
    };
    (void)state;
    modes_run("spins", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("spins", modes, sizeof modes / sizeof *modes);
}

/* Main: init, init, create, lock, lock, ...; the thread: start, lock, lock, ... */
static void guided(void **state)
{
    static const struct guided schedules[] = {
        {"inverts", {{0, 0, 4}, {1, 0, 2}}, WIRE_DEADLOCK, 0, NULL},
        {"inverts", {{0, 0, 3}, {1, 0, 5}}, WIRE_EXITED, 0, NULL},
    };
    (void)state;
    modes_guided("spins", schedules, sizeof schedules / sizeof *schedules);
}

static void stuck(void **state)
{
    static const struct guided schedules[] = {
        {"relocks", {{0}}, WIRE_DEADLOCK, 0, NULL},
    };
    (void)state;
    modes_stuck("spins", schedules, sizeof schedules / sizeof *schedules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules),
        cmocka_unit_test(destroyed),
        cmocka_unit_test(guided),
        cmocka_unit_test(stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
