/* Changes beside a pair, from outside: how they are chosen, shown and refused. */
#include "cli/sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNTER "race/unlocked_counter"
#define PATCH   COUNTER ".lock_the_shift"

/* The pair and all changes beside it. */
static void open_with_changes(struct sandbox *box)
{
    sandbox_open(box, COUNTER);
    sandbox_write(box);
    shell("cp %s/buggy/" COUNTER ".*.c %s/buggy/race", RACELAB_ROOT, box->folder);
    shell("cp %s/fixed/" COUNTER ".*.c %s/fixed/race", RACELAB_ROOT, box->folder);
}

static void expect(const struct sandbox *box, const char *arguments, int status, const char *text)
{
    struct result result = sandbox_racelab(box, "", "%s", arguments);
    if (result.status != status || (!strstr(result.out, text) && !strstr(result.err, text)))
        fail_msg("%s: wanted exit %d and `%s`, got exit %d: %s%s", arguments, status, text,
                 result.status, result.out, result.err);
    result_free(&result);
}

static void a_pair_lists_its_changes(void **state)
{
    (void)state;
    struct sandbox box;
    open_with_changes(&box);
    expect(&box, "show " COUNTER, 0,
           PATCH ", a wrong patch: serial\n    the lock is held for the whole loop\n");
    expect(&box, "show " COUNTER, 0, COUNTER ".shift_added, a refactoring\n");
    expect(&box, "list", 0, COUNTER "  ");
    struct result result = sandbox_racelab(&box, "", "list");
    assert_null(strstr(result.out, PATCH));
    result_free(&result);
    sandbox_close(&box);
}

static void a_change_is_shown_against_its_twin(void **state)
{
    (void)state;
    struct sandbox box;
    open_with_changes(&box);
    expect(&box, "show " PATCH, 0, "\nPatch    serial\n");
    expect(&box, "show " PATCH, 0, "\n--- buggy/" COUNTER ".c\n+++ buggy/" PATCH ".c\n");
    expect(&box, "show " COUNTER ".shift_added", 0, "\n--- fixed/" COUNTER ".c\n");
    sandbox_close(&box);
}

static void wrong_names_exit_2(void **state)
{
    (void)state;
    struct sandbox box;
    open_with_changes(&box);
    expect(&box, "run " PATCH, 2, "changes are chosen by --changes");
    expect(&box, "run --changes race/nothing", 2, "`race/nothing` is no change");
    expect(&box, "run --changes deadlock", 2, "nor a case or family that has any");
    expect(&box, "show " COUNTER ".nothing", 2, "is no change");
    expect(&box, "run --changes --html page.html " PATCH, 2, "--html shows pairs");
    sandbox_close(&box);
}

static void a_faulty_change_is_refused(void **state)
{
    (void)state;
    struct sandbox box;
    open_with_changes(&box);
    shell("sed -i 's/Patch: serial/Patch: cereal/' %s/buggy/" PATCH ".c", box.folder);
    expect(&box, "run --changes " PATCH, 4, "`moves`, `hides` or `serial`");
    expect(&box, "show " PATCH, 4, "`moves`, `hides` or `serial`");
    sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_lists_its_changes),
        cmocka_unit_test(a_change_is_shown_against_its_twin),
        cmocka_unit_test(wrong_names_exit_2),
        cmocka_unit_test(a_faulty_change_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
