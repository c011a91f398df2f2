#include "explain/story/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/story/story_fixture.h"

/* main joins its first thread; the others are named. */
static void crew(struct explanation *e, const char *second, const char *third)
{
    *e = (struct explanation){0};
    add_process(e);
    add_thread(e, 0, NULL);
    add_thread(e, 0, second);
    if (third)
        add_thread(e, 0, third);
    wait_at(e, 0, FOR_JOIN, NULL, 66);
    held_by(e, 0, 1, 0);
}

/* The thread waits for the mutex at this address, which the holder took there. */
static void lock_at(struct explanation *e, size_t thread, const char *name, uint64_t object,
                    int line, size_t holder, int taken)
{
    wait_at(e, thread, FOR_MUTEX, name, line)->object = object;
    held_by(e, thread, holder, taken);
}

static void two_locks_in_a_circle(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, "payer", "refunder");
    lock_at(&e, 1, "to", 0x20, 22, 2, 30);
    lock_at(&e, 2, "from", 0x10, 31, 1, 21);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 'payer' holds `from` (taken at 21) and waits for `to` at 22; "
                 "thread 'refunder' holds `to` (taken at 30) and waits for `from` at 31",
                 "main waits at 66 for thread 'payer' to end", NULL);
}

static void locks_without_a_name_are_kept_apart(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, NULL, NULL);
    add_thread(&e, 0, NULL);
    lock_at(&e, 1, NULL, 0x20, 22, 2, 0);
    lock_at(&e, 2, NULL, 0x10, 22, 1, 0);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 2 holds mutex A and waits for mutex B at 22; "
                 "thread 3 holds mutex B and waits for mutex A at 22",
                 "main waits at 66 for thread 2 to end", NULL);
    crew(&e, NULL, NULL);
    add_thread(&e, 0, NULL);
    lock_at(&e, 1, "account->lock", 0x20, 22, 2, 21);
    lock_at(&e, 2, "account->lock", 0x10, 22, 1, 21);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 2 holds `account->lock` A (taken at 21) and waits for "
                 "`account->lock` B at 22; thread 3 holds `account->lock` B (taken at 21) and "
                 "waits for `account->lock` A at 22",
                 "main waits at 66 for thread 2 to end", NULL);
}

static void a_join_closes_a_circle(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, NULL, NULL);
    add_thread(&e, 0, NULL);
    lock_at(&e, 1, "list", 0x20, 31, 0, 61);
    lock_at(&e, 2, "list", 0x20, 31, 0, 61);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: main holds `list` (taken at 61) and waits at 66 for thread 2 to end; "
                 "thread 2 waits for `list` at 31",
                 "thread 3 waits at 31 for `list`, which main holds", NULL);
    crew(&e, NULL, NULL);
    add_thread(&e, 0, NULL);
    lock_at(&e, 1, NULL, 0x20, 31, 0, 0);
    lock_at(&e, 2, NULL, 0x20, 31, 0, 0);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: main holds a mutex and waits at 66 for thread 2 to end; thread 2 waits "
                 "for the mutex at 31",
                 "thread 3 waits at 31 for the mutex, which main holds", NULL);
}

static void five_philosophers(void **state)
{
    (void)state;
    struct explanation e;
    static const char *const names[] = {"forks[1]", "forks[2]", "forks[3]", "forks[4]", "forks[0]"};
    crew(&e, NULL, NULL);
    for (int i = 1; i < 5; i++)
        add_thread(&e, 0, NULL);
    for (size_t i = 0; i < 5; i++)
        lock_at(&e, i + 1, names[i], 0x10 + i, 30, (i + 1) % 5 + 1, 29);
    expect_story(
        &e, true, STUCK_DEADLOCK,
        "deadlock: thread 2 holds `forks[0]` (taken at 29) and waits for `forks[1]` at 30; "
        "thread 3 holds `forks[1]` (taken at 29) and waits for `forks[2]` at 30; "
        "thread 4 holds `forks[2]` (taken at 29) and waits for `forks[3]` at 30; "
        "thread 5 holds `forks[3]` (taken at 29) and waits for `forks[4]` at 30; "
        "thread 6 holds `forks[4]` (taken at 29) and waits for `forks[0]` at 30",
        "main waits at 66 for thread 2 to end", NULL);
}

