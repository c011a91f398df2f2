/* Blocks of a real program, at fixed addresses and at any: testprogs/resolve_subject.c. */
#include "explore/resolve.h"

#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { STEPS = 1000 };

extern char **environ;

struct subject {
    char *program;
    struct wire_block *block;
    size_t size;
    struct resolver *resolver;
};

/* Reads the file anew each time: these are short. */
static char *line_of(const char *file, int number, void *user)
{
    FILE *in = fopen(file, "re");
    char *line = NULL;
    size_t room = 0;
    (void)user;
    if (!in)
        return NULL;
    for (int i = 0; i < number; i++)
        if (getline(&line, &room, in) < 0)
            number = -1;
    fclose(in);
    if (number < 0) {
        free(line);
        return NULL;
    }
    return line;
}

/* The line that has this comment at its end. */
static int line_with(const char *file, const char *comment)
{
    char *mark = xasprintf("/* %s */", comment);
    for (int i = 1;; i++) {
        char *line = line_of(file, i, NULL);
        if (!line)
            fail_msg("%s has no %s", file, mark);
        bool found = strstr(line, mark);
        free(line);
        if (found) {
            free(mark);
            return i;
        }
    }
}

static void subject_run(struct subject *subject, const char *name)
{
    char path[] = "/tmp/racelab-block-XXXXXX";
    pid_t pid = 0;
    int status = 0;
    subject->size = sizeof(struct wire_block) + STEPS * sizeof(struct wire_step);
    subject->program = xasprintf("%s/resolve-subject-%s", TESTPROGS, name);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)subject->size), 0);
    subject->block = mmap(NULL, subject->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(subject->block, MAP_FAILED);
    close(fd);
    subject->block->steps_at = sizeof(struct wire_block);
    subject->block->steps_room = STEPS;
    char *arguments[] = {subject->program, path, NULL};
    assert_int_equal(posix_spawn(&pid, subject->program, NULL, NULL, arguments, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    unlink(path);
    struct resolve_options options = {.program = subject->program, .line = line_of};
    assert_int_equal(resolver_new(&options, subject->block, &subject->resolver), 0);
}

static void subject_end(struct subject *subject)
{
    resolver_free(subject->resolver);
    munmap(subject->block, subject->size);
    free(subject->program);
}

static const struct schedule_step *find_step(const struct schedule *schedule, size_t thread,
                                             const char *operation, const char *object)
{
    for (size_t i = 0; i < schedule->step_count; i++) {
        const struct schedule_step *step = &schedule->steps[i];
        if (step->thread == thread && strcmp(step->operation, operation) == 0 &&
            (object ? step->object && strcmp(step->object, object) == 0 : !step->object))
            return step;
    }
    fail_msg("thread %zu has no step %s %s", thread, operation, object ? object : "");
    return NULL;
}

static void assert_place(const struct place *place, const char *file, const char *comment,
                         const char *function)
{
    assert_non_null(place->file);
    assert_string_equal(place->file, file);
    assert_int_equal(place->line, line_with(file, comment));
    if (function)
        assert_string_equal(place->function, function);
}

static void check_schedule(const char *name)
{
    struct subject subject;
    struct schedule schedule = {0};
    subject_run(&subject, name);
    resolve_schedule(subject.resolver, subject.block, &schedule);
    assert_int_equal(schedule.thread_count, 2);
    assert_string_equal(schedule.threads[0].label, "main");
    assert_string_equal(schedule.threads[0].function, "main");
    assert_int_equal(schedule.threads[0].parent, NO_INDEX);
    assert_string_equal(schedule.threads[0].waits, "lock `bank.accounts[0].lock`");
    assert_place(&schedule.threads[0].waits_at, SUBJECT_SOURCE, "main waits", "collect");
    assert_string_equal(schedule.threads[1].label, "thread 2");
    assert_string_equal(schedule.threads[1].function, "payer");
    assert_int_equal(schedule.threads[1].parent, 0);
    assert_place(&schedule.threads[1].created, SUBJECT_SOURCE, "creates", "main");
    assert_place(&schedule.threads[1].waits_at, SUBJECT_SOURCE, "payer waits", "collect");

    const struct schedule_step *step = find_step(&schedule, 0, "create", "thread 2");
    assert_ptr_equal(step, &schedule.steps[0]); /* what main wrote before is nobody's concern */
    step = find_step(&schedule, 0, "lock", "`bank.accounts[1].lock`");
    assert_place(&step->place, SUBJECT_SOURCE, "second lock", "collect");
    assert_true(step->preempted);
    assert_string_equal(step->takes, "`bank.accounts[1].lock`");
    assert_non_null(step->source);
    assert_memory_equal(step->source, "note(0, WIRE_LOCK, &bank.accounts[1].lock, 0)", 45);
    step = find_step(&schedule, 1, "start", NULL);
    assert_string_equal(step->place.function, "payer");
    step = find_step(&schedule, 1, "read, write", "`visitors`");
    assert_place(&step->place, SUBJECT_SOURCE, "counts", "payer");
    assert_int_equal(step->points, 101); /* with what was its own before */
    /* The C library's comparisons. */
    step = find_step(&schedule, 1, "yield", NULL);
    assert_null(step->place.file);
    assert_non_null(strstr(step->place.module, "libc"));
    assert_null(step->source);
    /* A shared library of the user's own is no foreign code. */
    step = find_step(&schedule, 0, "signal", "`library_state[2]`");
    assert_place(&step->place, LIBRARY_SOURCE, "in the library", "in_the_library");
    for (size_t i = 0; i < schedule.step_count; i++)
        assert_false(schedule.steps[i].fatal);
    schedule_release(&schedule);
    subject_end(&subject);
}

static void a_program_at_fixed_addresses_is_told(void **state)
{
    (void)state;
    check_schedule("fixed");
}

static void a_program_at_any_addresses_is_told(void **state)
{
    (void)state;
    check_schedule("moved");
}

static void assert_sentence(struct subject *subject, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *expected = xvasprintf(format, arguments);
    va_end(arguments);
    char *sentence = resolve_sentence(subject->resolver, subject->block, NULL);
    assert_non_null(sentence);
    assert_string_equal(sentence, expected);
    free(sentence);
    free(expected);
}

#define PLACE         "testprogs/resolve_subject.c:%d"
#define LINE(comment) line_with(SUBJECT_SOURCE, comment)

static void a_deadlock_is_told_as_a_cycle(void **state)
{
    (void)state;
    struct subject subject;
    subject_run(&subject, "fixed");
    assert_int_equal(resolve_failure(&subject.block->outcome), FAILURE_DEADLOCK);
    assert_sentence(&subject,
                    "deadlock: main waits for `bank.accounts[0].lock` (locked by thread 2 at " PLACE
                    "), thread 2 for `bank.accounts[1].lock` (locked by main at " PLACE ")",
                    LINE("first lock"), LINE("second lock"));
    /* What a watchdog said of the same goes first. */
    struct explanation replayed = {0};
    explanation_say(&replayed, xstrdup("main and thread 2 wait for each other."));
    char *sentence = resolve_sentence(subject.resolver, subject.block, &replayed);
    assert_string_equal(sentence, "main and thread 2 wait for each other.");
    free(sentence);
    explanation_release(&replayed);
    /* Without a cycle all that wait are told. */
    struct wire_step *next = &subject.block->threads[1].next;
    *next = (struct wire_step){.thread = 1, .op = WIRE_WAKE, .object = 0x5000, .pc = next->pc};
    assert_sentence(
        &subject,
        "no thread can go on: main waits for `bank.accounts[0].lock` (locked by thread 2 "
        "at " PLACE "), thread 2 for a signal of condition 1 at " PLACE,
        LINE("first lock"), LINE("payer waits"));
    subject.block->threads[0].next.op = WIRE_JOIN;
    subject.block->threads[0].next.object = 1;
    subject.block->threads[1].ended = 1;
    assert_sentence(&subject, "no thread can go on: main waits for the end of thread 2 at " PLACE,
                    LINE("main waits"));
    /* A lock that the thread has already. */
    subject.block->threads[0].next = wire_steps(subject.block)[2];
    assert_sentence(&subject,
                    "deadlock: main waits for `bank.accounts[1].lock` (locked by itself at " PLACE
                    ")",
                    LINE("second lock"));
    subject_end(&subject);
}

static void other_ends_are_told(void **state)
{
    (void)state;
    struct subject subject;
    subject_run(&subject, "fixed");
    struct wire_step *steps = wire_steps(subject.block);
    struct wire_outcome *outcome = &subject.block->outcome;
    uint64_t counts = steps[outcome->steps - 1].pc;
    for (uint32_t i = 0; i < outcome->steps; i++)
        counts = steps[i].op == WIRE_WRITE && steps[i].thread == 1 ? steps[i].pc : counts;
    outcome->thread = 1;
    outcome->pc = counts;

    outcome->end = WIRE_ASSERTED;
    outcome->line = 51;
    snprintf(outcome->file, sizeof(outcome->file), "%s", "/home/user/shop/bank.c");
    snprintf(outcome->message, sizeof(outcome->message), "%s", "balance == 200");
    assert_sentence(&subject, "assert(balance == 200) fails at shop/bank.c:51 in thread 2");
    outcome->message[0] = '\0';

    outcome->end = WIRE_SIGNALLED;
    outcome->status = 11;
    assert_sentence(&subject, "thread 2 crashes by SIGSEGV at " PLACE, LINE("counts"));
    assert_int_equal(resolve_failure(outcome), FAILURE_CRASH);

    outcome->end = WIRE_EXITED;
    outcome->status = 3;
    assert_sentence(&subject, "the program ends with status 3");
    outcome->status = 0;
    assert_null(resolve_sentence(subject.resolver, subject.block, NULL));
    outcome->end = WIRE_TOO_LONG;
    assert_null(resolve_sentence(subject.resolver, subject.block, NULL));

    struct wire_step *end = &steps[outcome->steps++];
    *end = (struct wire_step){.op = WIRE_DESTROY, .object = steps[2].object, .pc = steps[2].pc};
    outcome->end = WIRE_DESTROYED;
    outcome->object = end->object;
    assert_sentence(&subject,
                    "`bank.accounts[1].lock` is used at " PLACE
                    " in thread 2 after main destroyed it at " PLACE,
                    LINE("counts"), LINE("second lock"));
    *end = (struct wire_step){.op = WIRE_FREE, .object = 0x7000, .size = 64, .pc = steps[2].pc};
    outcome->end = WIRE_FREED;
    outcome->object = 0x7008;
    assert_sentence(
        &subject, "heap block 1 + 8 is used at " PLACE " in thread 2 after main freed it at " PLACE,
        LINE("counts"), LINE("second lock"));
    outcome->end = WIRE_LIVELOCK;
    assert_sentence(&subject,
                    "livelock: threads repeat themselves and nothing changes: main at " PLACE
                    ", thread 2 at " PLACE,
                    LINE("main waits"), LINE("payer waits"));
    subject_end(&subject);
}

static void names_are_learnt_from_a_replay(void **state)
{
    (void)state;
    struct subject subject;
    struct schedule schedule = {0};
    struct explanation replayed = {0};
    struct stuck_thread *thread =
        xappend((void **)&replayed.threads, &replayed.thread_count, sizeof(*thread));
    thread->waiting.object = 0x5000;
    thread->waiting.name = xstrdup("me->other->lock");
    subject_run(&subject, "fixed");
    wire_steps(subject.block)[2].object = 0x5000;
    resolver_learn(subject.resolver, &replayed);
    resolve_schedule(subject.resolver, subject.block, &schedule);
    find_step(&schedule, 0, "lock", "`me->other->lock`");
    schedule_release(&schedule);
    explanation_release(&replayed);
    subject_end(&subject);
}

static void lost_determinism_is_told(void **state)
{
    (void)state;
    struct subject subject;
    struct exploration exploration = {0};
    subject_run(&subject, "fixed");
    struct wire_outcome outcome = {.lost = WIRE_LOST_FORK,
                                   .lost_pc = wire_steps(subject.block)[2].pc};
    resolve_lost(subject.resolver, &outcome, &exploration);
    assert_int_equal(exploration.lost_count, 1);
    assert_non_null(strstr(exploration.lost[0], "child process"));
    assert_non_null(strstr(exploration.lost[0], "resolve_subject.c:"));
    outcome.lost = WIRE_LOST_SPIN | WIRE_LOST_SIGNAL;
    resolve_lost(subject.resolver, &outcome, &exploration);
    assert_int_equal(exploration.lost_count, 3);
    exploration_release(&exploration);
    subject_end(&subject);
}

/* What a block says is checked: it may come from a program that wrote over it. */
static void a_broken_block_does_no_harm(void **state)
{
    (void)state;
    struct subject subject;
    struct schedule schedule = {0};
    subject_run(&subject, "fixed");
    struct wire_step *steps = wire_steps(subject.block);
    subject.block->outcome.steps = UINT32_MAX;
    subject.block->outcome.threads = UINT16_MAX;
    memset(subject.block->threads, 0xff, sizeof(subject.block->threads));
    memset(&steps[STEPS / 2], 0xff, STEPS / 2 * sizeof(*steps));
    resolve_schedule(subject.resolver, subject.block, &schedule);
    assert_int_equal(schedule.thread_count, WIRE_THREADS);
    for (size_t i = 0; i < schedule.step_count; i++)
        assert_true(schedule.steps[i].thread < schedule.thread_count);
    for (uint32_t end = 0; end <= WIRE_END_COUNT; end++) {
        subject.block->outcome.end = end;
        memset(subject.block->outcome.file, 'x', sizeof(subject.block->outcome.file));
        memset(subject.block->outcome.message, 'x', sizeof(subject.block->outcome.message));
        free(resolve_sentence(subject.resolver, subject.block, NULL));
    }
    schedule_release(&schedule);
    subject_end(&subject);
}

static void what_is_no_program_is_refused(void **state)
{
    (void)state;
    struct wire_block *block = xcalloc(1, sizeof(*block));
    struct resolver *resolver = NULL;
    struct resolve_options options = {.program = "/nonexistent/program"};
    assert_int_equal(resolver_new(&options, block, &resolver), -ENOENT);
    options.program = SUBJECT_SOURCE;
    assert_int_equal(resolver_new(&options, block, &resolver), -ENOEXEC);
    resolver_free(NULL);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_at_fixed_addresses_is_told),
        cmocka_unit_test(a_program_at_any_addresses_is_told),
        cmocka_unit_test(a_deadlock_is_told_as_a_cycle),
        cmocka_unit_test(other_ends_are_told),
        cmocka_unit_test(names_are_learnt_from_a_replay),
        cmocka_unit_test(lost_determinism_is_told),
        cmocka_unit_test(a_broken_block_does_no_harm),
        cmocka_unit_test(what_is_no_program_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
