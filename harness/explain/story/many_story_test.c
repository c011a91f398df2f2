/* Many threads stay few sentences, and what is not known stays out of them. */
#include "explain/story/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explain/story/story_fixture.h"

/* main joins the first of `workers` threads at 66. */
static void crew(struct explanation *e, size_t workers)
{
    *e = (struct explanation){0};
    add_process(e);
    add_thread(e, 0, NULL);
    for (size_t i = 0; i < workers; i++)
        add_thread(e, 0, NULL);
    wait_at(e, 0, FOR_JOIN, NULL, 66);
    if (workers > 0)
        held_by(e, 0, 1, 0);
}

static const char joined[] = "main waits at 66 for thread 2 to end";

static void a_cause_comes_before_idle_waits(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 4);
    wait_at(&e, 1, FOR_UNKNOWN, NULL, 20);
    wait_at(&e, 2, FOR_CONDITION, "idle", 30);
    set_text(&wait_at(&e, 3, FOR_CONDITION, "ready", 40)->predicate, "!ready");
    wait_at(&e, 4, FOR_MUTEX, "m", 50);
    held_by_who(&e, 4, "a thread that has ended", 0);
    expect_story(&e, true, STUCK_HANG,
                 "thread 5 waits at 50 for `m`, whose owner, a thread that has ended, never "
                 "unlocked it",
                 "thread 4 waits at 40 for the condition variable `ready` while `!ready`; every "
                 "other thread waits, too, so that nobody is left to signal it",
                 "thread 3 waits at 30 for the condition variable `idle`",
                 "thread 2 is asleep at 20 for an unknown reason", joined, NULL);
}

static void only_what_is_the_same_is_told_together(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 4);
    for (size_t i = 1; i <= 2; i++) { /* one line, two conditions */
        struct waiting *waiting = wait_at(&e, i, FOR_CONDITION, i == 1 ? "c[0]" : "c[1]", 20);
        waiting->object = i;
    }
    for (size_t i = 3; i <= 4; i++) { /* one line, two threads */
        wait_at(&e, i, FOR_JOIN, NULL, 30);
        held_by(&e, i, i - 2, 0);
    }
    expect_story(&e, true, STUCK_HANG,
                 "thread 2 waits at 20 for the condition variable `c[0]`; every other thread "
                 "waits, too, so that nobody is left to signal it",
                 "thread 3 waits at 20 for the condition variable `c[1]`",
                 "main waits at 66 for thread 2 to end; thread 4 waits at 30 for thread 2 to end; "
                 "thread 5 waits at 30 for thread 3 to end",
                 NULL);
    crew(&e, 2);
    for (size_t i = 1; i <= 2; i++) {
        struct waiting *waiting = wait_at(&e, i, FOR_CONDITION, "c", 20);
        waiting->object = 0x10;
        set_text(&waiting->predicate, i == 1 ? "a" : "b");
    }
    expect_story(&e, true, STUCK_HANG,
                 "thread 2 waits at 20 for the condition variable `c` while `a`; every other "
                 "thread waits, too, so that nobody is left to signal it",
                 "thread 3 waits at 20 for the condition variable `c` while `b`", joined, NULL);
}

static void many_waits_stay_few_sentences(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 10);
    for (size_t i = 1; i <= 10; i++)
        wait_at(&e, i, FOR_SIGNAL, NULL, 20 + (int)i);
    story_label(&e);
    story_tell(&e, true);
    assert_int_equal(e.sentence_count, 8);
    assert_string_equal(e.sentences[6], "4 more threads wait elsewhere");
    explanation_release(&e);
    crew(&e, 10);
    wait_at(&e, 1, FOR_SIGNAL, NULL, 20);
    for (size_t i = 2; i <= 10; i++) {
        wait_at(&e, i, FOR_JOIN, NULL, 30 + (int)i);
        held_by(&e, i, i - 1, 0);
    }
    expect_story(&e, true, STUCK_HANG,
                 "thread 2 waits at 20 for a signal; nobody is left to send it",
                 "main waits at 66 for thread 2 to end; thread 3 waits at 32 for thread 2 to end; "
                 "thread 4 waits at 33 for thread 3 to end; thread 5 waits at 34 for thread 4 to "
                 "end; 6 more threads wait for these in turn",
                 NULL);
}

