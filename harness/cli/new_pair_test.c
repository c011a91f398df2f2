/* scripts/new-pair and scripts/new-change, judged by racelab lint. */
#include "cli/sandbox.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define INVERSION "deadlock/lock_order_inversion"

static size_t occurrences(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at++)
        count++;
    return count;
}

/* Runs `racelab lint` and expects this status and, so often, this text in its output. */
static void expect_lint(const struct sandbox *box, const char *before, const char *arguments,
                        int status, const char *text, size_t count)
{
    struct result result = sandbox_racelab(box, before, "lint %s", arguments);
    if (result.status != status || occurrences(result.out, text) != count)
        fail_msg("wanted exit %d and %zu of `%s`, got exit %d: %s%s", status, count, text,
                 result.status, result.out, result.err);
    result_free(&result);
}

static int begin(const struct sandbox *box, const char *script, const char *argument)
{
    char *command = xasprintf("%s/scripts/%s %s >%s/out 2>%s/err", box->folder, script, argument,
                              box->folder, box->folder);
    int status = system(command);
    free(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void new_pair_refuses_wrong_names(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "deadlock",
        "deadlock/",
        "/name",
        "speed/name",
        "../name",
        "deadlock/Name",
        "deadlock/9_a",
        "deadlock/a-b",
        "deadlock/a/b",
        "deadlock/a deadlock/b",
        INVERSION,
        "race/lock_order_inversion",
    };
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    sandbox_write(&box);
    shell("mkdir %s/buggy/race && cp -r %s/scripts %s", box.folder, RACELAB_ROOT, box.folder);
    shell("cd %s && ls -R buggy fixed >before", box.folder);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        if (begin(&box, "new-pair", wrong[i]) != 2)
            fail_msg("new-pair %s", wrong[i]);
        shell("cd %s && test -s err && ls -R buggy fixed | cmp - before", box.folder);
    }
    sandbox_close(&box);
}

static void new_pair_needs_its_texts_alone(void **state)
{
    (void)state;
    static const char *const ids[] = {"race/fresh_pair", "false_alarm/other_pair"};
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    sandbox_write(&box);
    shell("mkdir %s/buggy/race %s/buggy/false_alarm && cp -r %s/scripts %s", box.folder, box.folder,
          RACELAB_ROOT, box.folder);
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
        assert_int_equal(begin(&box, "new-pair", ids[i]), 0);
        size_t texts = i == 0 ? 16 : 18;
        expect_lint(&box, "", ids[i], 4, "error: ", texts);
        expect_lint(&box, "", ids[i], 4, "error: a TODO is left: ", texts);
        shell("cd %s && sed -i -e 's/Roadmap: .*/Roadmap: threads/' -e 's/CERT: .*/CERT: none/' "
              "-e 's/CWE: .*/CWE: CWE-833 Deadlock/' -e 's/TODO/text/' buggy/%s.c fixed/%s.c",
              box.folder, ids[i], ids[i]);
        expect_lint(&box, "", ids[i], 0, "no fault", 1);
    }
    /* And the promise of its code is kept. */
    box.id = ids[0];
    sandbox_build(&box, FLAVOUR_PLAIN, "");
    sandbox_build(&box, FLAVOUR_TSAN, "-fsanitize=thread");
    struct result result = sandbox_racelab(&box, "", "run %s -d tsan -d drd -d watchdog", ids[0]);
    if (result.status != 0)
        fail_msg("exit %d: %s%s", result.status, result.out, result.err);
    result_free(&result);
    sandbox_close(&box);
}

static void new_change_refuses_wrong_names(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        INVERSION ".half",
        "wrong/" INVERSION ".half",
        "buggy/" INVERSION,
        "buggy/" INVERSION ".",
        "buggy/" INVERSION ".Half",
        "buggy/" INVERSION ".half.way",
        "buggy/" INVERSION "/x.half",
        "buggy/deadlock/nothing.half",
        "fixed/" INVERSION ".half fixed/" INVERSION ".other",
    };
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    sandbox_write(&box);
    shell("cp -r %s/scripts %s", RACELAB_ROOT, box.folder);
    shell("cd %s && ls -R buggy fixed >before", box.folder);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        if (begin(&box, "new-change", wrong[i]) != 2)
            fail_msg("new-change %s", wrong[i]);
        shell("cd %s && test -s err && ls -R buggy fixed | cmp - before", box.folder);
    }
    sandbox_close(&box);
}

static void new_change_needs_its_change(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, INVERSION);
    sandbox_write(&box);
    shell("cp -r %s/scripts %s", RACELAB_ROOT, box.folder);
    static const char *const changes[] = {"buggy/" INVERSION ".first", "buggy/" INVERSION ".second",
                                          "fixed/" INVERSION ".third"};
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        assert_int_equal(begin(&box, "new-change", changes[i]), 0);
        assert_int_equal(begin(&box, "new-change", changes[i]), 2); /* it is there */
    }
    expect_lint(&box, "", INVERSION, 4, "is the same code as its", 3);
    expect_lint(&box, "", INVERSION, 4, "error: a TODO is left: ", 8);
    expect_lint(&box, "", INVERSION, 4, "a wrong patch moves the bug, hides it,", 2);
    expect_lint(&box, "", INVERSION, 4, "error: ", 13);
    shell("cd %s && sed -i -e 's/Patch: .*/Patch: moves/' -e 's/TODO/text/' "
          "-e 's/return NULL;/return (void *)0;/' */" INVERSION ".*.c",
          box.folder);
    expect_lint(&box, "", INVERSION, 0, "1 pair, 3 changes, 10 compilations: no fault", 1);
    sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_pair_refuses_wrong_names),
        cmocka_unit_test(new_pair_needs_its_texts_alone),
        cmocka_unit_test(new_change_refuses_wrong_names),
        cmocka_unit_test(new_change_needs_its_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
