#include "judge/made_inspection.h"
#include "judge/sentence.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GATE "/home/x/gate/src/gate.c"

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

static struct finding *made(enum defect defect, const char *message)
{
    struct finding *finding = made_finding(&inspection, "tsan", defect, NULL);
    finding->message = message ? xstrdup(message) : NULL;
    return finding;
}

static void expect(const struct finding *finding, const char *object, const char *sentence)
{
    char *got = bug_sentence(&inspection, finding, object);
    assert_string_equal(got, sentence);
    free(got);
}

static void a_race_tells_both_sides_with_their_locks(void **state)
{
    (void)state;
    struct finding *race = made(DEFECT_RACE, NULL);
    made_site(race, "thread 'gate'", "writes", GATE, 27, "gate");
    made_site(race, "thread 'exit'", "reads", GATE, 30, "leave");
    expect(race, "visitors",
           "race on `visitors`: thread 'gate' writes at src/gate.c:27 in gate(), while thread "
           "'exit' reads at :30 in leave()");
    race->sites[0].locks_held = 0;
    race->sites[1].locks_held = 1;
    race->sites[1].locks = xstrdup("`m`");
    expect(race, "visitors",
           "race on `visitors`: thread 'gate' writes at src/gate.c:27 in gate(), holding no lock, "
           "while thread 'exit' reads at :30 in leave(), holding `m`");
    race->no_common_lock = true;
    race->sites[0].locks_held = 2;
    race->sites[0].locks = xstrdup("M12, M14"); /* the tool's numbers say nothing */
    expect(race, "visitors",
           "race on `visitors`: thread 'gate' writes at src/gate.c:27 in gate(), holding 2 locks, "
           "while thread 'exit' reads at :30 in leave(), holding `m`; no lock is held by both");
}

static void a_function_is_told_once(void **state)
{
    (void)state;
    struct finding *race = made(DEFECT_RACE, NULL);
    made_site(race, NULL, NULL, GATE, 27, "Gate::enter(int)");
    made_site(race, "main", "reads", "/usr/src/other.c", 30, "Gate::enter(int)");
    expect(race, "x",
           "race on `x`: a thread uses it at src/gate.c:27 in Gate::enter(int), while main reads "
           "at /usr/src/other.c:30");
}

static void what_has_no_name_is_told_by_its_allocation(void **state)
{
    (void)state;
    struct finding *race = made(DEFECT_RACE, "Conflicting load by thread 3 at 0x00404090 size 8");
    made_site(race, "thread 3", "reads", NULL, 0, NULL);
    expect(race, NULL,
           "race on an unnamed variable: thread 3 reads at an unknown line; the tool does not "
           "tell the other side");
    struct background *made_at = finding_add_background(race, ALLOCATED);
    struct frame *frame = stack_push(&made_at->stack);
    frame->function = xstrdup("malloc");
    frame = stack_push(&made_at->stack);
    frame->function = xstrdup("open_gate");
    expect(race, NULL,
           "race on heap memory allocated in open_gate(): thread 3 reads at an unknown line; the "
           "tool does not tell the other side");
    frame->file = xstrdup(GATE);
    frame->line = 12;
    expect(race, NULL,
           "race on heap memory allocated at src/gate.c:12: thread 3 reads at an unknown line; "
           "the tool does not tell the other side");
}

static void a_lock_order_is_told_thread_by_thread(void **state)
{
    (void)state;
    struct finding *order = made(DEFECT_LOCK_ORDER, "lock order \"0x404068 before 0x404090\"");
    made_site(order, "thread T1", "locks `from`", GATE, 28, "pay");
    made_site(order, "thread T1", "locks `to`", GATE, 29, "pay");
    made_site(order, "thread T2", "locks `to`", GATE, 40, "refund");
    made_site(order, "thread T2", NULL, GATE, 41, "refund");
    expect(order, "from, to",
           "inverted lock order of `from, to`: thread T1 locks `from` at src/gate.c:28 in pay(), "
           "then locks `to` at :29; thread T2 locks `to` at :40 in refund(), then locks at :41");
    order->site_count = 0;
    expect(order, NULL, "inverted lock order");
    order->site_count = 4;
}

static void addresses_give_way_to_the_name(void **state)
{
    (void)state;
    struct finding *misuse =
        made(DEFECT_MISUSE, "Thread #2 unlocked lock at 0x404060 currently held by thread #1");
    made_site(misuse, "thread 2", NULL, GATE, 30, "check_out");
    expect(misuse, "room",
           "Thread #2 unlocked lock `room` currently held by thread #1 at src/gate.c:30 in "
           "check_out()");
    expect(misuse, NULL,
           "Thread #2 unlocked lock currently held by thread #1 at src/gate.c:30 in check_out()");
    struct finding *drd = made(DEFECT_MISUSE, "cond 0x404060, mutex 0x404078 is not a mutex");
    expect(drd, "bell", "cond `bell`, mutex is not a mutex");
    struct finding *object = made(DEFECT_MISUSE, "The object at address 0x4040f8 is not a mutex ");
    expect(object, "lock", "The object `lock` is not a mutex");
    struct finding *first = made(DEFECT_MISUSE, "0x4040f8 is no lock, and 0xhere is no number");
    expect(first, NULL, "is no lock, and 0xhere is no number");
    expect(first, "lock", "`lock` is no lock, and 0xhere is no number");
}

static void a_hang_keeps_its_story_with_short_paths(void **state)
{
    (void)state;
    struct finding *hang = made(DEFECT_HANG, "hang: main waits at /home/x/gate/src/gate.c:52 for a "
                                             "file of /home/x/gates");
    made_site(hang, "main", "waits for data", GATE, 52, "main");
    expect(hang, NULL, "hang: main waits at src/gate.c:52 for a file of /home/x/gates");
}

static void ends_and_leaks_have_their_place(void **state)
{
    (void)state;
    struct finding *wrong = made(DEFECT_WRONG_RESULT, "wrong result: assertion `a == 8` failed");
    made_site(wrong, NULL, NULL, "src/gate.c", 81, NULL);
    expect(wrong, NULL, "wrong result: assertion `a == 8` failed at src/gate.c:81");
    struct finding *leak = made(DEFECT_LEAK, "thread leak");
    made_site(leak, "main", "makes a thread that nobody joins", GATE, 46, "main");
    expect(leak, NULL, "leak: main makes a thread that nobody joins at src/gate.c:46 in main()");
    expect(made(DEFECT_CRASH, NULL), NULL, "crash");
    expect(made(DEFECT_MISUSE, ""), NULL, "misuse");
    expect(made(DEFECT_MISUSE, "0x4010"), NULL, "misuse");
}

#define TELLS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TELLS(a_race_tells_both_sides_with_their_locks),
        TELLS(a_function_is_told_once),
        TELLS(what_has_no_name_is_told_by_its_allocation),
        TELLS(a_lock_order_is_told_thread_by_thread),
        TELLS(addresses_give_way_to_the_name),
        TELLS(a_hang_keeps_its_story_with_short_paths),
        TELLS(ends_and_leaks_have_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
