#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "explain/recorder/recorder_test_support.h"

static void wakes(void **state)
{
    struct subject subject;
    (void)state;
    run(&subject, WAITS_PROGRAM, "wakes");
    const struct recording *recording = &subject.recording;
    const struct recorded_thread *waiter = thread_of(&subject, "waiter");
    const struct recorded_wakes *early = recording_wakes(recording, fact(&subject, "&early"));
    const struct recorded_wakes *late = recording_wakes(recording, fact(&subject, "&late"));
    const struct recorded_wakes *posted = recording_wakes(recording, fact(&subject, "&posted"));
    assert_int_equal(recording->wake_count, 3);
    assert_null(recording_wakes(recording, fact(&subject, "&anew")));
    assert_int_equal(waiter->waits_on, fact(&subject, "&early"));
    assert_int_equal(waiter->wait_mutex, fact(&subject, "&lock"));
    assert_non_null(hold_of(&subject, "waiter", "&lock"));
    assert_non_null(early);
    assert_int_equal(early->count, 1);
    assert_int_equal(early->last_tid, subject.pid);
    assert_true(early->last_stamp < waiter->wait_stamp);
    assert_called_in(&subject, &early->last, "send_signal");
    assert_non_null(late);
    assert_int_equal(late->count, 3);
    assert_true(late->last_stamp > waiter->wait_stamp);
    assert_non_null(posted);
    assert_int_equal(posted->count, 2);
    assert_int_equal(posted->last_tid, fact(&subject, "poster"));
    assert_true(posted->last_stamp < early->last_stamp);
    assert_called_in(&subject, &posted->last, "post");
    stop(&subject);
}

static void cancelled(void **state)
{
    struct subject subject;
    (void)state;
    run(&subject, WAITS_PROGRAM, "cancelled");
    for (size_t i = 0; i < subject.recording.thread_count; i++)
        assert_int_equal(subject.recording.threads[i].hold_count, 0);
    assert_true(subject.recording.thread_count > 6);
    stop(&subject);
}

static void forked(void **state)
{
    struct subject subject;
    (void)state;
    run(&subject, WAITS_PROGRAM, "forked");
    struct recording parent = subject.recording;
    assert_int_equal(parent.thread_count, 2);
    assert_non_null(hold_of(&subject, "parent", "&lock"));
    assert_non_null(hold_of(&subject, "parent", "&kept"));
    assert_non_null(hold_of(&subject, "ended", "&other"));
    assert_int_equal(recording_read((pid_t)fact(&subject, "child"), &subject.recording), 0);
    recording_release(&parent);
    assert_int_equal(subject.recording.thread_count, 4);
    const struct recorded_thread *child = thread_of(&subject, "child");
    const struct recorded_thread *before = thread_of(&subject, "parent");
    assert_false(child->ended || child->inherited);
    assert_int_equal(child->hold_count, 0);
    assert_int_equal(child->inherits, before->tid);
    assert_true(before->ended && before->inherited);
    assert_null(hold_of(&subject, "parent", "&lock"));
    assert_non_null(hold_of(&subject, "parent", "&kept"));
    assert_true(thread_of(&subject, "ended")->inherited);
    assert_non_null(hold_of(&subject, "ended", "&other"));
    assert_non_null(hold_of(&subject, "child.thread", "&child_lock"));
    assert_int_equal(thread_of(&subject, "child.thread")->inherits, 0);
    assert_true(thread_of(&subject, "child.thread")->ended);
    assert_false(thread_of(&subject, "child.thread")->inherited);
    stop(&subject);
}

static void room(void **state)
{
    static const struct {
        const char *how;
        size_t threads;
        size_t wakes;
        bool incomplete;
    } cases[] = {{"threads", 1024, 0, false},
                 {"too-many-threads", 1024, 0, true},
                 {"too-many-locks", 1, 0, true},
                 {"too-many-objects", 1, 1024, true}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct subject subject;
        size_t holds = 0;
        run(&subject, ROOM_PROGRAM, cases[i].how);
        for (size_t t = 0; t < subject.recording.thread_count; t++)
            holds += subject.recording.threads[t].hold_count;
        assert_false(thread_of(&subject, "main")->ended);
        assert_int_equal(subject.recording.thread_count, cases[i].threads);
        assert_int_equal(subject.recording.wake_count, cases[i].wakes);
        assert_int_equal(subject.recording.incomplete, cases[i].incomplete);
        assert_int_equal(holds, i == 0 ? 1 : i == 1 ? 1023 : i == 2 ? 16 : 0);
        if (i == 0)
            assert_false(thread_of(&subject, "idle")->ended);
        stop(&subject);
    }
}

/* The program would crash where a copy ran over the end of a stack. */
static void stacks(void **state)
{
    struct subject subject;
    (void)state;
    run(&subject, ROOM_PROGRAM, "stacks");
    assert_int_equal(thread_of(&subject, "main")->hold_count, 1);
    assert_int_equal(hold_of(&subject, "main", "&lock")->call.words, RECORDED_WORDS);
    stop(&subject);
}

static void refused(void **state)
{
    struct subject subject;
    (void)state;
    run(&subject, ROOM_PROGRAM, "refused");
    assert_in_range(hold_of(&subject, "main", "&lock")->call.words, 1, RECORDED_WORDS - 1);
    stop(&subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wakes), cmocka_unit_test(cancelled), cmocka_unit_test(forked),
        cmocka_unit_test(room),  cmocka_unit_test(stacks),    cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
