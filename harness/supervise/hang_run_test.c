/* Hangs, and what only looks like one, in real programs: plain, under ThreadSanitizer, under
 * Helgrind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/memory.h"
#include "supervise/test_support.h"

static const char *const hangs[] = {
    "one",        "two",     "ten",  "leader", "condition", "processes", "child", "full",
    "socketpair", "eventfd", "poll", "select", "epoll",     "sigwait",   "pause", "semaphore"};

static const char block[] = PROGRAM("block");
static const char wake[] = PROGRAM("wake");
static const char tsan_block[] = TSAN_PROGRAM("block");
static const char tsan_wake[] = TSAN_PROGRAM("wake");

enum { MOST_AT_ONCE = 32 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void check(const char *name, const struct told *told, enum run_end end)
{
    if (told->outcome.end != end || told->outcome.error)
        print_message("%s: %s: %s\n%s\n", name, run_end_word(told->outcome.end),
                      told->outcome.error ? told->outcome.error : "", told->outcome.err.text);
    assert_int_equal(told->outcome.end, end);
    assert_int_equal(told->outcome.status, 0);
    assert_null(told->outcome.error);
    if (end == RUN_HUNG) {
        const char *stamp = strstr(told->outcome.out.text, "BLOCK ");
        assert_non_null(stamp);
        assert_true(told->outcome.ended_ns > strtoull(stamp + strlen("BLOCK "), NULL, 10));
    }
}

/* `argv` ends with room for one more: the way to wait. All of them run at once. */
static void expect_each(const char *const *argv, const char *const *ways, size_t count,
                        enum run_end end)
{
    struct told *told = xcalloc(count, sizeof *told);
    struct run_spec *specs = xcalloc(count, sizeof *specs);
    const char *arguments[MOST_AT_ONCE][10] = {{NULL}};
    assert_true(count <= MOST_AT_ONCE);
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        for (; argv[length]; length++)
            arguments[i][length] = argv[length];
        arguments[i][length] = ways[i];
        specs[i] = (struct run_spec){.argv = arguments[i],
                                     .env = marked_environment(),
                                     .time_limit_ms = TEST_LIMIT_MS,
                                     .output_cap = 100000};
    }
    run_many(specs, told, count);
    for (size_t i = 0; i < count; i++) {
        check(ways[i], &told[i], end);
        told_release(&told[i]);
    }
    free(specs);
    free(told);
    assert_nothing_left();
}

static void plain_hangs(void **state)
{
    (void)state;
    expect_each(ARGV(block), hangs, COUNT(hangs), RUN_HUNG);
}

/* Each way exits with 0 by itself: a hang wrongly claimed would have ended it before. */
static void expect_wakes(const char *program)
{
    const char *ways[MOST_AT_ONCE];
    size_t count = 0;
    char *rest = NULL;
    struct told list;
    run_program(ARGV(program, "--list"), &list);
    check("--list", &list, RUN_EXITED);
    char *way = strtok_r(list.outcome.out.text, "\n", &rest);
    assert_non_null(way);
    while (way) {
        ways[count++] = way;
        way = strtok_r(NULL, "\n", &rest);
        if (count == MOST_AT_ONCE || !way) {
            expect_each(ARGV(program), ways, count, RUN_EXITED);
            count = 0;
        }
    }
    told_release(&list);
}

static void plain_wakes(void **state)
{
    (void)state;
    expect_wakes(wake);
}

static void tsan_hangs(void **state)
{
    (void)state;
    expect_each(ARGV(tsan_block), hangs, COUNT(hangs), RUN_HUNG);
}

static void tsan_wakes(void **state)
{
    (void)state;
    expect_wakes(tsan_wake);
}

static void skip_without_valgrind(void)
{
    if (system("command -v valgrind >/dev/null") != 0)
        skip();
}

#define HELGRIND(...) ARGV("valgrind", "-q", "--vgdb=no", "--tool=helgrind", __VA_ARGS__)

static void helgrind_hangs(void **state)
{
    static const char *const some[] = {"two", "ten", "condition", "processes", "child"};
    (void)state;
    skip_without_valgrind();
    expect_each(HELGRIND(block), some, COUNT(some), RUN_HUNG);
}

static void helgrind_wakes(void **state)
{
    static const char *const some[] = {"sleep", "join", "condition", "timer", "itimer"};
    (void)state;
    skip_without_valgrind();
    expect_each(HELGRIND(wake), some, COUNT(some), RUN_EXITED);
}

static void files_and_locks(void **state)
{
    (void)state;
    const char *directory = new_directory();
    static const char *const ways[] = {"fifo", "flock"};
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct told told;
        run_program(ARGV(block, ways[i], directory), &told);
        check(ways[i], &told, RUN_HUNG);
        told_release(&told);
    }
    remove_directory(directory);
}

static void stopped_is_no_hang(void **state)
{
    static const char *const programs[] = {wake, tsan_wake};
    (void)state;
    for (size_t i = 0; i < COUNT(programs); i++) {
        struct told told;
        const struct run_spec spec = {.argv = ARGV(programs[i], "stopped"),
                                      .env = marked_environment(),
                                      .time_limit_ms = 1000};
        run_with_spec(&spec, &told);
        assert_int_equal(told.outcome.end, RUN_TIMED_OUT);
        told_release(&told);
        assert_nothing_left();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_hangs),     cmocka_unit_test(plain_wakes),
        cmocka_unit_test(tsan_hangs),      cmocka_unit_test(tsan_wakes),
        cmocka_unit_test(helgrind_hangs),  cmocka_unit_test(helgrind_wakes),
        cmocka_unit_test(files_and_locks), cmocka_unit_test(stopped_is_no_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