static void a_long_circle_is_cut(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, NULL, NULL);
    for (int i = 1; i < 12; i++)
        add_thread(&e, 0, NULL);
    for (size_t i = 0; i < 12; i++)
        lock_at(&e, i + 1, "fork", 0x10 + i, 30, (i + 1) % 12 + 1, 0);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 2 holds `fork` A and waits for `fork` B at 30; thread 3 holds "
                 "`fork` B and waits for `fork` C at 30; thread 4 holds `fork` C and waits for "
                 "`fork` D at 30; and so on through 8 more; thread 13 holds `fork` E and waits for "
                 "`fork` A at 30",
                 "main waits at 66 for thread 2 to end", NULL);
}

static void each_circle_has_its_sentence(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, "a", "b");
    add_thread(&e, 0, "c");
    lock_at(&e, 1, "x", 0x20, 22, 2, 0);
    lock_at(&e, 2, "y", 0x10, 23, 1, 0);
    lock_at(&e, 3, "z", 0x30, 24, 3, 20);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 'a' holds `y` and waits for `x` at 22; thread 'b' holds `x` and "
                 "waits for `y` at 23",
                 "self-deadlock: thread 'c' waits at 24 for `z`, which it holds itself (taken at "
                 "20)",
                 "main waits at 66 for thread 'a' to end", NULL);
    e = (struct explanation){0};
    add_process(&e);
    for (size_t i = 0; i < 8; i++) {
        add_thread(&e, 0, NULL);
        lock_at(&e, i, "x", 0x10 + i, 22, i, 0);
    }
    story_label(&e);
    story_tell(&e, true);
    assert_int_equal(e.sentence_count, 6);
    assert_string_equal(e.sentences[5], "3 more cycles of this kind");
    explanation_release(&e);
}

static void a_thread_that_waits_for_itself(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, NULL, NULL);
    lock_at(&e, 1, "lock", 0x20, 30, 1, 27);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "self-deadlock: thread 2 waits at 30 for `lock`, which it holds itself (taken at "
                 "27)",
                 "main waits at 66 for thread 2 to end", NULL);
    static const struct {
        enum wait_for what;
        long readers;
        const char *told;
    } cases[] = {
        {FOR_READ_LOCK, -1,
         "self-deadlock: thread 2 waits at 30 for the read lock of `x`, whose write lock it holds "
         "itself (taken at 27)"},
        {FOR_WRITE_LOCK, 1,
         "self-deadlock: thread 2 waits at 30 for the write lock of `x`, whose read lock it holds "
         "itself (taken at 27)"},
        {FOR_WRITE_LOCK, -1,
         "self-deadlock: thread 2 waits at 30 for the write lock of `x`, which it holds itself "
         "(taken at 27)"},
        {FOR_ONCE, -1,
         "self-deadlock: thread 2 waits at 30 for the initialiser of `x`, which runs on the same "
         "thread"},
        {FOR_JOIN, -1, "self-deadlock: thread 2 waits at 30 for itself to end"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        crew(&e, NULL, NULL);
        struct waiting *waiting = wait_at(&e, 1, cases[i].what, "x", 30);
        waiting->object = 0x20;
        waiting->count = cases[i].readers;
        held_by(&e, 1, 1, 27);
        expect_story(&e, true, STUCK_DEADLOCK, cases[i].told,
                     "main waits at 66 for thread 2 to end", NULL);
    }
}

