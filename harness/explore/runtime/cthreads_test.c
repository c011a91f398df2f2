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
        {.mode = "hands-on", .clean = true, .ends = EXITS, .statuses = STATUS(0)},
        {.mode = "relocks", .ends = DEADLOCKS},
        {.mode = "lost", .clean = true, .ends = EXITS | DEADLOCKS, .statuses = STATUS(0)},
        {.mode = "timed", .clean = true, .ends = EXITS, .statuses = STATUS(0) | STATUS(1)},
        {.mode = "locked-destroyed",
         .ends = DESTROYS,
         .message = "a mutex is locked after it was destroyed"},
        {.mode = "signalled-destroyed",
         .ends = DESTROYS,
         .message = "a condition is signalled after it was destroyed"},
    };
    (void)state;
    modes_run("cthreads", modes, sizeof modes / sizeof *modes);
    modes_run_tsan("cthreads", modes, sizeof modes / sizeof *modes);
}

static void stuck(void **state)
{
    static const struct guided schedules[] = {
        {"relocks", {{0}}, WIRE_DEADLOCK, 0, NULL},
    };
    (void)state;
    modes_stuck("cthreads", schedules, sizeof schedules / sizeof *schedules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules),
        cmocka_unit_test(stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
