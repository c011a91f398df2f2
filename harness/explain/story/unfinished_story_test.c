/* Stories of programs that have not stopped as a whole. */
#include "explain/story/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/story/story_fixture.h"

/* One process with that many threads. */
static void crew(struct explanation *e, int threads)
{
    *e = (struct explanation){0};
    add_process(e);
    for (int i = 0; i < threads; i++)
        add_thread(e, 0, NULL);
}

static void a_part_is_deadlocked(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 3);
    add_thread(&e, 0, "heartbeat");
    wait_at(&e, 0, FOR_JOIN, NULL, 66);
    held_by(&e, 0, 1, 0);
    for (size_t i = 1; i <= 2; i++) {
        wait_at(&e, i, FOR_MUTEX, i == 1 ? "to" : "from", 22)->object = i;
        held_by(&e, i, 3 - i, 21);
    }
    wait_at(&e, 3, FOR_TIME, NULL, 50)->limited = true;
    story_label(&e);
    story_tell(&e, false);
    assert_int_equal(e.stuck, STUCK_PART);
    assert_true(e.threads[0].stuck && e.threads[1].stuck && e.threads[2].stuck);
    assert_false(e.threads[3].stuck);
    while (e.sentence_count > 0)
        set_text(&e.sentences[--e.sentence_count], NULL);
    set_text((char **)&e.sentences, NULL);
    expect_story(&e, false, STUCK_PART,
                 "deadlock of a part: thread 2 holds `from` (taken at 21) and waits for `to` at "
                 "22; thread 3 holds `to` (taken at 21) and waits for `from` at 22",
                 "main waits at 66 for thread 2 to end",
                 "still going on: thread 'heartbeat' (sleeps at 50)", NULL);
}

/* Thread 2 of main waits for its own lock; what else the others do. */
static void self_locked(struct explanation *e, int threads)
{
    crew(e, threads);
    wait_at(e, 1, FOR_MUTEX, "m", 22)->object = 0x10;
    held_by(e, 1, 1, 21);
}

static const char self_lock[] =
    "deadlock of a part: thread 2 waits at 22 for `m`, which it holds itself (taken at 21)";

static void what_goes_on_beside_a_deadlock(void **state)
{
    (void)state;
    struct explanation e;
    self_locked(&e, 7);
    wait_at(&e, 0, FOR_NOTHING, NULL, 70);
    e.threads[0].ready = true;
    wait_at(&e, 2, FOR_CONDITION, "tick", 30)->limited = true;
    wait_at(&e, 3, FOR_SEMAPHORE, "work", 31); /* a thread that goes on may post it */
    for (size_t i = 4; i < 7; i++)
        wait_at(&e, i, FOR_TIME, NULL, i == 6 ? 51 : 50)->limited = true;
    expect_story(&e, false, STUCK_PART, self_lock,
                 "still going on: main (runs at 70), thread 3 (waits at 30 for the condition "
                 "variable `tick`, with a time limit), threads 5 and 6 (sleep at 50) and 1 more",
                 NULL);
    self_locked(&e, 1 + 1);
    wait_at(&e, 0, FOR_DATA, "a socket", 30)->fd = 3;
    expect_story(&e, false, STUCK_PART, self_lock,
                 "not part of it: main (waits at 30 for data or end-of-file from a socket (fd 3))",
                 NULL);
}

static void only_what_must_wait_for_the_stuck_is_stuck(void **state)
{
    (void)state;
    struct explanation e;
    self_locked(&e, 5);
    wait_at(&e, 0, FOR_TIME, NULL, 70)->limited = true;
    wait_at(&e, 2, FOR_WRITE_LOCK, "table", 30); /* needs both readers */
    held_by(&e, 2, 0, 0);
    held_by(&e, 2, 1, 0);
    wait_at(&e, 3, FOR_SEMAPHORE, "any", 31); /* either may post */
    held_by(&e, 3, 0, 0);
    held_by(&e, 3, 1, 0);
    wait_at(&e, 4, FOR_JOIN, NULL, 32)->limited = true;
    held_by(&e, 4, 1, 0);
    expect_story(&e, false, STUCK_PART, self_lock,
                 "thread 3 waits at 30 for the write lock of `table`, which main and thread 2 hold",
                 "still going on: main (sleeps at 70) and thread 5 (waits at 32 for thread 2 to "
                 "end, with a time limit)",
                 NULL);
}

