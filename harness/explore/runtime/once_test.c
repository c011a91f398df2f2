#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explore/runtime/modes_test_support.h"

static void schedules(void **state)
{
    static const struct expected modes[] = {
        {.mode = "posix", .clean = true, .ends = EXITS, .statuses = STATUS(1)},
        {.mode = "c11", .clean = true, .ends = EXITS, .statuses = STATUS(1)},
        {.mode = "recursive", .clean = true, .ends = DEADLOCKS},
        {.mode = "crossed", .clean = true, .ends = EXITS | DEADLOCKS, .statuses = STATUS(0)},
        {.mode = "left", .clean = true, .ends = EXITS, .statuses = STATUS(2)},
        {.mode = "guarded", .ends = EXITS, .statuses = STATUS(1)},
        {.mode = "guarded-throws", .ends = EXITS, .statuses = STATUS(2)},
        {.mode = "guarded-recursive", .ends = DEADLOCKS},
        {.mode = "guarded-recursive-alone", .ends = ENDS(WIRE_SIGNALLED), .seeds = 5},
    };
    (void)state;
    modes_run("once", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("once", modes, sizeof modes / sizeof *modes);
}

/* Main: create, once, lock, ...; the thread: start, once, lock, ... */
static void guided(void **state)
{
    static const struct guided schedules[] = {
        {"crossed", {{0, 0, 2}, {1, 0, 2}}, WIRE_DEADLOCK, 0, NULL},
        {"crossed", {{0, 0, 12}, {1, 0, 2}}, WIRE_EXITED, 0, NULL},
    };
    (void)state;
    modes_guided("once", schedules, sizeof schedules / sizeof *schedules);
}

static void stuck(void **state)
{
    static const struct guided schedules[] = {
        {"recursive", {{0}}, WIRE_DEADLOCK, 0, NULL},
        {"crossed", {{0, 0, 2}, {1, 0, 2}, {0}}, WIRE_DEADLOCK, 0, NULL},
        {"guarded-recursive", {{0}}, WIRE_DEADLOCK, 0, NULL},
    };
    (void)state;
    modes_stuck("once", schedules, sizeof schedules / sizeof *schedules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules),
        cmocka_unit_test(guided),
        cmocka_unit_test(stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
