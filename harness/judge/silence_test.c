#include "judge/made_inspection.h"
#include "judge/silence.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KIND(defect) (1u << DEFECT_##defect)

static struct inspection inspection;

static int begin(void **state)
{
    (void)state;
    made_begin(&inspection);
    return 0;
}

static int end(void **state)
{
    (void)state;
    inspection_release(&inspection);
    return 0;
}

static void expect(const char *detector, unsigned kinds, const char *reason)
{
    char *got = why_silent(&inspection, inspection_get(&inspection, detector), kinds);
    assert_string_equal(got, reason);
    free(got);
}

static void who_was_skipped_says_why(void **state)
{
    (void)state;
    inspection_get(&inspection, "tsan")->skipped = xstrdup("built without ThreadSanitizer");
    expect("tsan", KIND(RACE), "built without ThreadSanitizer");
}

static void who_does_not_see_such_things_says_what_it_sees(void **state)
{
    (void)state;
    made_run(&inspection, "drd");
    expect("drd", KIND(LEAK), detector_find("drd")->nature);
    expect("drd", KIND(LOCK_ORDER), "DRD keeps no lock order");
    expect("drd", KIND(LOCK_ORDER) | KIND(HANG), "DRD keeps no lock order");
    expect("drd", KIND(RACE), "not in its only run: this interleaving may not have come up");
    made_run(&inspection, "helgrind");
    expect("helgrind", KIND(LOCK_ORDER),
           "not in its only run: this interleaving may not have come up");
}

static void runs_that_prove_nothing_say_why(void **state)
{
    (void)state;
    made_run(&inspection, "tsan")->report.trouble = xstrdup("it did not run");
    expect("tsan", KIND(RACE), "its only run proves nothing: it did not run");
    made_run(&inspection, "tsan")->report.trouble = xstrdup("interrupted");
    expect("tsan", KIND(RACE), "none of its 2 runs proves anything: it did not run");
    made_run(&inspection, "tsan");
    expect("tsan", KIND(RACE),
           "not in any of its 3 runs: this interleaving may not have come up; 2 proved nothing: "
           "it did not run");
}

static void other_runs_may_have_gone_otherwise(void **state)
{
    (void)state;
    made_run(&inspection, "tsan");
    expect("tsan", KIND(LEAK),
           "not in its only run: the order of events that shows it may not have come up");
    expect("tsan", KIND(MISUSE), "not in its only run: it may have no check for this call");
    made_run(&inspection, "tsan")->end = RUN_HUNG;
    expect("tsan", KIND(RACE),
           "not in any of its 2 runs: this interleaving may not have come up; 1 did not come to "
           "the program's own end");
    made_run(&inspection, "watchdog");
    expect("watchdog", KIND(HANG), "not in its only run: it ended otherwise");
    made_run(&inspection, "watchdog");
    expect("watchdog", KIND(HANG), "not in any of its 2 runs: they ended otherwise");
    inspection_get(&inspection, "helgrind");
    expect("helgrind", KIND(RACE), "it was not run");
}

static void of_logs_only_the_logs_are_known(void **state)
{
    (void)state;
    inspection.logs = true;
    expect("tsan", KIND(RACE), "no log of it was read");
    made_run(&inspection, "tsan");
    expect("tsan", KIND(RACE), "not in its log");
    expect("tsan", KIND(HANG), detector_find("tsan")->nature);
    made_run(&inspection, "tsan");
    expect("tsan", KIND(RACE), "not in any of its 2 logs");
}

#define SAYS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SAYS(who_was_skipped_says_why),        SAYS(who_does_not_see_such_things_says_what_it_sees),
        SAYS(runs_that_prove_nothing_say_why), SAYS(other_runs_may_have_gone_otherwise),
        SAYS(of_logs_only_the_logs_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
