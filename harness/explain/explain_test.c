/* What is told of real programs that hang, in every way they may be built. STUCK is the folder of the
 * builds of testprogs/stuck.c, RECORDER the preload library: both are compile definitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "explain/explain.h"
#include "model/memory.h"
#include "supervise/test_support.h"

/* told first: the supervisor hands its address to the look and to the end alike. */
struct watched {
    struct told told;
    struct explanation explanation;
};

static void look_at(enum look look, const struct tree_scan *tree, void *user)
{
    struct watched *watched = user;
    const struct explain_options options = {.freeze = true, .ended = true};
    if (look == LOOK_HUNG)
        explain_tree(tree, &options, &watched->explanation);
}

static void watch(const char *const *argv, bool recorded, struct watched *watched)
{
    const char *const env[] = {marked_environment()[0],
                               recorded ? "LD_PRELOAD=" RECORDER : "RACELAB=", NULL};
    const struct run_spec spec = {.argv = argv,
                                  .env = env,
                                  .time_limit_ms = TEST_LIMIT_MS,
                                  .output_cap = 100000,
                                  .look = look_at};
    *watched = (struct watched){0};
    run_with_spec(&spec, &watched->told);
    if (watched->told.outcome.end != RUN_HUNG)
        print_message("%s %s: %s\n%s", argv[0], argv[1], run_end_word(watched->told.outcome.end),
                      watched->told.outcome.err.text);
    assert_int_equal(watched->told.outcome.end, RUN_HUNG);
    assert_null(watched->explanation.trouble);
}

static void release(struct watched *watched)
{
    told_release(&watched->told);
    explanation_release(&watched->explanation);
    assert_nothing_left();
}

static void expect(const char *const *argv, bool recorded, const char *const *sentences)
{
    struct watched watched;
    watch(argv, recorded, &watched);
    size_t count = 0;
    for (; sentences[count]; count++) {
        assert_true(count < watched.explanation.sentence_count);
        assert_string_equal(watched.explanation.sentences[count], sentences[count]);
    }
    assert_int_equal(watched.explanation.sentence_count, count);
    release(&watched);
}

#define SENTENCES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char plain[] = STUCK "/plain";
static const char tsan[] = STUCK "/tsan";
static const char optimised[] = STUCK "/optimised";
static const char in_one_file[] = STUCK "/static";
static const char stripped[] = STUCK "/stripped";

#define PAYER_ENDS "main waits at 63 for thread 'payer' to end"

static void a_plain_program_with_its_recording(void **state)
{
    (void)state;
    expect(ARGV(plain, "cross"), true,
           SENTENCES("deadlock: thread 'payer' holds `bank.accounts[0].lock` (taken at 34) and "
                     "waits for `bank.accounts[1].lock` at 34; thread 'refunder' holds "
                     "`bank.accounts[1].lock` (taken at 34) and waits for `bank.accounts[0].lock` "
                     "at 34",
                     PAYER_ENDS));
    expect(ARGV(plain, "lost"), true,
           SENTENCES("main waits at 106 in lost for the condition variable `queue.changed` while "
                     "`queue.items == 0 && queue.waiting[self] > 0` (`queue.items` is 0 and "
                     "`queue.waiting[self]` is 7); it was signalled once, at 102 by main, before "
                     "this wait began; no other thread is left to signal it"));
}

#define CROSSED                                                                                    \
    "deadlock: thread 'payer' holds `bank.accounts[0].lock` and waits for "                        \
    "`bank.accounts[1].lock` at 34; thread 'refunder' holds `bank.accounts[1].lock` and waits "    \
    "for `bank.accounts[0].lock` at 34"

static void every_build_with_debug_info(void **state)
{
    (void)state;
    expect(ARGV(plain, "cross"), false, SENTENCES(CROSSED, PAYER_ENDS));
    expect(ARGV(tsan, "cross"), false, SENTENCES(CROSSED, PAYER_ENDS));
    /* The optimiser has given both joins one place in the code, of which it says no line. */
    expect(ARGV(optimised, "cross"), false,
           SENTENCES(CROSSED, "main waits at 59 for thread 'payer' to end"));
    expect(ARGV(in_one_file, "cross"), false, SENTENCES(CROSSED, PAYER_ENDS));
}

static void names_by_pointers(void **state)
{
    static const char *const sentences[] = {
        "deadlock: thread 'payer' holds `account->lock` A and waits for `account->lock` B at 34; "
        "thread 'refunder' holds `account->lock` B and waits for `account->lock` A at 34",
        PAYER_ENDS, NULL};
    (void)state;
    expect(ARGV(plain, "heap"), false, sentences);
    expect(ARGV(tsan, "heap"), false, sentences);
}

static void a_stripped_program(void **state)
{
    struct watched watched;
    (void)state;
    watch(ARGV(stripped, "cross"), false, &watched);
    /* Who waits for whom is known without any symbol; the places are offsets in the file. */
    const char *sentence = watched.explanation.sentences[0];
    assert_int_equal(strncmp(sentence, "deadlock: thread 'payer' holds mutex A and waits for ", 52),
                     0);
    assert_non_null(strstr(sentence, "mutex B in stripped+0x"));
    release(&watched);
}

