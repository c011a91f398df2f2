#include "explore/runtime/driver.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "model/memory.h"

static void three(void **state)
{
    (void)state;
    for (int server = 0; server < 2; server++) {
        struct driver driver;
        driver_open(&driver, "core", "three", server);
        int status = driver_run(&driver);
        driver_tell(&driver);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 18);
        driver_close(&driver);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