static void five_hundred_threads_at_one_lock(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 500);
    wait_at(&e, 1, FOR_CONDITION, "c", 20)->object = 0x10;
    for (size_t i = 2; i <= 500; i++) {
        wait_at(&e, i, FOR_MUTEX, "lock", 30)->object = 0x20;
        held_by(&e, i, 1, 19);
    }
    expect_story(&e, true, STUCK_HANG,
                 "thread 2 waits at 20 for the condition variable `c`; every other thread waits, "
                 "too, so that nobody is left to signal it",
                 "main waits at 66 for thread 2 to end; threads 3 to 501 wait at 30 for `lock`, "
                 "which thread 2 holds (taken at 19)",
                 NULL);
    /* Each of 500 readers waits for every other. */
    crew(&e, 500);
    for (size_t i = 1; i <= 500; i++) {
        struct waiting *waiting = wait_at(&e, i, FOR_WRITE_LOCK, "table", 30);
        waiting->object = 0x20;
        waiting->count = 500;
        for (size_t k = 1; k <= 500; k++)
            held_by(&e, i, k, 29);
    }
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: threads 2 to 501 each hold the read lock of `table` (taken at 29) and "
                 "wait for its write lock at 30",
                 joined, NULL);
    /* Named alike, and each with a lock of its own. */
    e = (struct explanation){0};
    add_process(&e);
    for (size_t i = 0; i < 500; i++)
        add_thread(&e, 0, i == 0 ? NULL : "worker");
    for (size_t i = 0; i < 500; i++) {
        wait_at(&e, i, FOR_MUTEX, NULL, 30)->object = 0x1000 + 8 * i;
        held_by(&e, i, (i + 1) % 500, 0);
    }
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: main holds mutex A and waits for mutex B at 30; thread 'worker' (1) "
                 "holds mutex B and waits for mutex C at 30; thread 'worker' (2) holds mutex C and "
                 "waits for mutex D at 30; and so on through 496 more; thread 'worker' (499) holds "
                 "mutex E and waits for mutex A at 30",
                 NULL);
}

static void groups_of_named_threads(void **state)
{
    (void)state;
    static const char *const told[] = {
        "thread 'a' waits at 20 for a signal; nobody is left to send it",
        "thread 'a' and thread 'b' wait at 20 for a signal; nobody is left to send it",
        "thread 'a', thread 'b' and thread 'c' wait at 20 for a signal; nobody is left to send it",
        "thread 'a', thread 'b', thread 'c' and thread 'd' wait at 20 for a signal; nobody is left "
        "to send it",
        "thread 'a', thread 'b', thread 'c' and 2 more wait at 20 for a signal; nobody is left to "
        "send it",
    };
    for (size_t n = 1; n <= 5; n++) {
        struct explanation e;
        crew(&e, 0);
        wait_at(&e, 0, FOR_SIGNAL, NULL, 20);
        for (size_t i = 1; i <= n; i++) {
            add_thread(&e, 0, (const char *[]){"a", "b", "c", "d", "e"}[i - 1]);
            wait_at(&e, i, FOR_SIGNAL, NULL, 20);
        }
        wait_at(&e, 0, FOR_JOIN, NULL, 66);
        held_by(&e, 0, 1, 0);
        expect_story(&e, true, STUCK_HANG, told[n - 1], "main waits at 66 for thread 'a' to end",
                     NULL);
    }
    struct explanation e;
    crew(&e, 0);
    for (size_t i = 1; i <= 12; i++) {
        add_thread(&e, 0, "worker");
        wait_at(&e, i, FOR_SIGNAL, NULL, 20);
    }
    held_by(&e, 0, 1, 0);
    expect_story(&e, true, STUCK_HANG,
                 "12 threads 'worker' wait at 20 for a signal; nobody is left to send it",
                 "main waits at 66 for thread 'worker' (1) to end", NULL);
}

static void places_in_several_files_name_them(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 2);
    for (size_t i = 1; i <= 2; i++) {
        wait_at(&e, i, FOR_MUTEX, i == 1 ? "to" : "from", 22)->object = i;
        held_by(&e, i, 3 - i, 21);
    }
    set_text(&e.threads[0].frames[0].file, "/src/lib/y.c");
    set_text(&e.threads[2].frames[0].file, "/src/lib/y.c");
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 2 holds `from` (taken at x.c:21) and waits for `to` at 22; "
                 "thread 3 holds `to` (taken at 21) and waits for `from` at y.c:22",
                 "main waits at y.c:66 for thread 2 to end", NULL);
}

/* What a program gone wrong may leave: no name, no label, no index, no place. */
static void nothing_known(void **state)
{
    (void)state;
    struct explanation e = {0};
    expect_story(&e, true, STUCK_HANG, NULL);
    expect_story(&e, false, STUCK_NOT, NULL);
    for (int what = 0; what < WAIT_FOR_COUNT; what++) {
        for (int ended = 0; ended < 2; ended++) {
            add_process(&e);
            for (size_t i = 0; i < 2; i++) {
                add_thread(&e, 0, "");
                set_text(&e.threads[i].name, NULL);
                e.threads[i].waiting.what = (enum wait_for)what;
                open_in(&e, i, NO_INDEX, -1);
            }
            e.threads[0].process = e.threads[1].process = NO_INDEX;
            set_text(&e.processes[0].program, NULL);
            story_tell(&e, ended);
            assert_int_equal(e.stuck, ended ? STUCK_HANG : STUCK_NOT);
            assert_true(!ended || e.sentence_count > 0);
            for (size_t i = 0; i < e.sentence_count; i++)
                assert_null(strstr(e.sentences[i], "(null)"));
            explanation_release(&e);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cause_comes_before_idle_waits),
        cmocka_unit_test(only_what_is_the_same_is_told_together),
        cmocka_unit_test(many_waits_stay_few_sentences),
        cmocka_unit_test(five_hundred_threads_at_one_lock),
        cmocka_unit_test(groups_of_named_threads),
        cmocka_unit_test(places_in_several_files_name_them),
        cmocka_unit_test(nothing_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