/* What its locks look like is not known here; the calls and the objects' names are. */
static void another_c_library(void **state)
{
    struct watched watched;
    (void)state;
    if (access(STUCK "/musl", X_OK) != 0)
        skip();
    watch(ARGV(STUCK "/musl", "cross"), false, &watched);
    bool named = false;
    for (size_t i = 0; i < watched.explanation.thread_count; i++) {
        const struct waiting *waiting = &watched.explanation.threads[i].waiting;
        named = named || (waiting->name && waiting->what == FOR_MUTEX && !waiting->certain &&
                          strcmp(waiting->name, "bank.accounts[1].lock") == 0 &&
                          strstr(waiting->note, "not glibc"));
    }
    assert_true(named);
    release(&watched);
}

static void descriptors_and_children(void **state)
{
    static const char pipe[] =
        "main waits at 114 in own_write_end for data or end-of-file from a pipe (fd 3); its write "
        "end is still open in this process itself (fd 4)";
    static const char child[] =
        "process 2 waits at 124 in child for the semaphore `never`, whose value is 0; nobody is "
        "left to post it";
    static const char parent[] = "main waits at 125 for process 2 to end";
    (void)state;
    expect(ARGV(plain, "pipe"), false, SENTENCES(pipe));
    expect(ARGV(tsan, "pipe"), false, SENTENCES(pipe));
    expect(ARGV(plain, "child"), false, SENTENCES(child, parent));
    expect(ARGV(tsan, "child"), false, SENTENCES(child, parent));
}

/* The symbolizer that a report has started is no part of the program's hang. */
static void after_a_report_of_threadsanitizer(void **state)
{
    (void)state;
    expect(ARGV(tsan, "reported"), false, SENTENCES(CROSSED, PAYER_ENDS));
}

static void look_at_the_limit(enum look look, const struct tree_scan *tree, void *user)
{
    struct watched *watched = user;
    const struct explain_options options = {.busy = true};
    if (look == LOOK_TIME_LIMIT)
        explain_tree(tree, &options, &watched->explanation);
}

/* One that cannot be stopped is let go again, or it could not be reaped once it is killed. */
static void a_thread_that_cannot_be_stopped(void **state)
{
    struct watched watched = {0};
    const struct run_spec spec = {.argv = ARGV(plain, "lent"),
                                  .env = marked_environment(),
                                  .time_limit_ms = 1000,
                                  .look = look_at_the_limit};
    (void)state;
    run_with_spec(&spec, &watched.told);
    assert_int_equal(watched.told.outcome.end, RUN_TIMED_OUT);
    assert_null(watched.told.outcome.error);
    assert_true(watched.explanation.thread_count > 0);
    assert_non_null(watched.explanation.threads[0].stack_note);
    release(&watched);
}

static void five_hundred_threads(void **state)
{
    (void)state;
    expect(ARGV(plain, "many"), false,
           SENTENCES("deadlock: main holds `bank.accounts[0].lock` and waits at 89 for thread 501 "
                     "to end; thread 501 waits for `bank.accounts[0].lock` at 79",
                     "threads 2 to 500 wait at 79 for `bank.accounts[0].lock`, which main holds"));
}

static void under_valgrind(void **state)
{
    (void)state;
    if (system("command -v vgdb >/dev/null") != 0)
        skip();
    const char *directory = new_directory();
    char *prefix = xasprintf("--vgdb-prefix=%s/vgdb", directory);
    const char *const tools[] = {"--tool=helgrind", "--tool=drd"};
    for (size_t i = 0; i < 2; i++) {
        expect(ARGV("valgrind", "-q", tools[i], prefix, plain, "cross"), false,
               SENTENCES(CROSSED, PAYER_ENDS));
        expect(ARGV("valgrind", "-q", tools[i], prefix, plain, "pipe"), false,
               SENTENCES("main waits at 114 in own_write_end for data or end-of-file from a pipe "
                         "(fd 3); its write end is still open in this process itself (fd 4)"));
    }
    /* Valgrind that must not be asked: the call alone is known, and what that is worth is said. */
    struct watched watched;
    watch(ARGV("valgrind", "-q", "--vgdb=no", plain, "cross"), false, &watched);
    assert_non_null(strstr(watched.explanation.processes[0].note, "--vgdb=no"));
    assert_non_null(strstr(watched.explanation.sentences[0], "`bank.accounts[1].lock`"));
    release(&watched);
    free(prefix);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_program_with_its_recording),
        cmocka_unit_test(every_build_with_debug_info),
        cmocka_unit_test(names_by_pointers),
        cmocka_unit_test(a_stripped_program),
        cmocka_unit_test(another_c_library),
        cmocka_unit_test(descriptors_and_children),
        cmocka_unit_test(after_a_report_of_threadsanitizer),
        cmocka_unit_test(a_thread_that_cannot_be_stopped),
        cmocka_unit_test(five_hundred_threads),
        cmocka_unit_test(under_valgrind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
