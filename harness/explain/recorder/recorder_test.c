#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "explain/recorder/recorder_test_support.h"

#define MARK UINT64_C(0x6d61726b6d61726b)

/* The word of the stack that was at this address. */
static uint64_t word_at(const struct recorded_call *call, uint64_t address)
{
    assert_true(address >= call->sp && address < call->sp + call->words * sizeof(uint64_t));
    return call->stack[(address - call->sp) / sizeof(uint64_t)];
}

static void check_holds(const char *program)
{
    struct subject subject;
    run(&subject, program, "holds");
    const struct recorded_thread *thread = thread_of(&subject, "main");
    assert_int_equal(thread->hold_count, 4);
    assert_false(thread->ended || thread->inherited);
    assert_int_equal(thread->inherits, 0);
    assert_int_equal(thread->waits_on, 0);
    const char *const order[] = {"&first", "&second", "&reading", "&writing"};
    const enum recorded_kind kinds[] = {RECORDED_MUTEX, RECORDED_MUTEX, RECORDED_READ_LOCK,
                                        RECORDED_WRITE_LOCK};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(thread->holds[i].object, fact(&subject, order[i]));
        assert_int_equal(thread->holds[i].kind, kinds[i]);
        assert_true(i == 0 || thread->holds[i].stamp > thread->holds[i - 1].stamp);
    }
    assert_int_equal(thread_of(&subject, "failing")->hold_count, 0);
    assert_true(thread_of(&subject, "failing")->ended);
    assert_false(subject.recording.incomplete);
    assert_null(recording_thread(&subject.recording, 1));
    assert_null(recording_wakes(&subject.recording, fact(&subject, "&first")));
    const struct recorded_call *call = &hold_of(&subject, "main", "&first")->call;
    const uint64_t mark = fact(&subject, "take.mark");
    assert_int_equal(word_at(call, mark), MARK);
    assert_int_equal(word_at(call, mark + 8), fact(&subject, "&first"));
    stop(&subject);
}

static void plain(void **state)
{
    struct subject subject;
    (void)state;
    check_holds(LOCKS_PROGRAM);
    run(&subject, LOCKS_PROGRAM, "holds");
    const struct recorded_call *call = &hold_of(&subject, "main", "&first")->call;
    assert_called_in(&subject, call, "take");
    assert_int_equal(call->bp, fact(&subject, "take.frame"));
    assert_int_equal(call->sp, fact(&subject, "take.stack"));
    assert_called_in(&subject, &hold_of(&subject, "main", "&reading")->call, "take_read");
    stop(&subject);
}

/* There the call comes from ThreadSanitizer's own function, and the program's is further up. */
static void under_tsan(void **state)
{
    (void)state;
    check_holds(TESTPROGS "/tsan/recorded_locks");
}

static void none(void **state)
{
    struct subject subject;
    struct recording recording;
    (void)state;
    start(&subject, LOCKS_PROGRAM, "holds", NULL);
    assert_int_equal(recording_read(subject.pid, &recording), -ENODATA);
    assert_int_equal(recording.thread_count, 0);
    stop(&subject);
    assert_int_equal(recording_read(subject.pid, &recording), -ENOENT);
}

static void recursion(void **state)
{
    struct subject subject;
    (void)state;
    run(&subject, LOCKS_PROGRAM, "recursion");
    assert_non_null(hold_of(&subject, "main", "&first"));
    assert_called_in(&subject, &hold_of(&subject, "main", "&first")->call, "take");
    assert_null(hold_of(&subject, "main", "&second"));
    assert_non_null(hold_of(&subject, "main", "&third"));
    assert_called_in(&subject, &hold_of(&subject, "main", "&third")->call, "take");
    assert_int_equal(thread_of(&subject, "main")->hold_count, 2);
    stop(&subject);
}

