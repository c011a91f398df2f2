/*
 * A signal handler that locks, at every single instruction of a lock and of an unlock: the tracer
 * steps to the instruction, looks at the recording there, and lets the signal in.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "explain/recorder/recorder_test_support.h"

/* Runs on, with a signal where it is not 0, to the next stop. */
static void go(const struct subject *subject, int request, int signal)
{
    int status;
    assert_int_equal(ptrace(request, subject->pid, NULL, (void *)(long)signal), 0);
    assert_int_equal(waitpid(subject->pid, &status, 0), subject->pid);
    assert_true(WIFSTOPPED(status));
    assert_int_equal(WSTOPSIG(status), SIGTRAP);
}

static bool raised_itself(const struct subject *subject)
{
    siginfo_t why;
    assert_int_equal(ptrace(PTRACE_GETSIGINFO, subject->pid, NULL, &why), 0);
    return why.si_code == SI_TKILL;
}

/* Every hold is one that the thread may have, with the place where it was taken. */
static void look(struct subject *subject, bool handlers, bool own)
{
    static const char *const objects[] = {"&first", "&reading", "&second"};
    static const char *const functions[] = {"toggle", "toggle", "take"};
    assert_int_equal(recording_read(subject->pid, &subject->recording), 0);
    size_t found = 0;
    for (size_t i = 0; i < 3; i++) {
        const struct recorded_hold *hold = hold_of(subject, "main", objects[i]);
        if (hold)
            assert_called_in(subject, &hold->call, functions[i]);
        if (i < 2)
            assert_true(handlers == (hold != NULL));
        else if (own)
            assert_non_null(hold);
        found += hold != NULL;
    }
    assert_int_equal(thread_of(subject, "main")->hold_count, found);
    recording_release(&subject->recording);
}

static void none_left(struct subject *subject)
{
    assert_int_equal(recording_read(subject->pid, &subject->recording), 0);
    assert_int_equal(thread_of(subject, "main")->hold_count, 0);
    recording_release(&subject->recording);
}

/* From one SIGTRAP that the program raises to the next, with a signal after so many steps; false: there are fewer. */
static bool interrupt_at(struct subject *subject, unsigned step, bool *handlers)
{
    for (unsigned i = 0; i < step; i++) {
        go(subject, PTRACE_SINGLESTEP, 0);
        if (raised_itself(subject))
            return false;
    }
    look(subject, *handlers, false);
    *handlers = !*handlers;
    go(subject, PTRACE_CONT, SIGUSR1);
    assert_true(raised_itself(subject));
    return true;
}

/*
 * A signal at each instruction of the lock or the unlock, and one before the other of the two, so that
 * the handler does the same each time: it takes its locks, or it gives them back. The last round has
 * one signal less, so the next pass does the opposite.
 */
static void step_through(struct subject *subject, bool lock, bool *handlers)
{
    unsigned steps = 0;
    for (bool more = true; more; steps++) {
        bool in_lock = interrupt_at(subject, lock ? steps : 0, handlers);
        look(subject, *handlers, true);
        bool in_unlock = interrupt_at(subject, lock ? 0 : steps, handlers);
        more = in_lock && in_unlock;
        if (!*handlers)
            none_left(subject);
    }
    assert_true(steps > 100);
}

static void at_every_instruction(void **state)
{
    struct subject subject;
    bool handlers = false;
    int status;
    (void)state;
    int said = start_silent(&subject, SIGNALS_PROGRAM, "stepped", RECORDER, true);
    assert_int_equal(waitpid(subject.pid, &status, 0), subject.pid);
    assert_true(WIFSTOPPED(status));
    go(&subject, PTRACE_CONT, 0);
    listen_to(&subject, said);
    none_left(&subject);
    for (int pass = 0; pass < 4; pass++)
        step_through(&subject, pass < 2, &handlers);
    stop(&subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_every_instruction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
