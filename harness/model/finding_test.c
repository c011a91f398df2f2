#include "model/finding.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void site(struct finding *finding, const char *thread, const char *act, int line)
{
    struct site *site = finding_add_site(finding);
    site->file = xstrdup("/home/x/buggy/race/counter.c");
    site->line = line;
    site->thread = thread ? xstrdup(thread) : NULL;
    site->act = act ? xstrdup(act) : NULL;
}

static void expect(struct findings *findings, const char *object, const char *sentence)
{
    char *got = finding_sentence(&findings->items[0], object);
    assert_string_equal(got, sentence);
    free(got);
    findings_release(findings);
}

static void a_race_names_both_threads_and_lines(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct finding *race = findings_add(&findings, DEFECT_RACE);
    race->object = xstrdup("counter");
    race->no_common_lock = true;
    site(race, "thread 2", "writes", 14);
    site(race, "thread 3", "reads", 16);
    expect(&findings, "promised",
           "race on `counter`: thread 2 writes at race/counter.c:14 while thread 3 reads at :16; "
           "no lock in common");
}

static void one_side_is_called_one_side(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct finding *race = findings_add(&findings, DEFECT_RACE);
    site(race, "thread 2", "writes", 14);
    expect(&findings, "promised",
           "race on `promised`: thread 2 writes at race/counter.c:14; the tool does not name the "
           "other side");
}

static void an_order_is_told_thread_by_thread(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct finding *order = findings_add(&findings, DEFECT_LOCK_ORDER);
    order->object = xstrdup("from, to");
    site(order, "thread T1", "locks `from`", 1);
    site(order, "thread T1", "locks `to`", 2);
    site(order, "thread T2", "locks `to`", 3);
    site(order, "thread T2", "locks `from`", 4);
    expect(&findings, NULL,
           "inverted lock order on `from, to`: thread T1 locks `from` at race/counter.c:1, then "
           "locks `to` at :2; thread T2 locks `to` at :3, then locks `from` at :4");
}

static void other_findings_keep_the_tools_words(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct finding *misuse = findings_add(&findings, DEFECT_MISUSE);
    misuse->message = xstrdup("unlock of an unlocked mutex");
    site(misuse, NULL, NULL, 30);
    expect(&findings, NULL, "unlock of an unlocked mutex at race/counter.c:30");
    findings_add(&findings, DEFECT_HANG);
    expect(&findings, NULL, "hang");
}

static void an_address_gives_way_to_the_name(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct finding *misuse = findings_add(&findings, DEFECT_MISUSE);
    misuse->message = xstrdup("Thread #2 unlocked a not-locked lock at 0x40A0");
    misuse->object = xstrdup("room");
    site(misuse, "thread 2", NULL, 30);
    expect(&findings, NULL, "Thread #2 unlocked a not-locked lock at `room` at race/counter.c:30");
}

static void an_empty_headline_gives_way_to_the_defect(void **state)
{
    (void)state;
    struct findings findings = {0};
    findings_add(&findings, DEFECT_MISUSE)->message = xstrdup("");
    expect(&findings, NULL, "misuse");
}

static void every_defect_has_a_word_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < DEFECT_COUNT; i++) {
        const char *word = defect_word((enum defect)i);
        enum defect found = DEFECT_RACE;
        assert_true(defect_from_word(word, strlen(word), &found));
        assert_int_equal(found, i);
    }
    enum defect none;
    assert_false(defect_from_word("rac", 3, &none));
    assert_false(defect_from_word("races", 5, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_race_names_both_threads_and_lines),
        cmocka_unit_test(one_side_is_called_one_side),
        cmocka_unit_test(an_order_is_told_thread_by_thread),
        cmocka_unit_test(other_findings_keep_the_tools_words),
        cmocka_unit_test(an_address_gives_way_to_the_name),
        cmocka_unit_test(an_empty_headline_gives_way_to_the_defect),
        cmocka_unit_test(every_defect_has_a_word_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