static void who_waits_for_one_of_several(void **state)
{
    (void)state;
    struct explanation e;
    self_locked(&e, 5);
    wait_at(&e, 0, FOR_TIME, NULL, 70)->limited = true;
    wait_at(&e, 2, FOR_JOIN, NULL, 31);
    held_by(&e, 2, 1, 0);
    wait_at(&e, 3, FOR_SEMAPHORE, "any", 32);
    held_by(&e, 3, 1, 0);
    held_by(&e, 3, 2, 0);
    wait_at(&e, 4, FOR_MUTEX, "free", 33); /* of a thread that goes on */
    held_by(&e, 4, 0, 0);
    expect_story(&e, false, STUCK_PART, self_lock,
                 "thread 3 waits at 31 for thread 2 to end; thread 4 waits at 32 for the semaphore "
                 "`any`",
                 "still going on: main (sleeps at 70)", NULL);
}

static void a_circle_that_may_end_is_no_deadlock_of_a_part(void **state)
{
    (void)state;
    for (int how = 0; how < 4; how++) {
        struct explanation e;
        crew(&e, 3);
        wait_at(&e, 0, FOR_TIME, NULL, 70)->limited = true;
        for (size_t i = 1; i <= 2; i++) {
            wait_at(&e, i, how == 3 ? FOR_SEMAPHORE : FOR_MUTEX, "m", 22)->object = i;
            held_by(&e, i, 3 - i, 21);
        }
        if (how == 0)
            e.threads[1].waiting.limited = true;
        if (how == 1)
            e.threads[1].waiting.certain = false;
        if (how == 2)
            e.threads[1].ready = true;
        expect_story(&e, false, STUCK_NOT, NULL);
    }
}

static void run_at(struct explanation *e, size_t thread, int line, const char *function)
{
    wait_at(e, thread, FOR_NOTHING, NULL, line);
    set_function(e, thread, function);
    e->threads[thread].ready = true;
    e->threads[thread].cpu_ms = 900;
}

static void busy_threads(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 1);
    add_thread(&e, 0, "a");
    add_thread(&e, 0, "b");
    wait_at(&e, 0, FOR_JOIN, NULL, 60);
    held_by(&e, 0, 1, 0);
    run_at(&e, 1, 31, "give_way");
    run_at(&e, 2, 44, "main");
    expect_story(&e, false, STUCK_BUSY,
                 "livelock: thread 'a' is busy to the time limit at 31 (in give_way) and thread "
                 "'b' at 44; main waits at 60 for thread 'a' to end; a computation that only takes "
                 "longer looks the same",
                 NULL);
    crew(&e, 1);
    run_at(&e, 0, 31, "spin");
    expect_story(&e, false, STUCK_BUSY,
                 "busy without end: main is busy to the time limit at 31 (in spin); a computation "
                 "that only takes longer looks the same",
                 NULL);
    crew(&e, 7);
    for (size_t i = 0; i < 5; i++)
        run_at(&e, i, 31, "f");
    /* It gets the lock again and again. */
    wait_at(&e, 5, FOR_MUTEX, "m", 40);
    held_by(&e, 5, 0, 0);
    e.threads[5].cpu_ms = 700;
    wait_at(&e, 6, FOR_CONDITION, "c", 50);
    expect_story(&e, false, STUCK_BUSY,
                 "livelock: main is busy to the time limit at 31 (in f), thread 2 at 31 (in f), "
                 "thread 3 at 31 (in f) and 3 more; thread 7 waits at 50 for the condition "
                 "variable `c`; a computation that only takes longer looks the same",
                 NULL);
}

static void not_busy(void **state)
{
    (void)state;
    static const enum wait_for kinds[] = {FOR_TIME,  FOR_SIGNAL, FOR_UNKNOWN, FOR_DATA,
                                          FOR_MUTEX, FOR_CHILD,  FOR_NOTHING};
    struct explanation e;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        crew(&e, 2);
        run_at(&e, 0, 31, "f");
        wait_at(&e, 1, kinds[i], NULL, 40); /* nobody of the tree is known to end it */
        expect_story(&e, false, STUCK_NOT, NULL);
    }
    crew(&e, 2);
    run_at(&e, 0, 31, "f");
    wait_at(&e, 1, FOR_CONDITION, NULL, 40)->limited = true;
    expect_story(&e, false, STUCK_NOT, NULL);
    crew(&e, 1);
    run_at(&e, 0, 31, "f");
    e.threads[0].cpu_ms = 0;
    expect_story(&e, false, STUCK_NOT, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_deadlocked),
        cmocka_unit_test(what_goes_on_beside_a_deadlock),
        cmocka_unit_test(only_what_must_wait_for_the_stuck_is_stuck),
        cmocka_unit_test(who_waits_for_one_of_several),
        cmocka_unit_test(a_circle_that_may_end_is_no_deadlock_of_a_part),
        cmocka_unit_test(busy_threads),
        cmocka_unit_test(not_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