static void ended(void **state)
{
    struct subject subject;
    (void)state;
    run(&subject, LOCKS_PROGRAM, "ended");
    /* A thread that was joined may be in /proc for a moment still. */
    while (!thread_of(&subject, "ended")->ended) {
        recording_release(&subject.recording);
        assert_int_equal(recording_read(subject.pid, &subject.recording), 0);
    }
    assert_int_equal(subject.recording.thread_count, 3);
    assert_int_equal(holders(&subject, "&first"), 1);
    assert_null(hold_of(&subject, "main", "&first"));
    /* Both the thread that ended and the one that took over; the later stamp is the holder's. */
    assert_int_equal(holders(&subject, "&second"), 2);
    assert_true(thread_of(&subject, "ended")->ended);
    assert_false(thread_of(&subject, "ended")->inherited);
    assert_false(thread_of(&subject, "main")->ended);
    assert_true(hold_of(&subject, "main", "&second")->stamp >
                hold_of(&subject, "ended", "&second")->stamp);
    assert_called_in(&subject, &hold_of(&subject, "ended", "&second")->call, "take_again");
    stop(&subject);
}

static void handed_over(void **state)
{
    struct subject subject;
    (void)state;
    run(&subject, LOCKS_PROGRAM, "handed-over");
    assert_int_equal(holders(&subject, "&first"), 0);
    assert_int_equal(holders(&subject, "&second"), 0);
    assert_int_equal(holders(&subject, "&reading"), 0);
    assert_int_equal(holders(&subject, "&writing"), 0);
    assert_int_equal(holders(&subject, "&third"), 1);
    stop(&subject);
}

/* What the program starts is left alone. */
static void executed(void **state)
{
    struct subject subject;
    struct recording recording;
    (void)state;
    start(&subject, LOCKS_PROGRAM, "exec-itself", RECORDER);
    assert_int_equal(recording_read(subject.pid, &recording), -ENODATA);
    kill(-subject.pid, SIGKILL);
    assert_int_equal(waitpid(subject.pid, NULL, 0), subject.pid);
}

static void expect_environment(const char *preload, const char *expected)
{
    char line[256] = "";
    setenv("LD_PRELOAD", preload, 1);
    FILE *out = popen("env | grep ^LD_PRELOAD", "re"); /* NOLINT(cert-env33-c): a fixed command */
    unsetenv("LD_PRELOAD");
    assert_non_null(out);
    (void)fgets(line, sizeof line, out);
    pclose(out);
    assert_string_equal(line, expected);
}

static void environment(void **state)
{
    (void)state;
    expect_environment(RECORDER, "");
    expect_environment(RECORDER ":libm.so.6", "LD_PRELOAD=libm.so.6\n");
    expect_environment("libm.so.6", "LD_PRELOAD=libm.so.6\n");
}

static void interrupted(void **state)
{
    struct subject subject;
    (void)state;
    run(&subject, SIGNALS_PROGRAM, "interrupted");
    assert_int_equal(thread_of(&subject, "main")->hold_count, 3);
    assert_non_null(hold_of(&subject, "main", "&first"));
    assert_non_null(hold_of(&subject, "main", "&reading"));
    assert_non_null(hold_of(&subject, "main", "&third"));
    assert_false(subject.recording.incomplete);
    stop(&subject);
}

/* What is read of a running program may be old when it arrives, but each note is whole. */
static void busy(void **state)
{
    struct subject subject;
    size_t found = 0;
    (void)state;
    start(&subject, SIGNALS_PROGRAM, "busy", RECORDER);
    for (int i = 0; i < 2000 || found < 100; i++) {
        assert_int_equal(recording_read(subject.pid, &subject.recording), 0);
        for (size_t t = 0; t < subject.recording.thread_count; t++) {
            const struct recorded_thread *thread = &subject.recording.threads[t];
            for (size_t h = 0; h < thread->hold_count; h++) {
                const struct recorded_hold *hold = &thread->holds[h];
                const bool inner = hold->object == fact(&subject, "&third");
                assert_true(inner || hold->object == fact(&subject, "&first") ||
                            hold->object == fact(&subject, "&second"));
                const uint64_t begin = fact(&subject, inner ? "keep_locking" : "take");
                assert_in_range(hold->call.pc, begin, begin + 512);
                found++;
            }
        }
        recording_release(&subject.recording);
    }
    stop(&subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),     cmocka_unit_test(under_tsan),  cmocka_unit_test(none),
        cmocka_unit_test(recursion), cmocka_unit_test(ended),       cmocka_unit_test(handed_over),
        cmocka_unit_test(executed),  cmocka_unit_test(environment), cmocka_unit_test(interrupted),
        cmocka_unit_test(busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
