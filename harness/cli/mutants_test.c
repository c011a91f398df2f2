/* Mutants of real pairs, each of which must fail with the right reason. */
#include "cli/sandbox.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNTER "race/unlocked_counter"
#define QUEUE   "waiting/missing_task_done"

static void the_pairs_themselves_are_kept(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write_and_build(&box);
    sandbox_expect(&box, "tsan", 0, "kept", NULL);
    sandbox_expect(&box, "helgrind", 0, "kept", NULL);
    sandbox_expect(&box, "drd", 0, "kept", NULL);
    sandbox_expect(&box, "watchdog", 0, "blind", "by chance only");
    sandbox_expect_nothing_left(&box);
    sandbox_close(&box);
}

static void an_annotation_moved_by_a_line_fails(void **state)
{
    (void)state;
    static const char *const names[] = {"tsan", "helgrind", "drd"};
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        sandbox_mutate(&box, p, "/* bug: race(visitors) */", "");
        sandbox_mutate(&box, p, "    return NULL;", "    return NULL; /* bug: race(visitors) */");
    }
    sandbox_write_and_build(&box);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        sandbox_expect(&box, names[i], 1, "unexpected", "no annotation explains every line");
        sandbox_expect(&box, names[i], 1, "unexpected",
                       "race(visitors) was not reported on its line");
    }
    sandbox_close(&box);
}

static void swapped_twins_fail(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, QUEUE);
    char *buggy = box.text[BUGGY];
    box.text[BUGGY] = box.text[FIXED];
    box.text[FIXED] = buggy;
    sandbox_write_and_build(&box);
    sandbox_expect(&box, "watchdog", 1, "unexpected", "fixed: hang");
    sandbox_expect(&box, "watchdog", 1, "unexpected", "was not reported");
    sandbox_close(&box);

    sandbox_open(&box, COUNTER);
    buggy = box.text[BUGGY];
    box.text[BUGGY] = box.text[FIXED];
    box.text[FIXED] = buggy;
    sandbox_write_and_build(&box);
    sandbox_expect(&box, "tsan", 1, "unexpected", "fixed: race on `visitors`");
    sandbox_expect(&box, "tsan", 1, "unexpected", "buggy: race(visitors) was not reported");
    sandbox_close(&box);
}

static void a_fix_that_drops_the_threads_fails(void **state)
{
    (void)state;
    static const char *const names[] = {"tsan", "helgrind", "drd", "watchdog"};
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_mutate(&box, FIXED, "pthread_create(&gates[g], NULL, gate, NULL)",
                   "gates[g] = pthread_self(), gate(NULL)");
    sandbox_mutate(&box, FIXED, "pthread_join(gates[g], NULL)", "(void)gates[g]");
    sandbox_write_and_build(&box);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        sandbox_expect(&box, names[i], 1, "unexpected", "never made a second thread");
    sandbox_close(&box);
}

/* The fixed program ends in each of the ways that no correct program ends in. */
static void a_fixed_program_that_ends_badly_fails(void **state)
{
    (void)state;
    static const struct {
        const char *ending;
        const char *reason;
    } bad[] = {
        {"pthread_mutex_lock(&visitors_lock); pthread_mutex_lock(&visitors_lock);",
         "fixed: self-deadlock"},
        {"return 1;", "exit status 1"},
        {"return *(volatile int *)8;", "ended by signal 11"},
        {"assert(visitors == 0);", "assertion `visitors == 0` failed"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct sandbox box;
        sandbox_open(&box, COUNTER);
        char *ending = xasprintf("    %s\n    return 0;", bad[i].ending);
        sandbox_mutate(&box, FIXED, "    return 0;", ending);
        free(ending);
        sandbox_write(&box);
        sandbox_build(&box, FLAVOUR_PLAIN, "");
        sandbox_expect(&box, "watchdog", 1, "unexpected", bad[i].reason);
        sandbox_expect_nothing_left(&box);
        sandbox_close(&box);
    }
}

static void a_fixed_program_that_never_ends_fails(void **state)
{
    static const struct {
        const char *instead;
        int status;
        const char *verdict;
        const char *reason;
    } endless[] = {
        {"    for (;;)\n        visitors--;", 1, "unexpected",
         "fixed: busy without end: main is busy"},
        {"    extern unsigned sleep(unsigned);\n    for (;;)\n        sleep(1);", 3, "error",
         "no end within the time limit"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(endless) / sizeof(*endless); i++) {
        struct sandbox box;
        sandbox_open(&box, COUNTER);
        sandbox_mutate(&box, FIXED, "    return 0;", endless[i].instead);
        sandbox_write(&box);
        sandbox_build(&box, FLAVOUR_PLAIN, "");
        sandbox_expect(&box, "watchdog --time-limit 1", endless[i].status, endless[i].verdict,
                       endless[i].reason);
        sandbox_expect_nothing_left(&box);
        sandbox_close(&box);
    }
}

/* A detector that did not really run is an error and never silence. */
static void unfit_programs_are_errors(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write(&box);
    sandbox_expect(&box, "watchdog", 3, "error", "is not built");
    sandbox_build(&box, FLAVOUR_TSAN, "");
    sandbox_expect(&box, "tsan", 3, "error", "built without ThreadSanitizer");
    sandbox_expect(&box, "tsan-gcc", 3, "error", "is not built");
    sandbox_build(&box, FLAVOUR_TSAN_GCC, "-fsanitize=thread");
    sandbox_expect(&box, "tsan-gcc", 3, "error", "was built by clang");
    sandbox_build(&box, FLAVOUR_PLAIN, "-fsanitize=thread");
    sandbox_expect(&box, "drd", 3, "error", "was built with ThreadSanitizer");
    sandbox_build(&box, FLAVOUR_PLAIN, "-g0 -Wl,--strip-debug");
    sandbox_expect(&box, "helgrind", 3, "error", "has no debug info");
    sandbox_build(&box, FLAVOUR_PLAIN, "");
    char *source = sandbox_source(&box, FIXED);
    shell("touch -d '1 hour' %s", source);
    sandbox_expect(&box, "watchdog", 3, "error", "older than its source");
    free(source);
    sandbox_close(&box);
}

/* Debug info of a form that Valgrind cannot read is noticed in a silent report, too; a Valgrind that
 * reads it keeps the promise. */
static void unread_debug_info_is_never_taken_for_silence(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write(&box);
    sandbox_build(&box, FLAVOUR_PLAIN, "-gdwarf-5");
    struct result result = sandbox_racelab(&box, "", "run --detector helgrind");
    if (result.status != 0 && !(result.status == 3 && strstr(result.out, "debug info")))
        fail_msg("exit %d: %s", result.status, result.out);
    result_free(&result);
    sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pairs_themselves_are_kept),
        cmocka_unit_test(an_annotation_moved_by_a_line_fails),
        cmocka_unit_test(swapped_twins_fail),
        cmocka_unit_test(a_fix_that_drops_the_threads_fails),
        cmocka_unit_test(a_fixed_program_that_ends_badly_fails),
        cmocka_unit_test(a_fixed_program_that_never_ends_fails),
        cmocka_unit_test(unfit_programs_are_errors),
        cmocka_unit_test(unread_debug_info_is_never_taken_for_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