static void two_readers_want_to_write(void **state)
{
    (void)state;
    struct explanation e;
    for (int own = 0; own < 2; own++) { /* the readers may or may not include the waiter */
        crew(&e, NULL, NULL);
        add_thread(&e, 0, NULL);
        for (size_t i = 1; i <= 2; i++) {
            struct waiting *waiting = wait_at(&e, i, FOR_WRITE_LOCK, "cache.lock", 33);
            waiting->object = 0x20;
            waiting->count = 2;
            for (size_t k = 1; k <= 2; k++) {
                if (own || k != i)
                    held_by(&e, i, k, 30);
            }
        }
        expect_story(&e, true, STUCK_DEADLOCK,
                     "deadlock: threads 2 and 3 each hold the read lock of `cache.lock` (taken at "
                     "30) and wait for its write lock at 33",
                     "main waits at 66 for thread 2 to end", NULL);
    }
}

static void a_writer_waits_for_one_of_several_readers(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, "writer", "reader");
    add_thread(&e, 0, "idle");
    struct waiting *waiting = wait_at(&e, 1, FOR_WRITE_LOCK, "table", 22);
    waiting->object = 0x20;
    waiting->count = 2;
    held_by(&e, 1, 3, 40);
    held_by(&e, 1, 2, 41);
    lock_at(&e, 2, "log", 0x10, 42, 1, 21);
    wait_at(&e, 3, FOR_SIGNAL, NULL, 50);
    /* The writer needs both readers: the circle through one is enough. */
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 'writer' holds `log` (taken at 21) and waits for the write lock "
                 "of `table` at 22; thread 'reader' holds the read lock of `table` (taken at 41) "
                 "and waits for `log` at 42",
                 "thread 'idle' waits at 50 for a signal; nobody is left to send it",
                 "main waits at 66 for thread 'writer' to end", NULL);
}

static void a_shorter_circle_of_writers_goes_first(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, NULL, NULL);
    add_thread(&e, 0, NULL);
    add_thread(&e, 0, NULL);
    wait_at(&e, 1, FOR_WRITE_LOCK, "t", 22)->object = 0x20;
    held_by(&e, 1, 2, 0);
    held_by(&e, 1, 3, 0);
    lock_at(&e, 2, "m", 0x10, 31, 3, 0);
    wait_at(&e, 3, FOR_WRITE_LOCK, "t", 22)->object = 0x20;
    held_by(&e, 3, 1, 0);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 2 holds the write lock of `t` and waits for the write lock of "
                 "`t` at 22; thread 4 holds the write lock of `t` and waits for the write lock of "
                 "`t` at 22",
                 "main waits at 66 for thread 2 to end; thread 3 waits at 31 for `m`, which thread "
                 "4 holds",
                 NULL);
}

static void a_once_and_a_lock(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, NULL, NULL);
    add_thread(&e, 0, NULL);
    wait_at(&e, 1, FOR_ONCE, "opened", 22)->object = 0x10;
    held_by(&e, 1, 2, 0);
    lock_at(&e, 2, "log", 0x20, 42, 1, 21);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 2 holds `log` (taken at 21) and waits for the initialiser of "
                 "`opened` at 22; thread 3 runs the initialiser of `opened` and waits for `log` at "
                 "42",
                 "main waits at 66 for thread 2 to end", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_locks_in_a_circle),
        cmocka_unit_test(locks_without_a_name_are_kept_apart),
        cmocka_unit_test(a_join_closes_a_circle),
        cmocka_unit_test(five_philosophers),
        cmocka_unit_test(a_long_circle_is_cut),
        cmocka_unit_test(each_circle_has_its_sentence),
        cmocka_unit_test(a_thread_that_waits_for_itself),
        cmocka_unit_test(two_readers_want_to_write),
        cmocka_unit_test(a_writer_waits_for_one_of_several_readers),
        cmocka_unit_test(a_shorter_circle_of_writers_goes_first),
        cmocka_unit_test(a_once_and_a_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
